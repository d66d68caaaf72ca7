//! Loads the files that are dropped in the inbox.

mod address;
mod consumer;
mod ending;
mod findings;
mod invocation;
mod loader;
mod outcome;
mod pass;
mod progress;
mod reading;
mod source;
mod stop;
mod ticket;

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use loader::Loader;
use shared::{
    aws::{
        self, Timeouts, inbox::Inbox, inbox_queue::InboxQueue, ledger::LedgerTable,
        tenants::Tenants,
    },
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let loader = &Loader {
        inbox: Inbox::new(&aws, config::inbox_bucket()?, config::is_s3_path_style()?),
        queue: InboxQueue::new(&aws, config::inbox_queue_url()?),
        ledger: LedgerTable::new(&aws, config::ledger_table()?),
        tenants: Tenants::new(&aws, config::api_keys_table()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        consumer::consume(loader, event)
    }))
    .await
}
