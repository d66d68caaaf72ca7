//! Makes the exports of schedules: at each call of EventBridge Scheduler, and every five minutes those that were missed.

mod event;
mod outcome;
mod owner;
mod runner;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use runner::Runner;
use serde_json::Value;
use shared::{
    acceptance::Acceptance,
    aws::{
        self, Timeouts, exports::ExportsTable, mailer::Mailer, queue::ExportQueue,
        scheduler::Scheduler, users::Users,
    },
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let runner = &Runner {
        acceptance: Acceptance {
            exports: ExportsTable::new(&aws, config::exports_table()?),
            queue: ExportQueue::new(&aws, config::exports_queue_url()?),
            history_lifetime: config::history_lifetime()?,
        },
        scheduler: Scheduler::new(&aws, config::scheduler()?),
        users: Users::new(&aws, config::api_keys_table()?),
        mailer: Mailer::new(&aws, config::sender_email()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        runner.handle(event.payload)
    }))
    .await
}
