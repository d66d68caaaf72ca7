//! `keys`: who may ask for exports.

mod create;
mod disable;

use anyhow::Result;

/// Make API keys, and disable them.
#[derive(clap::Subcommand)]
pub enum Command {
    Create(create::Args),
    Disable(disable::Args),
}

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Create(args) => create::run(args).await,
        Command::Disable(args) => disable::run(args).await,
    }
}
