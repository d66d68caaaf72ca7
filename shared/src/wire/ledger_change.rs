//! Changes of the ledger as messages have them.
//!
//! A message is one change or an array of them: `{tenantId, type, version, record: {…}}`, or `{tenantId, type, version,
//! id, deleted: true}`. `infra/ledger-change.schema.json` describes it.

use serde_json::value::RawValue;

use super::{
    json::{Object, Reader, child},
    plain_change,
    problem::{FieldError, FieldErrorCode},
    trigger_request::refuse_unknown,
};
use crate::domain::{
    amount::Amount,
    caller::is_valid_id,
    change::{Change, Content, VERSION_RULE},
    dataset::{Column, Dataset, INTERNAL_RULE, Kind},
    record::{Record, RecordProblem, Rule, is_identifier},
    time,
};

/// Most changes of one message.
pub const MOST_CHANGES: usize = 100;

const FIELDS: &str = "tenantId, type, version, record, id, deleted, occurredAt";

/// The changes of a message, each still unread. Fails with what is wrong with the message as a whole.
pub fn split(body: &str) -> Result<Vec<&RawValue>, FieldError> {
    let malformed = |error: serde_json::Error| {
        FieldError::new(
            "",
            FieldErrorCode::MalformedJson,
            format!("is not JSON: {error}"),
        )
    };
    if !body.trim_ascii_start().starts_with('[') {
        return Ok(vec![serde_json::from_str(body).map_err(malformed)?]);
    }
    let changes: Vec<&RawValue> = serde_json::from_str(body).map_err(malformed)?;
    if (1..=MOST_CHANGES).contains(&changes.len()) {
        Ok(changes)
    } else {
        let detail = format!(
            "must have 1 to {MOST_CHANGES} changes, and has {}",
            changes.len()
        );
        Err(FieldError::new("", FieldErrorCode::TooMany, detail))
    }
}

/// Reads all changes of a message in one pass, as most messages can be. `None` if something is wrong with the message, or
/// if one of its changes is not plain.
pub fn read_plain(body: &str) -> Option<Vec<Change>> {
    plain_change::read_all(body).filter(|changes| (1..=MOST_CHANGES).contains(&changes.len()))
}

/// Reads a change, or says everything that is wrong with it. No detail holds a value.
pub fn read(raw: &RawValue) -> Result<Change, Vec<FieldError>> {
    plain_change::read(raw.get()).map_or_else(|| read_strictly(raw), Ok)
}

fn read_strictly(raw: &RawValue) -> Result<Change, Vec<FieldError>> {
    let mut reader = Reader::default();
    let change = reader
        .object("", raw)
        .and_then(|object| read_change(&mut reader, &object));
    match reader.finish(change)? {
        Some(change) => Ok(change),
        None => unreachable!("a change that cannot be read is refused with a reason"),
    }
}

fn read_change(reader: &mut Reader, object: &Object) -> Option<Change> {
    let mut given = Given::default();
    for (name, raw) in object.fields() {
        let pointer = child("", name);
        match name {
            "tenantId" => given.tenant_id = Some(read_tenant(reader, &pointer, raw)),
            "type" => given.dataset = Some(read_type(reader, &pointer, raw)),
            "version" => given.version = Some(read_version(reader, &pointer, raw)),
            "record" => given.record = Some(raw),
            "id" => given.id = Some(read_id(reader, &pointer, raw)),
            "deleted" => given.deleted = read_deleted(reader, &pointer, raw),
            "occurredAt" => given.occurred_at = read_time(reader, &pointer, raw),
            unknown => refuse_unknown(reader, "", unknown, FIELDS),
        }
    }
    for (name, is_given) in [
        ("tenantId", given.tenant_id.is_some()),
        ("type", given.dataset.is_some()),
        ("version", given.version.is_some()),
        ("record", given.record.is_some() || given.deleted),
        ("id", given.id.is_some() || !given.deleted),
    ] {
        if !is_given {
            let detail = "must be given";
            reader.refuse(&child("", name), FieldErrorCode::Missing, detail);
        }
    }
    if given.deleted && given.record.is_some() {
        let detail = "must not be given for a deletion";
        reader.refuse("/record", FieldErrorCode::NotAllowed, detail);
    }
    if !given.deleted && given.id.is_some() {
        let detail = "is for deletions; a record has its id in its columns";
        reader.refuse("/id", FieldErrorCode::NotAllowed, detail);
    }
    let dataset = given.dataset.flatten()?;
    let content = match given.record {
        Some(raw) => Content::Record(read_record(reader, raw, dataset)?),
        None => Content::Deleted {
            dataset,
            id: given.id.flatten()?,
        },
    };
    Some(Change {
        tenant_id: given.tenant_id.flatten()?,
        version: Some(given.version.flatten()?),
        content,
        occurred_at: given.occurred_at,
    })
}

/// The fields of a change. `Some(None)` is a field that was given and could not be read.
#[derive(Default)]
struct Given<'a> {
    tenant_id: Option<Option<String>>,
    dataset: Option<Option<&'static Dataset>>,
    version: Option<Option<u64>>,
    record: Option<&'a RawValue>,
    id: Option<Option<String>>,
    deleted: bool,
    occurred_at: Option<jiff::Timestamp>,
}

fn read_tenant(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<String> {
    let text = reader.text(pointer, raw)?;
    let rule = "must be 1 to 64 letters, digits, _ and -";
    obey(reader, pointer, is_valid_id(&text), rule).then_some(text)
}

fn read_type(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<&'static Dataset> {
    let text = reader.text(pointer, raw)?;
    let dataset = Dataset::by_type(&text);
    if dataset.is_some_and(|dataset| dataset.is_internal) {
        obey(reader, pointer, false, INTERNAL_RULE);
        return None;
    }
    let known: Vec<_> = Dataset::importable()
        .map(|dataset| dataset.export_type)
        .collect();
    let rule = format!("must be one of {}", known.join(", "));
    obey(reader, pointer, dataset.is_some(), &rule);
    dataset
}

fn read_version(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<u64> {
    let version = serde_json::from_str(raw.get()).ok();
    obey(reader, pointer, version.is_some(), VERSION_RULE);
    version
}

fn read_id(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<String> {
    let text = reader.text(pointer, raw)?;
    let rule = Rule::Identifier.to_string();
    obey(reader, pointer, is_identifier(&text), &rule).then_some(text)
}

fn read_deleted(reader: &mut Reader, pointer: &str, raw: &RawValue) -> bool {
    let deleted = serde_json::from_str(raw.get()).ok();
    obey(reader, pointer, deleted.is_some(), "must be true or false");
    deleted.unwrap_or_default()
}

fn read_time(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<jiff::Timestamp> {
    let text = reader.text(pointer, raw)?;
    let time = time::parse(&text);
    obey(reader, pointer, time.is_some(), &Rule::Time.to_string());
    time
}

fn obey(reader: &mut Reader, pointer: &str, is_valid: bool, rule: &str) -> bool {
    if !is_valid {
        reader.refuse(pointer, FieldErrorCode::InvalidValue, rule);
    }
    is_valid
}

fn read_record(reader: &mut Reader, raw: &RawValue, dataset: &'static Dataset) -> Option<Record> {
    let object = reader.object("/record", raw)?;
    let mut fields = Vec::new();
    let mut is_flat = true;
    for (name, raw) in object.fields() {
        match cell(dataset.column(name), raw) {
            Some(text) => fields.push((name, text)),
            None => {
                is_flat = false;
                let pointer = child("/record", name);
                reader.refuse(&pointer, FieldErrorCode::InvalidType, CELL_RULE);
            }
        }
    }
    if !is_flat {
        return None;
    }
    let fields = fields.iter().map(|(name, text)| (*name, text.as_str()));
    match Record::check(dataset, fields) {
        Ok(record) => Some(record),
        Err(problems) => {
            for RecordProblem { column, rule } in problems {
                let pointer = child("/record", &column);
                reader.refuse(&pointer, FieldErrorCode::InvalidValue, rule.to_string());
            }
            None
        }
    }
}

/// What follows a column's name in a sentence that refuses its JSON.
pub const CELL_RULE: &str = "must be a string, a number or null";

/// A JSON value as a cell's text, empty for null; numbers keep their digits, and amounts lose their exponent. `None` if it
/// is no string, number or null.
pub fn cell(column: Option<&Column>, value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok(),
        b'n' => Some(String::new()),
        b'-' | b'0'..=b'9' => {
            let is_amount = column.is_some_and(|column| column.kind == Kind::Amount);
            let amount = is_amount
                .then(|| Amount::from_json_number(json).ok())
                .flatten();
            Some(amount.map_or_else(|| json.to_owned(), |amount| amount.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::{FUNDING_TRANSFERS, MARKETPLACE_PAYOUTS};

    const PAYOUT: &str = r#"{"payoutId": "po_1", "createdAt": "2026-05-01T00:00:00.250Z", "status": "SETTLED",
        "amount": 5.00, "currency": "EUR", "reference": null}"#;

    fn change(rest: &str) -> Result<Change, Vec<FieldError>> {
        let json = format!(r#"{{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", {rest}}}"#);
        read(split(&json).unwrap()[0])
    }

    fn problems(json: &str) -> Vec<String> {
        let errors = match split(json) {
            Ok(changes) => read(changes[0]).expect_err(json),
            Err(error) => vec![error],
        };
        errors
            .iter()
            .map(|error| format!("{} {}", error.pointer, error.detail))
            .collect()
    }

    #[test]
    fn the_audit_trail_is_nobody_elses_to_write() {
        let record = r#"{"eventId": "evt_1", "createdAt": "2026-05-01T00:00:00Z", "action": "FILE_DELETED",
            "exportId": "exp_1", "exportType": "FUNDING_TRANSFERS"}"#;
        for rest in [
            format!(r#""record": {record}"#),
            r#""id": "evt_1", "deleted": true"#.to_owned(),
        ] {
            let json =
                format!(r#"{{"tenantId": "acme", "type": "AUDIT_EVENTS", "version": 1, {rest}}}"#);
            assert!(read_plain(&json).is_none());
            assert_eq!(problems(&json), [format!("/type {INTERNAL_RULE}")]);
        }
    }

    #[test]
    fn a_record_comes_with_its_version() {
        let change = change(&format!(
            r#""version": 7, "record": {PAYOUT}, "occurredAt": "2026-05-01T00:00:01Z""#
        ))
        .unwrap();
        assert_eq!(change.version, Some(7));
        assert_eq!(
            (change.id(), change.dataset()),
            ("po_1", &MARKETPLACE_PAYOUTS)
        );
        assert_eq!(change.occurred_at, time::parse("2026-05-01T00:00:01Z"));
        let Content::Record(record) = &change.content else {
            panic!("{change:?}");
        };
        assert_eq!(record.value("amount"), Some("5.00"));
        assert_eq!(record.value("reference"), None);
        assert_eq!(record.created_at().subsec_millisecond(), 250);
    }

    #[test]
    fn a_deletion_names_an_id() {
        let change = change(r#""version": 18446744073709551615, "id": "po_1", "deleted": true"#);
        let change = change.unwrap();
        assert_eq!((change.version, change.id()), (Some(u64::MAX), "po_1"));
        assert!(matches!(change.content, Content::Deleted { .. }));
    }

    #[test]
    fn a_message_is_one_change_or_an_array_of_up_to_a_hundred() {
        assert_eq!(split("{}").unwrap().len(), 1);
        assert_eq!(split("[{}, 1, null]").unwrap().len(), 3);
        let many = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        assert_eq!(split(&many(100)).unwrap().len(), 100);
        assert_eq!(
            problems(&many(101)),
            [" must have 1 to 100 changes, and has 101"]
        );
        assert_eq!(problems("[]"), [" must have 1 to 100 changes, and has 0"]);
        for poison in ["", "not JSON", "{\"a\": ", "{} {}"] {
            assert!(problems(poison)[0].starts_with(" is not JSON"), "{poison}");
        }
        for poison in ["1", "null", "\"text\"", "[[]]"] {
            assert_eq!(problems(poison), [" must be an object"], "{poison}");
        }
    }

    #[test]
    fn every_problem_of_a_change_is_reported_at_once_and_without_its_values() {
        insta::assert_snapshot!(problems(
            r#"{"tenantId": "a#b", "type": "REFUNDS", "version": 1.5, "deleted": "yes", "occurredAt": "today",
                "priority": 1}"#
        ).join("\n"), @"
        /tenantId must be 1 to 64 letters, digits, _ and -
        /type must be one of TRANSACTION_EVENTS, SUPPLIER_PAYOUTS, MARKETPLACE_PAYOUTS, FUNDING_TRANSFERS, PAYOUTS_BY_CONTACT
        /version must be a whole number from 0 up
        /deleted must be true or false
        /occurredAt must be an RFC 3339 time from 1970 on, such as 2026-01-31T23:59:59Z
        /priority is not a field of this request; known are tenantId, type, version, record, id, deleted, occurredAt
        /record must be given
        ");
        insta::assert_snapshot!(problems(
            r#"{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", "version": 1,
                "record": {"payoutId": "po_1", "amount": "1,50", "iban": "DE89370400440532013000"}}"#
        ).join("\n"), @"
        /record/iban is not a column of MARKETPLACE_PAYOUTS
        /record/createdAt must have a value
        /record/status must have a value
        /record/amount must be a plain decimal of at most 28 digits, such as 1234.50
        /record/currency must have a value
        ");
        assert_eq!(
            problems(
                r#"{"tenantId": "acme", "type": "FUNDING_TRANSFERS", "version": 1, "record": {"amount": [1]}}"#
            ),
            ["/record/amount must be a string, a number or null"]
        );
        assert_eq!(FUNDING_TRANSFERS.export_type, "FUNDING_TRANSFERS");
    }

    #[test]
    fn a_plain_change_is_read_as_any_other() {
        let plain = format!(
            r#"{{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", "version": 7, "occurredAt": "2026-05-01T00:00:01Z",
            "record": {}}}"#,
            PAYOUT.replace("5.00", "\"5.00\"")
        );
        let escaped = plain.replace("acme", r"\u0061cme");
        for json in [&plain, &escaped] {
            let raw = split(json).unwrap()[0];
            let change = plain_change::read(raw.get());
            assert_eq!(change, Some(read_strictly(raw).unwrap()), "{json}");
        }
    }

    #[test]
    fn a_message_of_plain_changes_is_read_in_one_pass() {
        let one = format!(
            r#"{{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", "version": 7, "record": {}}}"#,
            PAYOUT.replace("5.00", "\"5.00\"")
        );
        let other = one.replace("po_1", "po_2");
        let strictly = [&one, &other].map(|json| read_strictly(split(json).unwrap()[0]).unwrap());
        assert_eq!(read_plain(&one), Some(vec![strictly[0].clone()]));
        assert_eq!(
            read_plain(&format!(" [{one}, {other}]")),
            Some(strictly.into())
        );
        let too_many = format!("[{}]", vec![one.as_str(); MOST_CHANGES + 1].join(","));
        let one_is_bad = format!("[{one}, {}]", other.replace("SETTLED", "DONE"));
        let is_cut = format!("[{one}, {other}");
        for body in ["", "[]", "{}", &too_many, &one_is_bad, &is_cut] {
            assert_eq!(read_plain(body), None, "{body}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_strict_reader() {
        let base = format!(
            r#"{{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", "version": 7, "record": {}}}"#,
            PAYOUT.replace("5.00", "\"5.00\"")
        );
        assert!(plain_change::read(&base).is_some());
        for (from, to) in [
            ("acme", "a#b"),
            ("MARKETPLACE_PAYOUTS", "REFUNDS"),
            ("7", "-7"),
            ("7", "7, \"version\": 8"),
            ("7", "7, \"priority\": 8"),
            ("7", "7, \"occurredAt\": \"today\""),
            ("SETTLED", "DONE"),
            // A number, which only the strict reader reads.
            ("\"5.00\"", "5.00"),
        ] {
            let json = base.replacen(from, to, 1);
            assert_eq!(plain_change::read(&json), None, "{json}");
        }
    }

    #[test]
    fn a_record_is_either_there_or_deleted() {
        let both = format!(
            r#"{{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", "version": 1, "id": "po_1", "deleted": true,
            "record": {PAYOUT}}}"#
        );
        assert_eq!(
            problems(&both),
            ["/record must not be given for a deletion"]
        );
        let id = format!(
            r#"{{"tenantId": "acme", "type": "MARKETPLACE_PAYOUTS", "version": 1, "id": "po_1", "record": {PAYOUT}}}"#
        );
        assert_eq!(
            problems(&id),
            ["/id is for deletions; a record has its id in its columns"]
        );
    }
}
