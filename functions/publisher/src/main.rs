//! Publishes the events of the outbox.

mod publisher;

use aws_lambda_events::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use publisher::Publisher;
use shared::{
    aws::{self, Timeouts, event_bus::EventBus, exports::ExportsTable},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let aws = aws::load(Timeouts::Background).await;
    let publisher = &Publisher {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        bus: EventBus::new(&aws, config::event_bus_name()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        publisher.handle(event.payload)
    }))
    .await
}
