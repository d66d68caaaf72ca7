//! `ledger verify`: reads a tenant's records and names what breaks the ledger's rules.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use shared::{
    aws::ledger::LedgerTable,
    domain::dataset::{ALL, Dataset},
    items::ledger::{SORT, partition},
};

use super::inspect::{Shard, key_of, row_of};
use crate::{arguments, aws, progress::Progress};

/// Problems that are shown; the rest are counted.
const MOST_SHOWN: u64 = 20;

/// The most shards that there can be.
const MOST_SHARDS: u32 = 256;

/// Read a tenant's records and name what breaks the ledger's rules.
///
/// For whoever writes to the table without the queue. It ends with an error if a rule is broken, and shows no values.
#[derive(clap::Args)]
pub struct Args {
    /// The tenant whose records to read
    #[arg(long, value_parser = arguments::id)]
    tenant: String,
    /// What the records are, such as funding-transfers or FUNDING_TRANSFERS [default: every type]
    #[arg(long = "type", value_name = "TYPE", value_parser = arguments::dataset)]
    dataset: Option<&'static Dataset>,
    /// The ledger table
    #[arg(long, env = "LEDGER_TABLE")]
    table: String,
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    items: u64,
    problems: u64,
}

impl Findings {
    fn add(&mut self, place: &str, rule: &str) {
        self.problems += 1;
        if self.problems <= MOST_SHOWN {
            println!("{place}: {rule}");
        }
    }
}

pub async fn run(args: Args) -> Result<()> {
    let ledger = LedgerTable::new(&aws::load().await?, args.table.clone());
    let datasets = args.dataset.map_or(ALL.to_vec(), |dataset| vec![dataset]);
    let mut findings = Findings::default();
    for dataset in datasets {
        verify(&ledger, &args.tenant, dataset, &mut findings)
            .await
            .with_context(|| format!("cannot read the ledger table {}", args.table))?;
    }
    let read = HumanCount(findings.items);
    match findings.problems {
        0 => {
            println!("{read} items of {} keep every rule.", args.tenant);
            Ok(())
        }
        problems => bail!(
            "{} rules are broken in {read} items of {}; {} are shown above",
            HumanCount(problems),
            args.tenant,
            problems.min(MOST_SHOWN)
        ),
    }
}

async fn verify(
    ledger: &LedgerTable,
    tenant_id: &str,
    dataset: &'static Dataset,
    findings: &mut Findings,
) -> Result<()> {
    let layout = ledger.layout(tenant_id, dataset).await?;
    let shards = layout.map_or(0, |layout| layout.shards);
    let progress = Progress::new("Reading", None);
    for number in 0..MOST_SHARDS {
        let name = partition(tenant_id, dataset, number);
        if number >= shards {
            let page = ledger.items(&name, None).await?;
            if !page.items.is_empty() {
                let rule = format!("the layout says {shards} shards, so no export reads this one");
                findings.add(&name, &rule);
            }
            continue;
        }
        let shard = Shard {
            tenant_id,
            dataset,
            number,
            of: shards,
        };
        verify_shard(ledger, &name, &shard, &progress, findings).await?;
    }
    progress.finish();
    Ok(())
}

async fn verify_shard(
    ledger: &LedgerTable,
    partition: &str,
    shard: &Shard<'_>,
    progress: &Progress,
    findings: &mut Findings,
) -> Result<()> {
    let mut heads = None;
    let mut expected_rows = HashSet::new();
    let mut start = None;
    loop {
        let page = ledger.items(partition, start).await?;
        for item in &page.items {
            findings.items += 1;
            progress.advance(1);
            let sort = item.get(SORT).and_then(|sort| sort.as_s().ok());
            let place = format!("{partition}, {}", sort.map_or("", String::as_str));
            for rule in shard.broken_rules(item) {
                findings.add(&place, &rule);
            }
            // A head comes right before its rows.
            match key_of(item) {
                Some(key) if key.is_row => {
                    if heads.as_ref() != Some(&key.record_id) {
                        findings.add(&place, "its record has no head");
                    }
                    expected_rows.remove(sort.map_or("", String::as_str));
                }
                Some(key) => {
                    heads = Some(key.record_id);
                    expected_rows.extend(row_of(item).map(str::to_owned));
                }
                None => {}
            }
        }
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    for row in expected_rows {
        findings.add(
            &format!("{partition}, {row}"),
            "its head names this row, which does not exist",
        );
    }
    Ok(())
}
