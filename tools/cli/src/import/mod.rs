//! `import`: a file of records into the ledger, all of it checked before any of it is written.

mod check;
mod contacts;
mod csv_rows;
mod json_rows;
mod layout;
mod lines;
mod problems;
mod rows;
mod write;

use std::path::PathBuf;

use anyhow::Result;
use indicatif::HumanCount;
use shared::{domain::dataset::Dataset, items::ledger};

use crate::{arguments, aws, progress::Progress};

/// Load a file of records into the ledger.
///
/// The whole file is checked first: if any record is bad, each problem is named with its line and column, and nothing
/// is written. Importing the same file again is safe, since records are written under the same keys.
#[derive(clap::Args)]
pub struct Args {
    /// CSV with a header and `,` or `;` between values; or JSON lines, one object a line
    #[arg(long)]
    file: PathBuf,
    /// What the records are, such as funding-transfers or FUNDING_TRANSFERS
    #[arg(long = "type", value_name = "TYPE", value_parser = arguments::dataset)]
    dataset: &'static Dataset,
    /// The tenant that the records belong to
    #[arg(long, value_parser = arguments::id)]
    tenant: String,
    /// The character between a CSV file's values, if it is neither `,` nor `;`
    #[arg(long)]
    delimiter: Option<char>,
    /// The ledger table
    #[arg(long, env = "LEDGER_TABLE")]
    table: String,
    /// Over how many shards the records are spread [default: 16]; fixed by a tenant's first import of the type
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=256))]
    shards: Option<u32>,
}

pub async fn run(args: Args) -> Result<()> {
    let input = rows::Input::new(args.file, args.dataset, args.delimiter)?;
    let checked = check::check(&input)?;
    if checked.records == 0 {
        println!("{input} holds no records; nothing was written.");
        return Ok(());
    }

    let client = aws::dynamodb().await?;
    let shards = layout::settle(
        &client,
        &args.table,
        &args.tenant,
        args.dataset,
        args.shards,
    )
    .await?;
    let progress = Progress::new("Importing", Some(checked.records));
    let records = rows::records(&input)?
        .map(|record| record.map(|record| ledger::record_item(&args.tenant, shards, &record)));
    let outcome = write::write_all(&client, &args.table, records, |count| {
        progress.advance(count)
    });
    let outcome = outcome.await;
    progress.finish();
    outcome.map_err(|failure| failure.of(checked.records))?;
    // After the records, so that a contact that can be asked for has its payouts.
    let contacts = checked.contacts.items(&args.tenant);
    write::write_all(&client, &args.table, contacts, |_| {})
        .await
        .map_err(|failure| failure.of_contacts(checked.records))?;

    let seconds = progress.elapsed().as_secs_f64();
    println!(
        "Imported {} records of {} for {} into {} ({shards} shards) in {seconds:.1} s, {:.0} a second.",
        HumanCount(checked.records),
        args.dataset.slug,
        args.tenant,
        args.table,
        checked.records as f64 / seconds.max(0.001),
    );
    Ok(())
}
