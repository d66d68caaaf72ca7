//! `import`: a file of records into the ledger, all of it checked before any of it is written.

mod check;
mod input;
mod problems;
mod write;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use shared::{
    aws::ledger::LedgerTable,
    domain::{dataset::Dataset, time},
};
use write::{Target, write_all, write_contacts};

use crate::{arguments, aws, progress::Progress};

/// Load a file of records into the ledger.
///
/// The whole file is checked first: if any record is bad, each problem is named with its line and column, and nothing
/// is written. Importing the same file again changes nothing. A column `version` says how new each record is: it does
/// not replace a newer one. Records without a version replace only others without one.
#[derive(clap::Args)]
pub struct Args {
    /// CSV with a header and `,` or `;` between values; or JSON lines, one object a line
    #[arg(long)]
    file: PathBuf,
    /// What the records are, such as funding-transfers or FUNDING_TRANSFERS
    #[arg(long = "type", value_name = "TYPE", value_parser = arguments::importable)]
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
    let input = input::Input::new(args.file.clone(), args.dataset, args.delimiter)?;
    let checked = check::check(&input)?;
    if checked.records == 0 {
        println!("{input} holds no records; nothing was written.");
        return Ok(());
    }

    let ledger = LedgerTable::new(&aws::load().await?, args.table.clone());
    let target = Target {
        ledger: &ledger,
        tenant_id: &args.tenant,
        shards: shards(&ledger, &args).await?,
    };
    let progress = Progress::new("Importing", Some(checked.records));
    let changes = input::changes(&input, &args.tenant)?;
    let outcome = write_all(&target, changes, |count| progress.advance(count)).await;
    progress.finish();
    let totals = outcome.map_err(|failure| failure.of(checked.records))?;
    // After the records, so that a contact that can be asked for has its payouts.
    write_contacts(&target, &checked.contacts).await?;
    let seconds = progress.elapsed().as_secs_f64();
    // Exports that are requested after this command has ended hold the records.
    if let Some(received) = totals.counts_from {
        tokio::time::sleep(received.wait(time::now())).await;
    }
    println!(
        "Imported {} records of {} for {} into {} ({} shards) in {seconds:.1} s, {:.0} a second: {} written, {} unchanged.",
        HumanCount(checked.records),
        args.dataset.slug,
        args.tenant,
        args.table,
        target.shards,
        checked.records as f64 / seconds.max(0.001),
        HumanCount(totals.written),
        HumanCount(totals.unchanged),
    );
    Ok(())
}

/// The number of shards to write to. Fails if the ledger has another number than the command asks for.
async fn shards(ledger: &LedgerTable, args: &Args) -> Result<u32> {
    let shards = ledger
        .settle_shards(&args.tenant, args.dataset, args.shards)
        .await
        .with_context(|| format!("cannot reach the ledger table {}", args.table))?;
    if args.shards.is_some_and(|wanted| wanted != shards) {
        bail!(
            "the {} records of {} are spread over {shards} shards since they were first written: leave --shards out; \
             nothing was written",
            args.dataset.export_type,
            args.tenant
        );
    }
    Ok(shards)
}
