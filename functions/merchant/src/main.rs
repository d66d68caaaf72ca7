//! The merchant API: payouts by contact, in the dialect of that API.

mod arguments;
mod merchant;
mod refusal;
mod route;
mod wire;

use merchant::Merchant;
use shared::{
    acceptance::Acceptance,
    aws::{
        self, Timeouts, exports::ExportsTable, files::ExportFiles, ledger::LedgerTable,
        queue::ExportQueue,
    },
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let merchant = Merchant {
        acceptance: Acceptance {
            exports: ExportsTable::new(&aws, config::exports_table()?),
            queue: ExportQueue::new(&aws, config::exports_queue_url()?),
            history_lifetime: config::history_lifetime()?,
        },
        ledger: LedgerTable::new(&aws, config::ledger_table()?),
        files: ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?),
    };
    http::serve_with(|request| merchant.handle(request), refusal::answer).await
}
