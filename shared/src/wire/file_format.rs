//! What a request says of its file's looks.

use serde_json::value::RawValue;

use super::{json::Reader, problem::FieldErrorCode};
use crate::domain::{caller::RoleName, dataset::Dataset};

/// More than any dataset has columns. With more names than this, it is no use to say what is wrong with each.
const MOST_COLUMNS: usize = 100;

/// Reads names of columns, in the order of the file. A column that this role does not get is refused like one that does not
/// exist, so that the answer tells nobody of it.
pub fn read_columns(
    reader: &mut Reader,
    raw: &RawValue,
    role: RoleName,
    dataset: &Dataset,
) -> Vec<String> {
    let known: Vec<_> = dataset
        .columns_for(role)
        .map(|column| column.name)
        .collect();
    let mut columns = Vec::new();
    for (pointer, name) in reader.texts("/columns", raw, 1, MOST_COLUMNS) {
        if !known.contains(&name.as_str()) {
            let detail = format!("must be one of {}", known.join(", "));
            reader.refuse(&pointer, FieldErrorCode::InvalidValue, detail);
        } else if columns.contains(&name) {
            let detail = format!("must not name {name} a second time");
            reader.refuse(&pointer, FieldErrorCode::InvalidValue, detail);
        } else {
            columns.push(name);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::{FUNDING_TRANSFERS, TRANSACTION_EVENTS};

    fn columns(json: &str, role: RoleName, dataset: &Dataset) -> Result<Vec<String>, Vec<String>> {
        let mut reader = Reader::default();
        let raw = serde_json::from_str::<Box<RawValue>>(json).unwrap();
        let columns = read_columns(&mut reader, &raw, role, dataset);
        reader.finish(columns).map_err(|errors| {
            let shown = errors
                .iter()
                .map(|error| format!("{} {:?}: {}", error.pointer, error.code, error.detail));
            shown.collect()
        })
    }

    #[test]
    fn columns_come_in_the_order_of_the_request() {
        assert_eq!(
            columns(
                r#"["amount", "transferId"]"#,
                RoleName::Operator,
                &FUNDING_TRANSFERS
            ),
            Ok(vec!["amount".to_owned(), "transferId".to_owned()])
        );
    }

    #[test]
    fn a_column_must_exist_and_come_once_and_there_must_be_one() {
        let known = "transferId, createdAt, status, amount, currency, sourceBalanceAccountType, \
                     targetBalanceAccountType, supplierExternalId, supplierName, reference, relatedEntityType, \
                     relatedEntityId, failureReason";
        for (json, problems) in [
            (
                "[]",
                vec!["/columns TooFew: must have at least 1".to_owned()],
            ),
            (
                "\"amount\"",
                vec!["/columns InvalidType: must be an array of strings".to_owned()],
            ),
            (
                r#"["amount", 5, "Amount", "amount", "amountValue"]"#,
                vec![
                    format!("/columns/2 InvalidValue: must be one of {known}"),
                    "/columns/3 InvalidValue: must not name amount a second time".to_owned(),
                    format!("/columns/4 InvalidValue: must be one of {known}"),
                ],
            ),
        ] {
            let mut found = columns(json, RoleName::Operator, &FUNDING_TRANSFERS).unwrap_err();
            found.retain(|problem| problem != "/columns/1 InvalidType: must be a string");
            assert_eq!(found, problems, "{json}");
        }
    }

    #[test]
    fn a_supplier_is_not_told_of_a_column_for_operators() {
        let asked = |name: &str| {
            let json = format!("[{name:?}]");
            columns(&json, RoleName::Supplier, &TRANSACTION_EVENTS).unwrap_err()
        };
        let refused = asked("platformCommission");
        assert_eq!(refused, asked("noSuchColumn"));
        assert!(!refused[0].contains("Commission"));
        assert!(
            columns(
                r#"["platformCommission"]"#,
                RoleName::Operator,
                &TRANSACTION_EVENTS
            )
            .is_ok()
        );
    }
}
