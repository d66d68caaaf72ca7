//! Accepts requests for exports.

mod trigger;

use shared::{
    acceptance::Acceptance,
    aws::{self, Timeouts, exports::ExportsTable, queue::ExportQueue},
    config, http,
};
use trigger::Trigger;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let acceptance = Acceptance {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        queue: ExportQueue::new(&aws, config::exports_queue_url()?),
        history_lifetime: config::history_lifetime()?,
    };
    let trigger = Trigger { acceptance };
    http::serve(|request| trigger.handle(request)).await
}
