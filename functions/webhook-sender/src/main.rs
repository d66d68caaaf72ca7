//! Tells endpoints of events.

mod attempt;
mod guard;
mod post;
mod sender;
mod spread;

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use post::Poster;
use sender::Sender;
use shared::{
    aws::{self, Timeouts, mailer::Mailer, webhook_queue::WebhookQueue, webhooks::WebhooksTable},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let sender = &Sender {
        table: WebhooksTable::new(
            &aws,
            config::webhooks_table()?,
            config::webhook_secrets_table()?,
        ),
        queue: WebhookQueue::new(&aws, config::webhook_queue_url()?),
        mailer: Mailer::new(&aws, config::sender_email()?),
        poster: Poster::new(config::webhook_reach()?),
        pauses: config::webhook_pauses()?,
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        sender.handle(event.payload)
    }))
    .await
}
