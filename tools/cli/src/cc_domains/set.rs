//! `cc-domains set`: the domains, and no others.

use anyhow::{Context, Result};
use shared::{
    domain::{cc_domains::CcDomains, time},
    items::cc_domains::CcDomainsItem,
};

use super::Place;
use crate::aws;

/// Let a tenant's copies go to these domains only, from now on. They take the place of those that were set before.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// example.com is this domain alone, and *.example.com all domains below it
    #[arg(required = true, value_name = "DOMAIN")]
    domains: Vec<String>,
}

pub async fn run(args: Args) -> Result<()> {
    let Place { tenant, table } = args.place;
    let domains = CcDomains::parse(&args.domains)?;
    let item = CcDomainsItem::of(&tenant, &domains, time::now());
    aws::dynamodb()
        .await?
        .put_item()
        .table_name(&table)
        .set_item(Some(serde_dynamo::to_item(item)?))
        .send()
        .await
        .map_err(aws::explain)
        .with_context(|| format!("cannot write to the table of exports {table}"))?;
    println!("Copies of {tenant} may go to these domains only:");
    for domain in domains.iter() {
        println!("{domain}");
    }
    Ok(())
}
