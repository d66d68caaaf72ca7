//! An item as a row.

use std::{borrow::Cow, collections::HashMap, io::Write};

use aws_sdk_dynamodb::types::AttributeValue;

pub const COLUMNS: [&str; 13] = [
    "transferId",
    "createdAt",
    "status",
    "amount",
    "currency",
    "sourceBalanceAccountType",
    "targetBalanceAccountType",
    "supplierExternalId",
    "supplierName",
    "reference",
    "relatedEntityType",
    "relatedEntityId",
    "failureReason",
];

/// What third parties can write, so that a spreadsheet could be made to run it.
const FREE_TEXT: [&str; 4] = [
    "supplierExternalId",
    "supplierName",
    "reference",
    "failureReason",
];

/// Some of the columns' names are words that DynamoDB keeps for itself.
pub fn names() -> HashMap<String, String> {
    COLUMNS
        .iter()
        .map(|name| (format!("#{name}"), (*name).to_owned()))
        .collect()
}

pub fn projection() -> String {
    COLUMNS.map(|name| format!("#{name}")).join(", ")
}

pub fn write(
    item: &HashMap<String, AttributeValue>,
    file: &mut csv::Writer<impl Write>,
) -> csv::Result<()> {
    for name in COLUMNS {
        let value = match item.get(name) {
            Some(AttributeValue::S(value)) => value.as_str(),
            _ => "",
        };
        file.write_field(shown(name, value).as_bytes())?;
    }
    file.write_record(None::<&[u8]>)
}

fn shown<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if name == "createdAt" {
        Cow::Owned(format!("{}Z", &value[..19]))
    } else if FREE_TEXT.contains(&name) && value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}
