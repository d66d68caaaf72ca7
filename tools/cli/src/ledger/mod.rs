//! `ledger`: looks into the ledger.

mod inspect;
mod verify;

use anyhow::Result;
use clap::Subcommand;

/// Look into the ledger.
#[derive(Subcommand)]
pub enum Command {
    Verify(verify::Args),
}

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Verify(args) => verify::run(args).await,
    }
}
