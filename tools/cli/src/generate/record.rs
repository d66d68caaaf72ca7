//! One record of any dataset: a value for each column, by what the column means or by its kind.

use jiff::Timestamp;
use shared::{
    domain::{
        dataset::{Column, Dataset, Kind},
        time::to_seconds,
    },
    items::ledger::{CONTACT_EXTERNAL_ID, CONTACT_ID, CONTACT_NAME},
};

use super::{
    contact::Contact,
    market::{Market, Supplier, created_at},
    money::Money,
    random::{SplitMix64, derive},
    row::Row,
    texts,
};

const MINUTES_A_DAY: u64 = 24 * 60;

/// What the columns of one record have in common.
struct Facts<'a> {
    status: &'static str,
    created_at: Timestamp,
    amount: Money,
    /// Absent where no supplier takes part.
    supplier: Option<&'a Supplier>,
    /// The values of `supplier_side_of`.
    sides: [&'static str; 2],
    contact: Contact,
}

/// The `index`th record of the market.
pub fn row(market: &Market, index: u64) -> Row {
    let random = &mut market.random(index);
    let facts = Facts::random(market, random);
    let mut latest = facts.created_at;
    let mut row = Row::default();
    for (place, column) in (0..).zip(market.dataset().columns) {
        let value = match facts.value(market.dataset(), column, random) {
            Given::Value(value) => value,
            Given::ByKind if !column.is_required && random.percent(15) => None,
            Given::ByKind => match column.kind {
                Kind::Time => {
                    latest = market.later(latest, random.between(1, 2 * MINUTES_A_DAY));
                    Some(to_seconds(latest))
                }
                Kind::Identifier if column.name == market.dataset().id_column() => {
                    Some(market.id(stem(column.name), index))
                }
                Kind::Identifier => Some(market.id(stem(column.name), derive(index, place))),
                _ => by_kind(column, facts.amount, random),
            },
        };
        row = row.with_some(column.name, value);
    }
    row
}

/// The value of a column that has the same meaning in every dataset. For other columns, the kind decides.
enum Given {
    Value(Option<String>),
    ByKind,
}

impl<'a> Facts<'a> {
    fn random(market: &'a Market, random: &mut SplitMix64) -> Self {
        let dataset = market.dataset();
        let weighted: Vec<_> = dataset
            .statuses()
            .iter()
            .map(|status| {
                (
                    if dataset.failures.contains(status) {
                        1
                    } else {
                        4
                    },
                    *status,
                )
            })
            .collect();
        let sides = random.weighted(&[
            (55, ["MARKETPLACE", "SUPPLIER"]),
            (30, ["SUPPLIER", "MARKETPLACE"]),
            (15, ["MARKETPLACE", "MARKETPLACE"]),
        ]);
        let has_supplier = match dataset.supplier_side_of {
            Some(_) => sides.contains(&"SUPPLIER"),
            None => is_supplier_required(dataset) || random.percent(90),
        };
        let amount = Money::random(random);
        // Some of it goes back.
        let amount = if random.percent(8) {
            amount.negated()
        } else {
            amount
        };
        let created_at = market.time(random);
        Self {
            status: random.weighted(&weighted),
            created_at,
            amount,
            supplier: has_supplier.then(|| market.supplier(random)),
            sides,
            contact: Contact::random(market, random),
        }
    }

    fn value(&self, dataset: &Dataset, column: &Column, random: &mut SplitMix64) -> Given {
        let side = dataset
            .supplier_side_of
            .and_then(|sides| sides.iter().position(|side| *side == column.name));
        if let Some(side) = side {
            return Given::Value(Some(self.sides[side].to_owned()));
        }
        if dataset.supplier_column() == Some(column.name) {
            return Given::Value(self.supplier.map(|supplier| supplier.external_id.clone()));
        }
        Given::Value(match column.name {
            "createdAt" => Some(created_at(self.created_at)),
            "status" => Some(self.status.to_owned()),
            "amount" => Some(self.amount.text()),
            "supplierName" => self.supplier.map(|supplier| supplier.name.clone()),
            "failureReason" => {
                let is_failure = dataset.failures.contains(&self.status);
                is_failure.then(|| texts::reason(random).to_owned())
            }
            CONTACT_ID => Some(self.contact.id.clone()),
            CONTACT_EXTERNAL_ID => self.contact.external_id.clone(),
            CONTACT_NAME => Some(self.contact.name.clone()),
            _ => return Given::ByKind,
        })
    }
}

fn by_kind(column: &Column, amount: Money, random: &mut SplitMix64) -> Option<String> {
    match column.kind {
        Kind::Code { examples } => Some(random.pick(examples).to_string()),
        Kind::Choice(values) => Some(random.pick(values).to_string()),
        Kind::Amount => Some(amount.per_mille(random.between(1, 1000) as i64).text()),
        Kind::Currency => Some(amount.currency.code.to_owned()),
        Kind::Count => Some(random.below(1000).to_string()),
        Kind::LastFour => Some(format!("{:04}", random.below(10_000))),
        Kind::Text if column.name.ends_with("Name") => Some(texts::name(random)),
        Kind::Text => {
            texts::reference(random).or_else(|| column.is_required.then(|| "none".to_owned()))
        }
        Kind::Identifier | Kind::Time => unreachable!("these need the record's number or times"),
    }
}

fn is_supplier_required(dataset: &Dataset) -> bool {
    dataset
        .supplier_column()
        .and_then(|name| dataset.column(name))
        .is_some_and(|column| column.is_required)
}

/// `transferId` as `transfer`.
fn stem(column: &str) -> &str {
    column.strip_suffix("Id").unwrap_or(column)
}
