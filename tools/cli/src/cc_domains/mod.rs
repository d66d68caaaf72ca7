//! `cc-domains`: where a tenant's copies may go.

mod clear;
mod set;
mod show;

use std::collections::HashMap;

use anyhow::Result;
use aws_sdk_dynamodb::types::AttributeValue;
use shared::items::cc_domains::{CC_DOMAINS, cc_domains_partition};

/// Say which domains a tenant's copies may go to. Without that they may go to every domain.
#[derive(clap::Subcommand)]
pub enum Command {
    Set(set::Args),
    Show(show::Args),
    Clear(clear::Args),
}

/// Whose domains, and where they are kept.
#[derive(clap::Args)]
pub struct Place {
    /// The tenant's id
    #[arg(long, value_parser = crate::arguments::id)]
    tenant: String,
    /// The table of exports
    #[arg(long, env = "EXPORTS_TABLE")]
    table: String,
}

impl Place {
    /// The key of the tenant's domains in the table.
    fn key(&self) -> HashMap<String, AttributeValue> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        HashMap::from([
            (
                "partition".to_owned(),
                text(&cc_domains_partition(&self.tenant)),
            ),
            ("sort".to_owned(), text(CC_DOMAINS)),
        ])
    }
}

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Set(args) => set::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Clear(args) => clear::run(args).await,
    }
}
