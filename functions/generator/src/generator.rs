//! What every step of an attempt uses.

use jiff::SignedDuration;
use shared::aws::{
    exports::ExportsTable, files::ExportFiles, ledger::LedgerTable, mailer::Mailer,
    queue::ExportQueue,
};

/// The clients and settings of the function.
pub struct Generator {
    pub exports: ExportsTable,
    pub ledger: LedgerTable,
    pub files: ExportFiles,
    pub queue: ExportQueue,
    pub mailer: Mailer,
    pub link_api_url: String,
    pub link_lifetime: SignedDuration,
    /// How many exports of one tenant are made at once.
    pub most_per_tenant: usize,
}
