//! `keys`: who may ask for exports.

mod create;
mod disable;
mod rotate;
mod which;

use anyhow::Result;

/// Make API keys, put others in their place, and disable them.
#[derive(clap::Subcommand)]
pub enum Command {
    Create(create::Args),
    Disable(disable::Args),
    Rotate(rotate::Args),
}

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Create(args) => create::run(args).await,
        Command::Disable(args) => disable::run(args).await,
        Command::Rotate(args) => rotate::run(args).await,
    }
}
