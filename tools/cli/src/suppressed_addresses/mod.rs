//! `suppressed-addresses`: who is not written to any more.

mod list;
mod remove;

use anyhow::Result;

/// List the addresses that a tenant's mails skip, and take one off the list.
#[derive(clap::Subcommand)]
pub enum Command {
    List(list::Args),
    Remove(remove::Args),
}

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::List(args) => list::run(args).await,
        Command::Remove(args) => remove::run(args).await,
    }
}
