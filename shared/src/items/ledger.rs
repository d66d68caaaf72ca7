//! Keys and items of the ledger table. Its writers and its readers take them from here.
//!
//! A record's item has the record's id as its sort key, so a change of a record is one conditional write, and an id can
//! never be there twice. Exports read the indexes, which hold the records by their position in the file. How a write
//! treats what is there already is in [`super::ledger_head`].

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::domain::{amount::Amount, dataset::Dataset, record::Record, time};

/// The table's partition key.
pub const PARTITION: &str = "partition";
/// The table's sort key: a record's id, or what else an item is.
pub const SORT: &str = "sort";
/// The indexes' sort key: where a record stands in files. See [`position`].
pub const POSITION: &str = "position";
/// A record's amount as a number, for filters to compare.
pub const AMOUNT_VALUE: &str = "amountValue";
/// The partition key of [`BY_SUPPLIER`].
pub const SUPPLIER_PARTITION: &str = "supplierPartition";
/// The partition key of [`BY_CONTACT`].
pub const CONTACT_PARTITION: &str = "contactPartition";
/// On the layout item: how many shards the records are spread over.
pub const SHARDS: &str = "shards";
/// Beside the layout, for a second: the latest time at the source of a change that counts from then on.
pub const LATEST_OCCURRED_AT: &str = "latestOccurredAt";

pub use crate::domain::{
    contacts::{CONTACT_EXTERNAL_ID, CONTACT_ID, CONTACT_NAME},
    record::{AMOUNT, CREATED_AT},
};

pub use crate::domain::suppliers::SUPPLIER_NAME;

/// On a supplier's item: the platform's own id of it.
pub const SUPPLIER_ID: &str = "supplierExternalId";
/// On a supplier's item: id and name in lower case, for searches.
pub const SUPPLIER_WORDS: &str = "words";

/// On the items of a contact and of a supplier: when the latest record was created that said what they say.
pub const AS_OF: &str = "asOf";

/// The version of a record's last change. Records that were loaded without versions have none.
pub const VERSION: &str = "version";
/// From which second on a record's last change counts, in Unix seconds. See [`crate::domain::received`].
pub const RECEIVED_AT: &str = "receivedAt";
/// From which second on exports hold this row, in Unix seconds.
pub const VISIBLE_FROM: &str = "visibleFrom";
/// From which second on exports no longer hold this row, in Unix seconds: the record has moved to another row.
pub const VISIBLE_UNTIL: &str = "visibleUntil";
/// When DynamoDB removes a row that no export holds any more, in Unix seconds.
pub const TIME_TO_LIVE: &str = "timeToLive";

/// The index of a shard's records by their position.
pub const BY_POSITION: &str = "by-position";
/// The index of records by their supplier.
pub const BY_SUPPLIER: &str = "by-supplier";
/// The index of payouts by their contact.
pub const BY_CONTACT: &str = "by-contact";

/// Over how many shards a tenant's records of a type are spread, unless its layout item says otherwise.
pub const DEFAULT_SHARDS: u32 = 16;

const LAYOUT: &str = "layout";

/// A DynamoDB item.
pub type Item = HashMap<String, AttributeValue>;

/// Whether two values are equal. DynamoDB drops zeros at the end of a number.
pub fn are_equal(one: &AttributeValue, other: &AttributeValue) -> bool {
    match (one, other) {
        (AttributeValue::N(one), AttributeValue::N(other)) => {
            let (one, other) = (one.parse::<Amount>(), other.parse::<Amount>());
            one.is_ok() && one == other
        }
        _ => one == other,
    }
}

/// The partition of one shard: `{tenantId}#{TYPE}#{shard}`.
pub fn partition(tenant_id: &str, dataset: &Dataset, shard: u32) -> String {
    [tenant_id, "#", dataset.export_type, "#", &shard.to_string()].concat()
}

/// A supplier's partition in [`BY_SUPPLIER`]: `{tenantId}#{TYPE}#{supplierExternalId}`.
pub fn supplier_partition(
    tenant_id: &str,
    dataset: &Dataset,
    supplier_external_id: &str,
) -> String {
    format!("{tenant_id}#{}#{supplier_external_id}", dataset.export_type)
}

/// A contact's partition in [`BY_CONTACT`]: `{tenantId}#{TYPE}#{contactId}`.
pub fn contact_partition(tenant_id: &str, dataset: &Dataset, contact_id: &str) -> String {
    format!("{tenant_id}#{}#{contact_id}", dataset.export_type)
}

/// Partition and sort key of the item whose [`SHARDS`] says how the records are spread.
pub fn layout_key(tenant_id: &str, dataset: &Dataset) -> (String, &'static str) {
    (format!("{tenant_id}#{}", dataset.export_type), LAYOUT)
}

/// The sort key of what was complete at a second, in the layout's partition: `occurred#0001795167000`.
pub fn occurred_sort(second: i64) -> String {
    format!("occurred#{second:013}")
}

/// A row's position, `{createdAt}#{sort}` with whole seconds and the row's sort key: the record's id, or `{id}#{number}`.
/// Its text order is the order of the file, which shows times in seconds. No two rows of a partition have the same one, as
/// readers go on behind the last one that they have seen.
pub fn position(created_at: Timestamp, sort: &str) -> String {
    format!("{}#{sort}", time::to_seconds(created_at))
}

/// The least position that a record of this second or later can have.
pub fn least_position(from: Timestamp) -> String {
    time::to_seconds(from)
}

/// A position behind those of all records of this second or earlier: `~` comes after every character of an id.
pub fn greatest_position(to: Timestamp) -> String {
    format!("{}#~", time::to_seconds(to))
}

/// The time of creation that a position begins with, in seconds.
pub fn created_at_of(position: &str) -> &str {
    position.split('#').next().unwrap_or(position)
}

/// The partition of a tenant's suppliers. Their ids are the sort keys.
pub fn suppliers_partition(tenant_id: &str) -> String {
    format!("{tenant_id}#SUPPLIERS")
}

/// The partition of a merchant's contacts.
pub fn contacts_partition(tenant_id: &str) -> String {
    format!("{tenant_id}#CONTACTS")
}

/// The sort key of a contact under its own id.
pub fn contact_sort(contact_id: &str) -> String {
    format!("id#{contact_id}")
}

/// The sort key of the item that leads from a contact's external id to its [`CONTACT_ID`].
pub fn contact_external_sort(contact_external_id: &str) -> String {
    format!("external#{contact_external_id}")
}

/// What a row says of its record: all but the table's keys and what the writer notes of the write.
pub fn record_attributes(tenant_id: &str, record: &Record) -> Item {
    let dataset = record.dataset();
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let mut item: Item = record
        .values()
        .map(|(column, value)| (column.name.to_owned(), text(value)))
        .collect();
    item.extend([
        (
            POSITION.to_owned(),
            AttributeValue::S(position(record.created_at(), record.id())),
        ),
        // To the millisecond, because records of the same second may be created before or after a request.
        (
            CREATED_AT.to_owned(),
            AttributeValue::S(time::to_milliseconds(record.created_at())),
        ),
    ]);
    if let Some(amount) = record.amount() {
        let value = AttributeValue::N(amount.to_string());
        item.insert(AMOUNT_VALUE.to_owned(), value);
    }
    if let Some(supplier) = record.supplier() {
        let partition = supplier_partition(tenant_id, dataset, supplier);
        item.insert(SUPPLIER_PARTITION.to_owned(), AttributeValue::S(partition));
    }
    if let Some(contact) = record.contact() {
        let partition = contact_partition(tenant_id, dataset, contact);
        item.insert(CONTACT_PARTITION.to_owned(), AttributeValue::S(partition));
    }
    item
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::dataset::{FUNDING_TRANSFERS, PAYOUTS_BY_CONTACT};

    fn shown(item: Item) -> String {
        let sorted: BTreeMap<_, _> = item.into_iter().collect();
        let lines = sorted.into_iter().map(|(name, value)| match value {
            AttributeValue::S(text) => format!("{name}: S {text}"),
            AttributeValue::N(number) => format!("{name}: N {number}"),
            other => panic!("{name}: {other:?}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_transfers_item() {
        let values = [
            ("transferId", "trf_1"),
            ("createdAt", "2026-01-31T23:59:59.5Z"),
            ("status", "COMPLETED"),
            ("amount", "100.00"),
            ("currency", "EUR"),
            ("sourceBalanceAccountType", "MARKETPLACE"),
            ("targetBalanceAccountType", "SUPPLIER"),
            ("supplierExternalId", "SUP-1001"),
            ("supplierName", ""),
        ];
        let record = Record::check(&FUNDING_TRANSFERS, values).unwrap();
        insta::assert_snapshot!(shown(record_attributes("northwind-market", &record)), @r"
        amount: S 100.00
        amountValue: N 100.00
        createdAt: S 2026-01-31T23:59:59.500Z
        currency: S EUR
        position: S 2026-01-31T23:59:59Z#trf_1
        sourceBalanceAccountType: S MARKETPLACE
        status: S COMPLETED
        supplierExternalId: S SUP-1001
        supplierPartition: S northwind-market#FUNDING_TRANSFERS#SUP-1001
        targetBalanceAccountType: S SUPPLIER
        transferId: S trf_1
        ");
    }

    #[test]
    fn a_payout_is_found_by_its_contact() {
        let values = [
            ("payoutId", "po_1"),
            ("createdAt", "2026-01-31T23:59:59Z"),
            ("status", "paid"),
            ("amount", "5"),
            ("currency", "JPY"),
            ("contactId", "cnt_1"),
        ];
        let record = Record::check(&PAYOUTS_BY_CONTACT, values).unwrap();
        let item = record_attributes("atlas", &record);
        assert_eq!(
            item[CONTACT_PARTITION].as_s().unwrap(),
            "atlas#PAYOUTS_BY_CONTACT#cnt_1"
        );
        assert!(!item.contains_key(SUPPLIER_PARTITION));
    }

    #[test]
    fn numbers_are_equal_whatever_zeros_they_end_with() {
        let number = |digits: &str| AttributeValue::N(digits.to_owned());
        assert!(are_equal(&number("100.00"), &number("100")));
        assert!(!are_equal(&number("100.01"), &number("100")));
        let text = |text: &str| AttributeValue::S(text.to_owned());
        assert!(!are_equal(&text("100.00"), &text("100")));
        assert!(!are_equal(&text("100"), &number("100")));
    }

    #[test]
    fn text_order_is_the_order_of_the_file() {
        let key = |time, id| position(time::parse(time).unwrap(), id);
        assert!(key("2026-01-31T23:59:59Z", "z") < key("2026-02-01T00:00:00Z", "a"));
        assert!(key("2026-01-31T23:59:59.900Z", "a") < key("2026-01-31T23:59:59.100Z", "b"));
        let bound = time::parse("2026-01-31T23:59:59.250Z").unwrap();
        let range = least_position(bound)..=greatest_position(bound);
        assert!(range.contains(&key("2026-01-31T23:59:59.999Z", "zzz")));
        assert!(!range.contains(&key("2026-01-31T23:59:58.999Z", "zzz")));
        assert!(!range.contains(&key("2026-02-01T00:00:00Z", "0")));
    }

    #[test]
    fn the_layout_is_kept_beside_the_records() {
        assert_eq!(
            layout_key("t", &FUNDING_TRANSFERS),
            ("t#FUNDING_TRANSFERS".to_owned(), "layout")
        );
    }
}
