//! Tells what has happened to exports: on the bus, and in the audit trail.

mod publisher;

use aws_lambda_events::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use publisher::Publisher;
use shared::{
    aws::{self, Timeouts, audit_trail::AuditTrail, event_bus::EventBus, exports::ExportsTable},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let publisher = &Publisher {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        bus: EventBus::new(&aws, config::event_bus_name()?),
        trail: AuditTrail::new(&aws, config::ledger_table()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        publisher.handle(event.payload)
    }))
    .await
}
