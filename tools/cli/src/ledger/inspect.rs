//! The rules that an item of the ledger must keep.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    domain::{dataset::Dataset, record::Record, shard::shard_of},
    items::{
        ledger::{
            Item, POSITION, RECEIVED_AT, SORT, TIME_TO_LIVE, VERSION, VISIBLE_FROM, VISIBLE_UNTIL,
            are_equal, position, record_attributes,
        },
        ledger_head::{MOVES, Place, ROW, ROW_PLACE, is_writers_own},
    },
};

/// The attributes of whole numbers.
const NUMBERS: [&str; 6] = [
    VERSION,
    RECEIVED_AT,
    VISIBLE_FROM,
    VISIBLE_UNTIL,
    TIME_TO_LIVE,
    MOVES,
];

/// One shard of a tenant's records of a type.
pub struct Shard<'a> {
    pub tenant_id: &'a str,
    pub dataset: &'static Dataset,
    pub number: u32,
    /// How many shards there are.
    pub of: u32,
}

/// What the key of an item says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub record_id: String,
    /// Whether the item is a row beside the head of its record.
    pub is_row: bool,
}

/// Reads the sort key: a record's id, or `{id}#{number}`.
pub fn key_of(item: &Item) -> Option<Key> {
    let sort = text(item, SORT)?;
    let (record_id, is_row) = match sort.split_once('#') {
        Some((id, number)) => (id, number.parse::<u64>().ok().map(|_| true)?),
        None => (sort, false),
    };
    Some(Key {
        record_id: record_id.to_owned(),
        is_row,
    })
}

/// The sort key of the row that a head names.
pub fn row_of(item: &Item) -> Option<&str> {
    text(item, ROW)
}

impl Shard<'_> {
    /// Every rule that an item breaks, without its values.
    pub fn broken_rules(&self, item: &Item) -> Vec<String> {
        let Some(key) = key_of(item) else {
            return vec![
                "sort must be the record's id, or {id}#{number} for a row of its own".to_owned(),
            ];
        };
        let mut broken = Vec::new();
        if shard_of(&key.record_id, self.of) != self.number {
            let right = shard_of(&key.record_id, self.of);
            broken.push(format!("partition must be that of shard {right}"));
        }
        for name in NUMBERS {
            let is_whole = |value: &AttributeValue| {
                let digits = value.as_n().ok()?;
                digits.parse::<u64>().ok()
            };
            if item
                .get(name)
                .is_some_and(|value| is_whole(value).is_none())
            {
                broken.push(format!("{name} must be a whole number"));
            }
        }
        let has_row_place = item.contains_key(ROW_PLACE);
        if item.contains_key(ROW) != has_row_place {
            broken.push(format!("{ROW} and {ROW_PLACE} must be there together"));
        }
        if Place::of(item).is_some() {
            broken.extend(self.broken_by_row(item, &key));
        } else {
            broken.extend(self.broken_by_tombstone(item, &key));
        }
        broken
    }

    fn broken_by_row(&self, item: &Item, key: &Key) -> Vec<String> {
        let mut broken = Vec::new();
        let mut columns = Vec::new();
        for column in self.dataset.columns {
            match item.get(column.name) {
                None => {}
                Some(AttributeValue::S(text)) => columns.push((column.name, text.as_str())),
                Some(_) => broken.push(format!("{} must be a string", column.name)),
            }
        }
        if !broken.is_empty() {
            return broken;
        }
        match Record::check(self.dataset, columns) {
            Err(problems) => {
                broken.extend(problems.iter().map(ToString::to_string));
                return broken;
            }
            Ok(record) => {
                let mut expected = record_attributes(self.tenant_id, &record);
                if let Some(sort) = text(item, SORT) {
                    let position = position(record.created_at(), sort);
                    expected.insert(POSITION.to_owned(), AttributeValue::S(position));
                }
                if record.id() != key.record_id {
                    broken.push(format!("sort must be the {}", self.dataset.id_column()));
                }
                for (name, value) in &expected {
                    if !item.get(name).is_some_and(|found| are_equal(found, value)) {
                        broken.push(format!("{name} does not follow from the columns"));
                    }
                }
                let others = item
                    .keys()
                    .filter(|name| !expected.contains_key(*name) && !is_writers_own(name));
                broken.extend(others.map(|name| format!("{name} is no attribute of a record")));
            }
        }
        broken.sort();
        broken
    }

    fn broken_by_tombstone(&self, item: &Item, key: &Key) -> Vec<String> {
        let mut broken = Vec::new();
        if key.is_row {
            broken.push("position must be there: a row without one is in no export".to_owned());
        }
        let others = item.keys().filter(|name| !is_writers_own(name));
        let mut others: Vec<_> = others
            .map(|name| format!("{name} must not be there without a position"))
            .collect();
        others.sort();
        broken.extend(others);
        broken
    }
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    Some(item.get(name)?.as_s().ok()?.as_str())
}

#[cfg(test)]
mod tests {
    use shared::{
        domain::dataset::FUNDING_TRANSFERS,
        items::ledger::{AMOUNT_VALUE, CREATED_AT, PARTITION},
    };

    use super::*;

    const SHARD: Shard = Shard {
        tenant_id: "acme",
        dataset: &FUNDING_TRANSFERS,
        // The shard of trf_1.
        number: 7,
        of: 16,
    };

    fn string(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn good() -> Item {
        let values = [
            ("transferId", "trf_1"),
            ("createdAt", "2026-01-31T23:59:59.500Z"),
            ("status", "COMPLETED"),
            ("amount", "100.00"),
            ("currency", "EUR"),
            ("sourceBalanceAccountType", "MARKETPLACE"),
            ("targetBalanceAccountType", "SUPPLIER"),
            ("supplierExternalId", "SUP-1001"),
        ];
        let record = Record::check(&FUNDING_TRANSFERS, values).unwrap();
        let mut item = record_attributes("acme", &record);
        item.insert(PARTITION.to_owned(), string("acme#FUNDING_TRANSFERS#7"));
        item.insert(SORT.to_owned(), string("trf_1"));
        item.insert(VERSION.to_owned(), AttributeValue::N("7".to_owned()));
        item
    }

    fn broken(change: impl FnOnce(&mut Item)) -> Vec<String> {
        let mut item = good();
        change(&mut item);
        SHARD.broken_rules(&item)
    }

    fn with(name: &str, value: AttributeValue) -> Vec<String> {
        broken(|item| {
            item.insert(name.to_owned(), value);
        })
    }

    #[test]
    fn what_the_writer_writes_keeps_every_rule() {
        assert_eq!(broken(|_| {}), Vec::<String>::new());
        let number = |digits: &str| AttributeValue::N(digits.to_owned());
        assert_eq!(
            with(RECEIVED_AT, number("1795167000")),
            Vec::<String>::new()
        );
        // A tombstone.
        let tombstone = broken(|item| item.retain(|name, _| is_writers_own(name)));
        assert_eq!(tombstone, Vec::<String>::new());
    }

    #[test]
    fn each_broken_rule_is_named_without_a_value() {
        assert_eq!(
            with(POSITION, string("2026-01-31T23:59:58Z#trf_1")),
            ["position does not follow from the columns"]
        );
        assert_eq!(
            with(AMOUNT_VALUE, AttributeValue::N("99".to_owned())),
            ["amountValue does not follow from the columns"]
        );
        assert_eq!(
            with(CREATED_AT, string("2026-01-31T23:59:59Z")),
            ["createdAt does not follow from the columns"]
        );
        assert_eq!(
            with("supplierPartition", string("acme#FUNDING_TRANSFERS#SUP-2")),
            ["supplierPartition does not follow from the columns"]
        );
        assert_eq!(
            with("iban", string("DE1")),
            ["iban is no attribute of a record"]
        );
        assert_eq!(
            with("status", string("DONE")),
            ["status must be one of PENDING, COMPLETED, FAILED"]
        );
        assert_eq!(
            with("reference", AttributeValue::Bool(true)),
            ["reference must be a string"]
        );
        assert_eq!(
            with(VERSION, string("7")),
            ["version must be a whole number"]
        );
        assert_eq!(
            with(ROW, string("trf_1#1")),
            ["row and rowPlace must be there together"]
        );
    }

    #[test]
    fn a_record_must_be_under_its_id_in_its_shard() {
        assert_eq!(
            with(SORT, string("trf_2")),
            [
                "partition must be that of shard 5",
                "position does not follow from the columns",
                "sort must be the transferId"
            ]
        );
        let row = broken(|item| {
            item.insert(SORT.to_owned(), string("trf_1#1"));
            item.insert(POSITION.to_owned(), string("2026-01-31T23:59:59Z#trf_1#1"));
        });
        assert_eq!(row, Vec::<String>::new());
        assert_eq!(with(SORT, string("trf_1#one")).len(), 1);
        let lost = broken(|item| {
            item.retain(|name, _| is_writers_own(name));
            item.insert(SORT.to_owned(), string("trf_1#1"));
        });
        assert_eq!(
            lost,
            ["position must be there: a row without one is in no export"]
        );
    }
}
