//! Lists the records of a dataset.

mod budget;
mod listing;
mod records;

use records::Records;
use shared::{
    aws::{self, Timeouts, ledger::LedgerTable},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let records = Records {
        ledger: LedgerTable::new(&aws, config::ledger_table()?),
    };
    http::serve(|request| records.handle(request)).await
}
