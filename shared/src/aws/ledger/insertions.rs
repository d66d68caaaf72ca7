//! The request that inserts records, written directly from them.
//!
//! The SDK would make a map of typed values of each record, and JSON of the map. Most changes of a feed or a file are
//! inserted, so that would be most of what a write costs.

use std::borrow::Cow;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use serde::{Deserialize, Serialize};

use super::row_write::RowWrite;
use crate::{
    domain::{received::Received, record::Record},
    items::ledger::{
        AMOUNT_VALUE, CONTACT_PARTITION, CREATED_AT, PARTITION, POSITION, RECEIVED_AT, SORT,
        SUPPLIER_PARTITION, VERSION, VISIBLE_FROM,
    },
};

/// Bytes that are set aside for a statement. Of a longer one, more is taken.
const USUAL_LENGTH: usize = 2048;

/// The body of a BatchExecuteStatement. Each statement creates a record, and fails if its id is known.
#[derive(Debug)]
pub struct Insertions {
    /// What every statement begins with, as JSON.
    start: String,
    body: Vec<u8>,
    /// Of the statement that is being written, because it comes after the names.
    parameters: Vec<u8>,
    /// What the last record had values for.
    shape: Option<Shape>,
    /// The names of its attributes, as the statement has them.
    names: Vec<u8>,
    /// Whether the names are those of the record that is being written already.
    are_known: bool,
}

impl Insertions {
    /// For so many records.
    pub fn new(table: &str, records: usize) -> Self {
        let mut body = Vec::with_capacity(records * USUAL_LENGTH);
        body.extend_from_slice(b"{\"Statements\":[");
        Self {
            start: format!("{{\"Statement\":\"INSERT INTO \\\"{table}\\\" VALUE {{"),
            body,
            parameters: Vec::with_capacity(USUAL_LENGTH),
            shape: None,
            names: Vec::with_capacity(USUAL_LENGTH),
            are_known: false,
        }
    }

    /// Adds a statement for the record of a change. It says the same as [`RowWrite::head`].
    pub fn push(&mut self, write: &RowWrite<'_>, record: &Record, received: Received) {
        if self.body.ends_with(b"}") {
            self.body.push(b',');
        }
        self.parameters.clear();
        let shape = Shape::of(record, write.change.version);
        self.are_known = shape.is_some() && self.shape == shape;
        if !self.are_known {
            self.shape = shape;
            self.names.clear();
        }
        let created_at = record.created_at_second();
        for (column, value) in record.values() {
            if column.name != CREATED_AT {
                self.text(column.name, &[value]);
            }
        }
        let millisecond = format!(".{:03}Z", record.created_at().subsec_millisecond());
        let second = created_at.trim_end_matches('Z');
        self.plain(CREATED_AT, b"S", &[second, &millisecond]);
        self.plain(POSITION, b"S", &[created_at, "#", record.id()]);
        if let Some(amount) = record.amount_text() {
            self.plain(AMOUNT_VALUE, b"N", &[amount]);
        }
        self.plain(PARTITION, b"S", &[write.partition()]);
        self.plain(SORT, b"S", &[record.id()]);
        let tenant_id = &write.change.tenant_id;
        let export_type = record.dataset().export_type;
        if let Some(supplier) = record.supplier() {
            let partition = [tenant_id, "#", export_type, "#", supplier];
            self.text(SUPPLIER_PARTITION, &partition);
        }
        if let Some(contact) = record.contact() {
            let partition = [tenant_id, "#", export_type, "#", contact];
            self.text(CONTACT_PARTITION, &partition);
        }
        if let Some(version) = write.change.version {
            self.number(VERSION, version);
        }
        let counts_from = write.counts_from(received).second();
        self.number(RECEIVED_AT, counts_from);
        self.number(VISIBLE_FROM, counts_from);
        self.body.extend_from_slice(self.start.as_bytes());
        self.body.extend_from_slice(&self.names);
        self.body.extend_from_slice(b"}\",\"Parameters\":[");
        self.body.extend_from_slice(&self.parameters);
        self.body.extend_from_slice(b"]}");
    }

    /// Adds a text attribute of these parts, which may hold anything.
    fn text(&mut self, name: &str, parts: &[&str]) {
        self.begin(name, b"S");
        for part in parts {
            if needs_escapes(part) {
                let quoted = serde_json::to_string(part).expect("a text is plain JSON");
                let unquoted = &quoted.as_bytes()[1..quoted.len() - 1];
                self.parameters.extend_from_slice(unquoted);
            } else {
                self.parameters.extend_from_slice(part.as_bytes());
            }
        }
        self.parameters.extend_from_slice(b"\"}");
    }

    /// Adds an attribute of these parts, which need no escapes.
    fn plain(&mut self, name: &str, kind: &[u8], parts: &[&str]) {
        self.begin(name, kind);
        for part in parts {
            self.parameters.extend_from_slice(part.as_bytes());
        }
        self.parameters.extend_from_slice(b"\"}");
    }

    fn number(&mut self, name: &str, value: impl Serialize) {
        self.begin(name, b"N");
        serde_json::to_writer(&mut self.parameters, &value).expect("a number is plain JSON");
        self.parameters.extend_from_slice(b"\"}");
    }

    fn begin(&mut self, name: &str, kind: &[u8]) {
        if !self.are_known {
            if !self.names.is_empty() {
                self.names.push(b',');
            }
            self.names.push(b'\'');
            self.names.extend_from_slice(name.as_bytes());
            self.names.extend_from_slice(b"': ?");
        }
        if !self.parameters.is_empty() {
            self.parameters.push(b',');
        }
        self.parameters.extend_from_slice(b"{\"");
        self.parameters.extend_from_slice(kind);
        self.parameters.extend_from_slice(b"\":\"");
    }

    /// The body of the request.
    pub fn into_body(mut self) -> Bytes {
        self.body.extend_from_slice(b"]}");
        self.body.into()
    }
}

/// What decides the names of a record's attributes. Most records of a call have the same.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    export_type: &'static str,
    /// A bit for each column that has a value.
    columns: u64,
    is_versioned: bool,
}

impl Shape {
    /// `None` if the dataset has too many columns.
    fn of(record: &Record, version: Option<u64>) -> Option<Self> {
        Some(Self {
            export_type: record.dataset().export_type,
            columns: record.present()?,
            is_versioned: version.is_some(),
        })
    }
}

/// Gives a request that the SDK has made another body, before it signs it.
pub fn replace_body(body: Bytes) -> impl Fn(&mut HttpRequest) {
    move |request| {
        let length = body.len().to_string();
        request
            .headers_mut()
            .insert(CONTENT_LENGTH.as_str(), length);
        *request.body_mut() = SdkBody::from(body.clone());
    }
}

/// Reads the body of an answer: for each statement the code of its error, if it failed. `None` if the body is another one.
pub fn read_codes(answer: &[u8]) -> Option<Vec<Option<Cow<'_, str>>>> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(rename = "Responses", borrow)]
        responses: Vec<Response<'a>>,
    }
    #[derive(Deserialize)]
    struct Response<'a> {
        #[serde(rename = "Error", borrow)]
        error: Option<Failure<'a>>,
    }
    #[derive(Deserialize)]
    struct Failure<'a> {
        #[serde(rename = "Code", borrow)]
        code: Cow<'a, str>,
    }
    let Answer { responses } = serde_json::from_slice(answer).ok()?;
    let codes = responses
        .into_iter()
        .map(|response| response.error.map(|error| error.code));
    Some(codes.collect())
}

/// Whether a text does not stand in JSON as it is. It looks at all bytes, because that is faster than to stop at the first.
fn needs_escapes(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| {
        found | (byte < b' ') | (byte == b'"') | (byte == b'\\')
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_sdk_dynamodb::types::AttributeValue;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::domain::{
        change::{Change, Content},
        dataset::{AUDIT_EVENTS, FUNDING_TRANSFERS, PAYOUTS_BY_CONTACT},
        time::parse,
    };

    fn received() -> Received {
        Received::after(
            parse("2026-05-01T00:00:00Z").unwrap(),
            std::time::Duration::ZERO,
        )
    }

    fn inserted(changes: &[Change]) -> Vec<(String, BTreeMap<String, Value>)> {
        let mut insertions = Insertions::new("ledger", changes.len());
        for change in changes {
            let Content::Record(record) = &change.content else {
                panic!("{change:?}");
            };
            insertions.push(&RowWrite::new(change, 16), record, received());
        }
        let body: Value = serde_json::from_slice(&insertions.into_body()).unwrap();
        let statements = body["Statements"].as_array().unwrap();
        statements.iter().map(read).collect()
    }

    /// A statement's beginning, and its attributes.
    fn read(statement: &Value) -> (String, BTreeMap<String, Value>) {
        let text = statement["Statement"].as_str().unwrap();
        let (start, names) = text.split_once('{').unwrap();
        let names = names
            .trim_end_matches('}')
            .split(", ")
            .flat_map(|names| names.split(','));
        let names = names.map(|name| {
            name.strip_prefix('\'')
                .unwrap()
                .strip_suffix("': ?")
                .unwrap()
        });
        let values = statement["Parameters"].as_array().unwrap();
        let attributes: BTreeMap<_, _> = names
            .map(str::to_owned)
            .zip(values.iter().cloned())
            .collect();
        assert_eq!(attributes.len(), values.len());
        (start.to_owned(), attributes)
    }

    /// What the SDK would send for the same record.
    fn expected(change: &Change) -> BTreeMap<String, Value> {
        let item = RowWrite::new(change, 16).head(0, received());
        let json = |value: AttributeValue| match value {
            AttributeValue::S(text) => serde_json::json!({"S": text}),
            AttributeValue::N(digits) => serde_json::json!({"N": digits}),
            other => panic!("{other:?}"),
        };
        item.into_iter()
            .map(|(name, value)| (name, json(value)))
            .collect()
    }

    fn transfer(reference: &str, supplier: &str, version: Option<u64>) -> Change {
        let values = [
            ("transferId", "trf_1"),
            ("createdAt", "2026-05-01T01:59:59.023+02:00"),
            ("status", "COMPLETED"),
            ("amount", "-1234.50"),
            ("currency", "EUR"),
            ("sourceBalanceAccountType", "MARKETPLACE"),
            ("targetBalanceAccountType", "SUPPLIER"),
            ("supplierExternalId", supplier),
            ("reference", reference),
        ];
        Change {
            version,
            ..Change::unversioned("acme", Record::check(&FUNDING_TRANSFERS, values).unwrap())
        }
    }

    #[test]
    fn each_record_has_its_statement() {
        let payout = [
            ("payoutId", "po_1"),
            ("createdAt", "2026-05-01T00:00:00Z"),
            ("status", "paid"),
            ("amount", "5"),
            ("currency", "JPY"),
            ("contactId", "cnt_1"),
        ];
        let payout = Record::check(&PAYOUTS_BY_CONTACT, payout).unwrap();
        let event = [
            ("eventId", "evt_1"),
            ("createdAt", "2026-05-01T00:00:00.250Z"),
            ("action", "EXPORT_LAUNCHED"),
            ("exportId", "exp_1"),
            ("exportType", "FUNDING_TRANSFERS"),
        ];
        let event = Record::check(&AUDIT_EVENTS, event).unwrap();
        let changes = [
            transfer("first", "SUP-1", Some(u64::MAX)),
            Change::unversioned("atlas", payout),
            Change::unversioned("acme", event),
            transfer("", "SUP-2", None),
        ];
        let inserted = inserted(&changes);
        assert_eq!(inserted.len(), 4);
        for ((start, attributes), change) in inserted.into_iter().zip(&changes) {
            assert_eq!(start, "INSERT INTO \"ledger\" VALUE ");
            assert_eq!(attributes, expected(change));
        }
    }

    proptest! {
        #[test]
        fn any_text_arrives_as_it_is(reference in "[^\0]{1,50}", supplier in "[^\0]{1,50}") {
            let change = transfer(&reference, &supplier, Some(1));
            let [(_, attributes)] = &inserted(std::slice::from_ref(&change))[..] else {
                panic!("one statement was expected");
            };
            prop_assert_eq!(attributes, &expected(&change));
        }
    }
}
