//! Records what the mail service tells of mails: whether they arrived.

mod event;
mod mail_events;

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mail_events::MailEvents;
use shared::{
    aws::{self, Timeouts, exports::ExportsTable},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let mail_events = &MailEvents {
        exports: ExportsTable::new(&aws, config::exports_table()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        mail_events.handle(event.payload)
    }))
    .await
}
