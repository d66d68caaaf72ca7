//! Writes the changes that the ledger's queue brings.

mod batch;
mod recorder;

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use recorder::Recorder;
use shared::{
    aws::{
        self, Timeouts, ledger::LedgerTable, ledger_dead_letters::LedgerDeadLetters,
        tenants::Tenants,
    },
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let recorder = &Recorder::new(
        LedgerTable::new(&aws, config::ledger_table()?),
        Tenants::new(&aws, config::api_keys_table()?),
        LedgerDeadLetters::new(&aws, config::ledger_dead_letter_queue_url()?),
    );
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        recorder.record(event)
    }))
    .await
}
