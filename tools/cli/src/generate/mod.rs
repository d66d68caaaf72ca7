//! `generate`: seeded records of any dataset, as a CSV file that `import` reads.

mod contact;
mod market;
mod money;
mod random;
mod record;
mod row;
mod texts;

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use shared::domain::dataset::Dataset;

use self::{market::Market, row::Row};
use crate::{arguments, progress::Progress};

/// Make records to try the exports with.
///
/// The same arguments give the same file. Names and references are made up, and hold all that a CSV file or a
/// spreadsheet could trip over. The records come in no order of time, as they would from many sources.
#[derive(clap::Args)]
pub struct Args {
    /// What the records are, such as funding-transfers or FUNDING_TRANSFERS
    #[arg(long = "type", value_name = "TYPE", value_parser = arguments::importable)]
    dataset: &'static Dataset,
    /// How many records
    #[arg(long)]
    count: u64,
    /// Other seeds give other records, and other names to the same suppliers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A word that is part of the records' ids, to tell the tenants' records apart
    #[arg(long, default_value = "demo", value_parser = arguments::id)]
    label: String,
    /// The first day of the records, in UTC
    #[arg(long, default_value = "2026-05-01")]
    from: Date,
    /// The last day of the records, in UTC
    #[arg(long, default_value = "2026-10-31")]
    to: Date,
    /// The file to write, or `-` for standard output
    #[arg(long, default_value = "-")]
    output: PathBuf,
}

pub fn run(args: &Args) -> Result<()> {
    if args.from > args.to {
        bail!("--from {} is after --to {}", args.from, args.to);
    }
    let market = Market::new(args.seed, &args.label, args.dataset, args.from, args.to)
        .context("--from and --to must be days from 1970 on")?;
    if args.output == Path::new("-") {
        return match write(args, &market, io::stdout().lock()) {
            // A reader such as head has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome.context("cannot write to standard output"),
        };
    }
    File::create(&args.output)
        .and_then(|file| write(args, &market, file))
        .with_context(|| format!("cannot write {}", args.output.display()))
}

fn write(args: &Args, market: &Market, output: impl Write) -> io::Result<()> {
    let mut file = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(BufWriter::new(output));
    file.write_record(args.dataset.columns.iter().map(|column| column.name))?;
    let progress = Progress::new("Generating", Some(args.count));
    let count = usize::try_from(args.count).unwrap_or(usize::MAX);
    for row in rows(market).take(count) {
        file.write_record(
            args.dataset
                .columns
                .iter()
                .map(|column| row.get(column.name)),
        )?;
        progress.advance(1);
    }
    progress.finish();
    file.flush()
}

/// Endless rows of the market's dataset.
fn rows(market: &Market) -> impl Iterator<Item = Row> + '_ {
    (0..).map(|index| record::row(market, index))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use jiff::civil::date;
    use shared::domain::{dataset, record::Record};

    use super::*;

    fn market(seed: u64, dataset: &'static Dataset) -> Market {
        Market::new(seed, "demo", dataset, date(2026, 5, 1), date(2026, 5, 31)).unwrap()
    }

    fn records(seed: u64, dataset: &'static Dataset, count: usize) -> Vec<Record> {
        let record = |row: Row| {
            let record = Record::check(dataset, row.values());
            record.unwrap_or_else(|problems| panic!("{row:?}: {problems:?}"))
        };
        rows(&market(seed, dataset))
            .take(count)
            .map(record)
            .collect()
    }

    #[test]
    fn every_record_is_valid_and_its_own() {
        for dataset in Dataset::importable() {
            let records = records(1, dataset, 3000);
            let ids: HashSet<_> = records.iter().map(Record::id).collect();
            assert_eq!(ids.len(), records.len(), "{}", dataset.slug);
            let days: BTreeSet<_> = records
                .iter()
                .map(|record| &record.value("createdAt").unwrap()[..10])
                .collect();
            assert_eq!(days.first(), Some(&"2026-05-01"), "{}", dataset.slug);
            assert_eq!(days.last(), Some(&"2026-05-31"), "{}", dataset.slug);
        }
    }

    #[test]
    fn every_column_status_and_kind_of_text_occurs() {
        for dataset in Dataset::importable() {
            let records = records(1, dataset, 3000);
            for column in dataset.columns {
                let values: HashSet<_> = records
                    .iter()
                    .filter_map(|record| record.value(column.name))
                    .collect();
                assert!(
                    !values.is_empty(),
                    "{} has no {}",
                    dataset.slug,
                    column.name
                );
                let choices: HashSet<_> = dataset.choices(column.name).iter().copied().collect();
                assert!(
                    choices.is_subset(&values),
                    "{}: {}",
                    dataset.slug,
                    column.name
                );
            }
            let digits: BTreeSet<_> = records
                .iter()
                .map(|record| {
                    record
                        .value("amount")
                        .unwrap()
                        .split_once('.')
                        .map_or(0, |(_, digits)| digits.len())
                })
                .collect();
            assert_eq!(digits, BTreeSet::from([0, 2, 3]), "{}", dataset.slug);
            let texts: String = records
                .iter()
                .filter_map(|record| {
                    record
                        .value("reference")
                        .or(record.value("customerAccountName"))
                })
                .collect();
            for sign in [';', '"', '\n', '=', '+', '-', '@'] {
                assert!(texts.contains(sign), "{}: {sign:?}", dataset.slug);
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_records_again() {
        let dataset = &dataset::FUNDING_TRANSFERS;
        assert_eq!(records(7, dataset, 50), records(7, dataset, 50));
        let ids = |seed| {
            records(seed, dataset, 50)
                .iter()
                .map(|record| record.id().to_owned())
                .collect::<HashSet<_>>()
        };
        assert!(ids(7).is_disjoint(&ids(8)));
    }

    #[test]
    fn suppliers_have_one_name_in_all_of_a_tenants_datasets() {
        let suppliers = |dataset| {
            records(3, dataset, 2000)
                .iter()
                .filter_map(|record| {
                    Some((
                        record.value("supplierExternalId")?.to_owned(),
                        record.value("supplierName")?.to_owned(),
                    ))
                })
                .collect::<BTreeSet<_>>()
        };
        let of_transfers = suppliers(&dataset::FUNDING_TRANSFERS);
        assert!(of_transfers.len() >= 12);
        assert_eq!(of_transfers, suppliers(&dataset::TRANSACTION_EVENTS));
        assert_eq!(of_transfers, suppliers(&dataset::SUPPLIER_PAYOUTS));
    }

    #[test]
    fn some_records_share_their_time() {
        let records = records(1, &dataset::FUNDING_TRANSFERS, 3000);
        let times: HashSet<_> = records.iter().map(Record::created_at).collect();
        assert!(times.len() < records.len());
    }
}
