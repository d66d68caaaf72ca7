//! Says what an export would come to.

mod estimate;
mod lot;
mod reading;
mod sample;
mod tally;

use estimate::Estimate;
use shared::{
    aws::{self, Timeouts, ledger::LedgerTable},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let estimate = Estimate {
        ledger: LedgerTable::new(&aws, config::ledger_table()?),
        time: config::estimate_time()?,
    };
    http::serve(|request| estimate.handle(request)).await
}
