//! Makes the files and mails their links.

mod attempt;
mod consumer;
mod error;
mod file;
mod generator;
mod inflate;
mod invocation;
mod outcome;

use aws_lambda_events::sqs::SqsEvent;
use generator::Generator;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use shared::{
    aws::{
        self, Timeouts, exports::ExportsTable, files::ExportFiles, ledger::LedgerTable,
        mailer::Mailer, queue::ExportQueue,
    },
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let generator = &Generator {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        ledger: LedgerTable::new(&aws, config::ledger_table()?).compressed(inflate::inflate),
        files: ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?),
        queue: ExportQueue::new(&aws, config::exports_queue_url()?),
        mailer: Mailer::new(&aws, config::sender_email()?)
            .with_events(config::mail_configuration_set()?),
        link_api_url: config::link_api_url()?,
        link_lifetime: config::link_lifetime()?,
        most_per_tenant: config::most_exports_per_tenant()?,
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        consumer::consume(generator, event)
    }))
    .await
}
