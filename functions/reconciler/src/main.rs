//! Handles, once a minute, exports for which no message will come: lost messages, missed expiries, clean-ups; and
//! what has happened and is not told yet.

mod drain;
mod reconciler;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use reconciler::Reconciler;
use serde_json::Value;
use shared::{
    aws::{
        self, Timeouts, audit_trail::AuditTrail, event_bus::EventBus, exports::ExportsTable,
        files::ExportFiles, queue::ExportQueue,
    },
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let reconciler = &Reconciler {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        files: ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?),
        queue: ExportQueue::new(&aws, config::exports_queue_url()?),
        bus: EventBus::new(&aws, config::event_bus_name()?),
        trail: AuditTrail::new(&aws, config::ledger_table()?),
    };
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| reconciler.pass())).await
}
