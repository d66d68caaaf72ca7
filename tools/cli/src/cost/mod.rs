//! `cost`: what a stack costs a month.

mod bill;
mod figures;

use std::fmt;

use anyhow::{Result, bail};
use indicatif::HumanCount;
use serde_json::json;

use self::{
    bill::{Bill, Usage, bill},
    figures::{Figures, Prices},
};
use crate::arguments::Output;

/// The largest number of rows that fits into a file of 80 GB, the most that an export writes.
const MOST_ROWS: u64 = 480_000_000;

/// Say what a stack costs a month, by service, and what it costs when nobody uses it.
///
/// An estimate from measured speeds and list prices, in US dollars, without free tiers, discounts and taxes.
#[derive(clap::Args)]
pub struct Args {
    /// The rows of an export
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=MOST_ROWS))]
    rows: u64,
    /// How many exports are made a day
    #[arg(long, value_name = "N")]
    exports_a_day: u32,
    /// How the files are compressed
    #[arg(long, value_enum, default_value_t)]
    compression: Compression,
    /// How often each file is fetched from outside of AWS
    #[arg(long, value_name = "N", default_value_t = 1)]
    downloads: u32,
    /// How many records are new or changed a day
    #[arg(long, value_name = "N", default_value_t = 0)]
    new_records_a_day: u64,
    /// How many records the ledger holds [default: as many as an export has rows]
    #[arg(long, value_name = "N")]
    records: Option<u64>,
    /// The stack's parameter Alarms
    #[arg(long, value_enum, default_value_t)]
    alarms: Switch,
    /// The stack's parameter GradualDeployment
    #[arg(long, value_enum, default_value_t)]
    gradual_deployment: Switch,
    /// How many KMS keys of your own encrypt its data
    #[arg(long, value_name = "N", default_value_t = 0)]
    own_keys: u32,
    /// The region whose prices count
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Compression {
    #[default]
    None,
    Gzip,
}

/// A parameter of the stack that is on unless somebody says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Switch {
    #[default]
    On,
    Off,
}

impl Switch {
    fn is_on(self) -> bool {
        self == Self::On
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_on() { "on" } else { "off" })
    }
}

pub fn run(args: &Args) -> Result<()> {
    let figures = Figures::load()?;
    let Some(prices) = figures.prices.get(&args.region) else {
        let known: Vec<_> = figures.prices.keys().map(String::as_str).collect();
        bail!(
            "no prices of {} are known here, only those of {}: add them to tools/cost.toml",
            args.region,
            known.join(", ")
        );
    };
    let usage = Usage {
        rows: args.rows,
        exports_a_day: args.exports_a_day,
        gzip: args.compression == Compression::Gzip,
        downloads: args.downloads,
        new_records_a_day: args.new_records_a_day,
        records: args.records.unwrap_or(args.rows),
        alarms: args.alarms.is_on(),
        gradual_deployment: args.gradual_deployment.is_on(),
        own_keys: args.own_keys,
    };
    let bill = bill(&usage, &figures, prices);
    match args.output {
        Output::Text => print!("{}", text(&bill, args, prices)),
        Output::Json => println!("{:#}", json(&bill, args, &figures, prices)),
    }
    Ok(())
}

fn text(bill: &Bill, args: &Args, prices: &Prices) -> String {
    let row = |name: &str, amounts: [f64; 4]| {
        let amounts = amounts.map(|amount| format!("{:>11}", dollars(amount)));
        format!("{name:<15}{}\n", amounts.concat())
    };
    let heading = format!(
        "{:<15}{:>11}{:>11}{:>11}{:>11}\n",
        "US$ a month", "idle", "exports", "ledger", "all"
    );
    let lines: String = bill
        .lines
        .iter()
        .map(|line| {
            row(
                line.service,
                [line.idle, line.exports, line.ledger, line.all()],
            )
        })
        .collect();
    let total = row(
        "all",
        [bill.idle(), bill.exports(), bill.ledger(), bill.all()],
    );
    let (oldest, newest) = prices.dates();
    let kept = HumanCount(args.records.unwrap_or(args.rows));
    let files = match args.compression {
        Compression::None => "",
        Compression::Gzip => " in gzip",
    };
    format!(
        "{heading}{lines}{total}\n\
         This is for {} exports a day of {} rows{files}, and a ledger of {kept} records\n\
         of which {} a day are new.\n\
         A stack that nobody uses costs ${} a month: Lambda waits for messages of the queues,\n\
         and the reconciler and the sweep run. Alarms and the dashboard are {}, gradual\n\
         deployment is {}, and {} KMS keys of your own are in it.\n\
         The rules that call the functions cost nothing. The calls of tenants' schedules, their\n\
         events and webhooks are not reckoned.\n\
         Prices are those of {}, looked up from {oldest} to {newest}, without free\n\
         tiers, discounts and taxes. Not looked up: {}.\n",
        HumanCount(args.exports_a_day.into()),
        HumanCount(args.rows),
        HumanCount(args.new_records_a_day),
        dollars(bill.idle()),
        args.alarms,
        args.gradual_deployment,
        args.own_keys,
        args.region,
        prices.unchecked().join("; "),
    )
}

/// An amount in dollars, as a person reads it: what is not nothing is not shown as nothing.
fn dollars(amount: f64) -> String {
    if amount > 0.0 && amount < 0.005 {
        "<0.01".to_owned()
    } else {
        format!("{amount:.2}")
    }
}

fn json(bill: &Bill, args: &Args, figures: &Figures, prices: &Prices) -> serde_json::Value {
    let services: serde_json::Map<_, _> = bill
        .lines
        .iter()
        .map(|line| {
            let amounts = json!({
                "idle": line.idle, "exports": line.exports, "ledger": line.ledger, "all": line.all(),
            });
            (line.key.to_owned(), amounts)
        })
        .collect();
    json!({
        "region": args.region,
        "currency": "USD",
        "services": services,
        "idle": bill.idle(),
        "exports": bill.exports(),
        "ledger": bill.ledger(),
        "all": bill.all(),
        "measured": figures.measured,
        "assumed": figures.assumed,
        "idleStack": figures.idle,
        "prices": prices.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_amounts_are_not_shown_as_nothing() {
        let shown = [0.0, 0.000_1, 0.005, 12.345].map(dollars);
        assert_eq!(shown, ["0.00", "<0.01", "0.01", "12.35"]);
    }
}
