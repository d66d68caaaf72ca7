//! Ends the exports whose messages are in the dead-letter queue.

mod dead_letter_handler;

use aws_lambda_events::sqs::SqsEvent;
use dead_letter_handler::DeadLetterHandler;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use shared::{
    aws::{self, Timeouts, exports::ExportsTable, files::ExportFiles},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let handler = &DeadLetterHandler {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        files: ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        handler.handle(event.payload)
    }))
    .await
}
