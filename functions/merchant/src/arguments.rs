//! The bodies of requests, read strictly and to the end. In this API `null` means that a field is absent.

use serde_json::value::RawValue;
use shared::{
    domain::id::ExportId,
    wire::{
        json::{Reader, child},
        problem::{FieldError, FieldErrorCode},
    },
};

const LONGEST_NAME: usize = 200;
const DEFAULT_PER_PAGE: usize = 25;
const MOST_PER_PAGE: usize = 100;

/// `request-payout-by-contact-export`.
#[derive(Debug, PartialEq, Eq)]
pub struct RequestArguments {
    pub contact_id: String,
}

/// `list-exports`.
#[derive(Debug, PartialEq, Eq)]
pub struct ListArguments {
    pub per_page: usize,
    pub position: Position,
}

/// Where a page lies.
#[derive(Debug, PartialEq, Eq)]
pub enum Position {
    First,
    /// Older than this export.
    After(ExportId),
    /// Newer than this export.
    Before(ExportId),
}

pub fn request(body: &[u8]) -> Result<RequestArguments, Vec<FieldError>> {
    let mut reader = Reader::default();
    let mut contact_id = None;
    let mut format = None;
    read(
        &mut reader,
        body,
        &mut [("contact_id", &mut contact_id), ("format", &mut format)],
    );
    let contact_id = required_text(&mut reader, "/contact_id", contact_id.as_deref());
    if let Some(format) = format.and_then(|raw| reader.text("/format", &raw))
        && format != "csv"
    {
        reader.refuse("/format", FieldErrorCode::InvalidValue, "must be csv");
    }
    reader.finish(RequestArguments { contact_id })
}

/// Returns the `export_id`, which may be any text. A text that cannot be an id is not found later.
pub fn find(body: &[u8]) -> Result<String, Vec<FieldError>> {
    let mut reader = Reader::default();
    let mut export_id = None;
    read(&mut reader, body, &mut [("export_id", &mut export_id)]);
    let export_id = required_text(&mut reader, "/export_id", export_id.as_deref());
    reader.finish(export_id)
}

pub fn list(body: &[u8]) -> Result<ListArguments, Vec<FieldError>> {
    let mut reader = Reader::default();
    let (mut per_page, mut after, mut before) = (None, None, None);
    read(
        &mut reader,
        body,
        &mut [
            ("per_page", &mut per_page),
            ("after", &mut after),
            ("before", &mut before),
        ],
    );
    let per_page = match per_page.as_deref().map(RawValue::get) {
        None => DEFAULT_PER_PAGE,
        Some(json) => read_per_page(&mut reader, json),
    };
    if after.is_some() && before.is_some() {
        reader.refuse(
            "/before",
            FieldErrorCode::NotAllowed,
            "cannot be given together with after",
        );
    }
    let mut read_id = |pointer: &str, raw: Option<Box<RawValue>>| {
        let text = reader.text(pointer, &raw?)?;
        let id = text.parse().ok();
        if id.is_none() {
            reader.refuse(
                pointer,
                FieldErrorCode::InvalidValue,
                "must come from an earlier answer's next or previous",
            );
        }
        id
    };
    let position = match (read_id("/after", after), read_id("/before", before)) {
        (Some(after), _) => Position::After(after),
        (None, Some(before)) => Position::Before(before),
        (None, None) => Position::First,
    };
    reader.finish(ListArguments { per_page, position })
}

/// Sorts a body's fields into their places.
fn read(reader: &mut Reader, body: &[u8], places: &mut [(&str, &mut Option<Box<RawValue>>)]) {
    let object = reader.body(body);
    for (name, raw) in object.fields() {
        match places.iter_mut().find(|(known, _)| *known == name) {
            Some((_, place)) => **place = (raw.get() != "null").then(|| raw.to_owned()),
            None => reader.refuse(
                &child("", name),
                FieldErrorCode::UnknownField,
                "is not an argument of this endpoint",
            ),
        }
    }
}

fn required_text(reader: &mut Reader, pointer: &str, raw: Option<&RawValue>) -> String {
    let Some(raw) = raw else {
        reader.refuse(pointer, FieldErrorCode::Missing, "is required");
        return String::new();
    };
    let text = reader.text(pointer, raw).unwrap_or_default();
    let is_text = raw.get().starts_with('"');
    if is_text && !(1..=LONGEST_NAME).contains(&text.chars().count()) {
        let detail = format!("must have 1 to {LONGEST_NAME} characters");
        reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
    }
    text
}

fn read_per_page(reader: &mut Reader, json: &str) -> usize {
    match json.parse() {
        Ok(number) if (1..=MOST_PER_PAGE).contains(&number) => number,
        _ => {
            let detail = format!("must be a whole number from 1 to {MOST_PER_PAGE}");
            let is_number = json.parse::<f64>().is_ok();
            let code = if is_number {
                FieldErrorCode::OutOfRange
            } else {
                FieldErrorCode::InvalidType
            };
            reader.refuse("/per_page", code, detail);
            DEFAULT_PER_PAGE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "exp_01m7w4n5nt0w3ge1r70w3ge1r7c";

    fn problems<T: std::fmt::Debug>(
        result: Result<T, Vec<FieldError>>,
    ) -> Vec<(String, FieldErrorCode)> {
        result
            .unwrap_err()
            .into_iter()
            .map(|error| (error.pointer, error.code))
            .collect()
    }

    #[test]
    fn a_request_names_a_contact() {
        for body in [
            r#"{"contact_id": "C-100"}"#,
            r#"{"contact_id": "C-100", "format": "csv"}"#,
            r#"{"contact_id": "C-100", "format": null}"#,
        ] {
            assert_eq!(
                request(body.as_bytes()),
                Ok(RequestArguments {
                    contact_id: "C-100".to_owned()
                })
            );
        }
    }

    #[test]
    fn every_bad_argument_is_found_at_once() {
        assert_eq!(
            problems(request(br#"{"contact": "C-100", "format": "xlsx"}"#)),
            [
                ("/contact".to_owned(), FieldErrorCode::UnknownField),
                ("/contact_id".to_owned(), FieldErrorCode::Missing),
                ("/format".to_owned(), FieldErrorCode::InvalidValue),
            ]
        );
        assert_eq!(
            problems(request(b"")),
            [("/contact_id".to_owned(), FieldErrorCode::Missing)]
        );
        assert_eq!(
            problems(request(br#"{"contact_id": ""}"#)),
            [("/contact_id".to_owned(), FieldErrorCode::InvalidValue)]
        );
        assert_eq!(
            problems(find(br#"{"export_id": 7}"#)),
            [("/export_id".to_owned(), FieldErrorCode::InvalidType)]
        );
        assert_eq!(
            problems(list(br#"{"per_page": 0, "after": "x", "before": true}"#)),
            [
                ("/per_page".to_owned(), FieldErrorCode::OutOfRange),
                ("/before".to_owned(), FieldErrorCode::NotAllowed),
                ("/after".to_owned(), FieldErrorCode::InvalidValue),
                ("/before".to_owned(), FieldErrorCode::InvalidType),
            ]
        );
    }

    #[test]
    fn a_list_begins_anywhere() {
        let page = |body: String| list(body.as_bytes()).unwrap();
        assert_eq!(
            page(String::new()),
            ListArguments {
                per_page: 25,
                position: Position::First
            }
        );
        assert_eq!(
            page(format!(r#"{{"per_page": 100, "after": "{ID}"}}"#)),
            ListArguments {
                per_page: 100,
                position: Position::After(ID.parse().unwrap())
            }
        );
        assert_eq!(
            page(format!(r#"{{"after": null, "before": "{ID}"}}"#)),
            ListArguments {
                per_page: 25,
                position: Position::Before(ID.parse().unwrap())
            }
        );
        for body in [
            r#"{"per_page": 101}"#,
            r#"{"per_page": 2.5}"#,
            r#"{"per_page": "5"}"#,
        ] {
            assert!(list(body.as_bytes()).is_err(), "{body}");
        }
    }
}
