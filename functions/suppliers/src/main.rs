//! Finds suppliers by id or name.

mod suppliers;

use shared::{
    aws::{self, Timeouts, ledger::LedgerTable},
    config, http,
};
use suppliers::Suppliers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let suppliers = Suppliers {
        ledger: LedgerTable::new(&aws, config::ledger_table()?),
    };
    http::serve(|request| suppliers.handle(request)).await
}
