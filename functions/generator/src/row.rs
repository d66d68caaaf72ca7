//! A record of the ledger as a row of the file.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    domain::{csv, dataset::Column},
    items::ledger::{CREATED_AT, Item},
};

/// `2026-01-31T23:59:59`: what is left of a time without its fraction and zone.
const WHOLE_SECONDS: usize = 19;

/// Writes a record's columns. A value is written as it is stored; of the time of creation, which is stored to the
/// millisecond, the file shows the second.
pub fn write(columns: &[&Column], item: &Item, file: &mut Vec<u8>) {
    let values = columns.iter().map(|column| {
        let value = match item.get(column.name) {
            Some(AttributeValue::S(value)) => value.as_str(),
            _ => "",
        };
        match value.get(..WHOLE_SECONDS) {
            Some(seconds) if column.name == CREATED_AT => {
                (column.kind, Cow::Owned(format!("{seconds}Z")))
            }
            _ => (column.kind, Cow::Borrowed(value)),
        }
    });
    csv::write_row(values, file);
}

#[cfg(test)]
mod tests {
    use shared::domain::dataset::FUNDING_TRANSFERS;

    use super::*;

    #[test]
    fn values_are_as_stored_and_absent_ones_empty() {
        let item: Item = [
            ("transferId", "trf_1"),
            ("createdAt", "2026-01-31T23:59:59.999Z"),
            ("amount", "-100.00"),
            ("currency", "EUR"),
            ("supplierName", "=1+1"),
            ("reference", "2026-01-31T23:59:59.999Z; again"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .collect();
        let mut file = Vec::new();
        write(
            &FUNDING_TRANSFERS.columns.iter().collect::<Vec<_>>(),
            &item,
            &mut file,
        );
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "trf_1;2026-01-31T23:59:59Z;;-100.00;EUR;;;;'=1+1;\"2026-01-31T23:59:59.999Z; again\";;;\n"
        );
    }
}
