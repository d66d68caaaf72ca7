//! `cc-domains clear`: copies go everywhere again.

use anyhow::{Context, Result};

use super::Place;
use crate::aws;

/// Let a tenant's copies go to every domain again.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

pub async fn run(args: Args) -> Result<()> {
    let key = args.place.key();
    let Place { tenant, table } = args.place;
    aws::dynamodb()
        .await?
        .delete_item()
        .table_name(&table)
        .set_key(Some(key))
        .send()
        .await
        .map_err(aws::explain)
        .with_context(|| format!("cannot write to the table of exports {table}"))?;
    println!("Copies of {tenant} may go to every domain.");
    Ok(())
}
