//! `cc-domains show`: one line a domain.

use anyhow::{Context, Result};
use shared::{domain::cc_domains::CcDomains, items::cc_domains::CcDomainsItem};

use super::Place;
use crate::aws;

/// Show the domains that a tenant's copies may go to: one a line, or none if they may go everywhere.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

pub async fn run(args: Args) -> Result<()> {
    let key = args.place.key();
    let Place { tenant, table } = args.place;
    let answer = aws::dynamodb()
        .await?
        .get_item()
        .table_name(&table)
        .set_key(Some(key))
        .consistent_read(true)
        .send()
        .await
        .map_err(aws::explain)
        .with_context(|| format!("cannot read the table of exports {table}"))?;
    let Some(item) = answer.item else {
        eprintln!("Copies of {tenant} may go to every domain.");
        return Ok(());
    };
    let item: CcDomainsItem = serde_dynamo::from_item(item)?;
    for domain in CcDomains::try_from(item)?.iter() {
        println!("{domain}");
    }
    Ok(())
}
