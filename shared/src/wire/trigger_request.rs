//! The body of a request for an export.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::{
    file_format::{read_columns, read_compression, read_profile},
    json::{Object, Reader, child},
    problem::{FieldError, FieldErrorCode},
};
use crate::domain::{
    address::{EmailAddress, MOST_CC, distinct_cc},
    amount::Amount,
    caller::{Caller, RoleName},
    cc_domains::CcDomains,
    dataset::{Dataset, Filter, FilterTest},
    export::Export,
    file_format::FileFormat,
    filters::{Filters, MOST_SUPPLIERS, OneOf},
    time,
};

const KNOWN: &str = "cc, filters, columns, profile, compression";
const MOST_VALUES: usize = 100;
const LONGEST_NAME: usize = 256;

/// A valid request, with what the caller may not choose already left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerRequest {
    /// As they were named: each at the place that it has in the body.
    pub cc: Vec<EmailAddress>,
    pub filters: Filters,
    pub format: FileFormat,
}

impl TriggerRequest {
    /// Reads a body, or says everything that is wrong with it.
    pub fn parse(
        body: &[u8],
        caller: &Caller,
        dataset: &'static Dataset,
    ) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let object = reader.body(body);
        let mut cc = Vec::new();
        let mut filters = Filters::default();
        let mut format = FileFormat::default();
        for (name, raw) in object.fields() {
            match name {
                "cc" => cc = read_cc(&mut reader, raw),
                "filters" if dataset.filters.is_empty() => {
                    let detail =
                        format!("{} are exported whole: there are no filters", dataset.title);
                    reader.refuse("/filters", FieldErrorCode::NotAllowed, detail);
                }
                "filters" => {
                    if let Some(object) = reader.object("/filters", raw) {
                        filters = read_filters(&mut reader, "/filters", &object, caller, dataset);
                    }
                }
                "columns" => {
                    let role = caller.role.name();
                    format.columns = Some(read_columns(&mut reader, raw, role, dataset));
                }
                "profile" => format.profile = read_profile(&mut reader, raw),
                "compression" => format.compression = read_compression(&mut reader, raw),
                unknown => refuse_unknown(&mut reader, "", unknown, KNOWN),
            }
        }
        reader.finish(Self {
            cc,
            filters,
            format,
        })
    }

    /// What the request asks for: PENDING, with the caller's scope fixed.
    pub fn into_export(
        self,
        caller: &Caller,
        dataset: &Dataset,
        now: Timestamp,
        random: [u8; 10],
    ) -> Export {
        Export {
            format: self.format,
            ..Export::request(
                caller,
                dataset,
                distinct_cc(&caller.email, self.cc),
                self.filters,
                now,
                random,
            )
        }
    }
}

/// Reads the carbon copies of a request.
pub fn read_cc(reader: &mut Reader, raw: &RawValue) -> Vec<EmailAddress> {
    reader
        .texts("/cc", raw, 0, MOST_CC)
        .into_iter()
        .filter_map(|(pointer, text)| match EmailAddress::parse(&text) {
            Ok(address) => Some(address),
            Err(error) => {
                reader.refuse(&pointer, FieldErrorCode::InvalidValue, error.to_string());
                None
            }
        })
        .collect()
}

/// What is wrong with copies whose domains the tenant's copies may not go to. The addresses are at the places that they have in
/// the list at `/cc`.
pub fn refuse_domains(
    allowed: Option<&CcDomains>,
    requester: &EmailAddress,
    cc: &[EmailAddress],
) -> Vec<FieldError> {
    let refused = allowed.map(|domains| domains.refused(requester, cc));
    refused
        .into_iter()
        .flatten()
        .map(|(place, address)| {
            let detail = format!(
                "must be at another domain: your organization lets copies go to certain domains only, and {} is none of them",
                address.domain()
            );
            FieldError::new(format!("/cc/{place}"), FieldErrorCode::NotAllowed, detail)
        })
        .collect()
}

/// Refuses a field that the API does not know, with those that it does: a mistyped `filter` must not export everything.
pub fn refuse_unknown(reader: &mut Reader, parent: &str, name: &str, known: &str) {
    let detail = format!("is not a field of this request; known are {known}");
    reader.refuse(&child(parent, name), FieldErrorCode::UnknownField, detail);
}

/// Reads the filters that are fields of an object. `parent` is the pointer to it.
pub fn read_filters(
    reader: &mut Reader,
    parent: &str,
    object: &Object,
    caller: &Caller,
    dataset: &'static Dataset,
) -> Filters {
    let mut filters = Filters::default();
    for (name, raw) in object.fields() {
        let pointer = child(parent, name);
        let Some(filter) = dataset.filter(name) else {
            let known: Vec<_> = dataset.filters.iter().map(|filter| filter.name).collect();
            refuse_unknown(reader, parent, name, &known.join(", "));
            continue;
        };
        match filter.test {
            FilterTest::CreatedAtFrom => filters.created_at_from = read_time(reader, &pointer, raw),
            FilterTest::CreatedAtTo => filters.created_at_to = read_time(reader, &pointer, raw),
            FilterTest::ChangedSince => filters.changed_since = read_time(reader, &pointer, raw),
            FilterTest::AmountMin => filters.amount_min = read_amount(reader, &pointer, raw),
            FilterTest::AmountMax => filters.amount_max = read_amount(reader, &pointer, raw),
            // Silently: the server restricts a supplier to its own records.
            FilterTest::Suppliers if caller.role.name() == RoleName::Supplier => {}
            FilterTest::Suppliers => {
                filters.supplier_ids = read_names(reader, &pointer, raw, MOST_SUPPLIERS);
            }
            FilterTest::OneOf { column, is_list } => {
                let choices = dataset.choices(column);
                let values = match (is_list, choices.is_empty()) {
                    (true, true) => read_names(reader, &pointer, raw, MOST_VALUES),
                    (true, false) => read_choices(reader, &pointer, raw, choices),
                    (false, true) => Vec::from_iter(read_name(reader, &pointer, raw)),
                    (false, false) => Vec::from_iter(read_choice(reader, &pointer, raw, choices)),
                };
                filters.one_of.push(OneOf { filter, values });
            }
        }
    }
    filters.one_of.sort_by_key(|set| place(dataset, set.filter));
    if filters
        .created_at_from
        .zip(filters.created_at_to)
        .is_some_and(|(from, to)| from > to)
    {
        let detail = "must not be before createdAtFrom";
        let pointer = child(parent, "createdAtTo");
        reader.refuse(&pointer, FieldErrorCode::OutOfRange, detail);
    }
    if filters
        .amount_min
        .zip(filters.amount_max)
        .is_some_and(|(min, max)| min > max)
    {
        let detail = "must not be less than amountMin";
        let pointer = child(parent, "amountMax");
        reader.refuse(&pointer, FieldErrorCode::OutOfRange, detail);
    }
    filters
}

/// Where the dataset declares a filter.
fn place(dataset: &Dataset, filter: &Filter) -> Option<usize> {
    dataset.filters.iter().position(|other| other == filter)
}

fn read_time(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<jiff::Timestamp> {
    let text = reader.text(pointer, raw)?;
    let time = time::parse(&text);
    if time.is_none() {
        let detail = "must be a time such as 2026-01-31T23:59:59Z";
        reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
    }
    time
}

/// Reads a number, or a text for callers whose JSON library has only floating point.
fn read_amount(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<Amount> {
    let json = raw.get();
    let amount = if json.starts_with('"') {
        reader.text(pointer, raw)?.parse()
    } else if json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        Amount::from_json_number(json)
    } else {
        reader.refuse(pointer, FieldErrorCode::InvalidType, "must be a number");
        return None;
    };
    amount
        .map_err(|error| reader.refuse(pointer, FieldErrorCode::InvalidValue, error.to_string()))
        .ok()
}

/// Reads one of these words.
pub fn read_choice(
    reader: &mut Reader,
    pointer: &str,
    raw: &RawValue,
    choices: &[&str],
) -> Option<String> {
    let text = reader.text(pointer, raw)?;
    if choices.contains(&text.as_str()) {
        return Some(text);
    }
    let detail = format!("must be one of {}", choices.join(", "));
    reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
    None
}

fn read_choices(
    reader: &mut Reader,
    pointer: &str,
    raw: &RawValue,
    choices: &[&str],
) -> Vec<String> {
    let texts = reader.texts(pointer, raw, 1, MOST_VALUES);
    for (pointer, text) in &texts {
        if !choices.contains(&text.as_str()) {
            let detail = format!("must be one of {}", choices.join(", "));
            reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
        }
    }
    distinct(texts)
}

fn read_name(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<String> {
    let text = reader.text(pointer, raw)?;
    check_length(reader, pointer, &text);
    Some(text)
}

fn read_names(reader: &mut Reader, pointer: &str, raw: &RawValue, most: usize) -> Vec<String> {
    let texts = reader.texts(pointer, raw, 1, most);
    for (pointer, text) in &texts {
        check_length(reader, pointer, text);
    }
    distinct(texts)
}

fn check_length(reader: &mut Reader, pointer: &str, text: &str) {
    if text.is_empty() || text.chars().count() > LONGEST_NAME {
        let detail = format!("must have 1 to {LONGEST_NAME} characters");
        reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
    }
}

/// Each value once: a supplier that is named twice must not be read twice.
fn distinct(texts: Vec<(String, String)>) -> Vec<String> {
    let mut values: Vec<String> = Vec::with_capacity(texts.len());
    for (_, text) in texts {
        if !values.contains(&text) {
            values.push(text);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        dataset::{FUNDING_TRANSFERS, SUPPLIER_PAYOUTS, TRANSACTION_EVENTS},
        export::examples::{at, one_of, operator, supplier},
    };

    fn parse(body: &str) -> Result<TriggerRequest, Vec<FieldError>> {
        TriggerRequest::parse(body.as_bytes(), &operator(), &FUNDING_TRANSFERS)
    }

    fn errors(body: &str) -> Vec<String> {
        let errors = parse(body).expect_err(body);
        errors
            .iter()
            .map(|error| format!("{} {:?}: {}", error.pointer, error.code, error.detail))
            .collect()
    }

    #[test]
    fn no_body_and_an_empty_object_are_the_same() {
        let everything = TriggerRequest {
            cc: vec![],
            filters: Filters::default(),
            format: FileFormat::default(),
        };
        for body in ["", "  \n", "{}", "{\"filters\": {}, \"cc\": []}"] {
            assert_eq!(parse(body), Ok(everything.clone()), "{body}");
        }
    }

    #[test]
    fn reads_the_example_of_the_documents() {
        let request = parse(
            r#"{"filters": {
                "createdAtFrom": "2026-01-01T00:00:00Z", "createdAtTo": "2026-03-31T23:59:59Z",
                "statuses": ["COMPLETED"], "supplierIds": ["supplier-123", "supplier-456", "supplier-123"],
                "amountMin": 100, "amountMax": 50000.10,
                "sourceBalanceAccountType": "MARKETPLACE", "targetBalanceAccountType": "SUPPLIER"
            }, "cc": [" a@example.com", "A@example.com", "ana@northwind.example"]}"#,
        )
        .unwrap();
        let export = request.clone().into_export(
            &operator(),
            &FUNDING_TRANSFERS,
            at("2026-11-20T09:30:00Z"),
            [7; 10],
        );
        assert_eq!(export.cc, [EmailAddress::parse("a@example.com").unwrap()]);
        assert_eq!(
            request.filters,
            Filters {
                created_at_from: Some(at("2026-01-01T00:00:00Z")),
                created_at_to: Some(at("2026-03-31T23:59:59Z")),
                supplier_ids: vec!["supplier-123".to_owned(), "supplier-456".to_owned()],
                amount_min: Some("100".parse().unwrap()),
                amount_max: Some("50000.10".parse().unwrap()),
                one_of: one_of(&[
                    ("statuses", &["COMPLETED"]),
                    ("sourceBalanceAccountType", &["MARKETPLACE"]),
                    ("targetBalanceAccountType", &["SUPPLIER"]),
                ]),
                ..Filters::default()
            }
        );
    }

    #[test]
    fn amounts_are_exact_whichever_way_they_are_sent() {
        for body in [
            r#"{"filters": {"amountMin": 0.1}}"#,
            r#"{"filters": {"amountMin": "0.1"}}"#,
        ] {
            assert_eq!(
                parse(body).unwrap().filters.amount_min.unwrap().to_string(),
                "0.1"
            );
        }
        let precise = r#"{"filters": {"amountMax": 12345678901234567890.12345678}}"#;
        assert_eq!(
            parse(precise)
                .unwrap()
                .filters
                .amount_max
                .unwrap()
                .to_string(),
            "12345678901234567890.12345678"
        );
    }

    #[test]
    fn reports_every_problem_at_once() {
        insta::assert_debug_snapshot!(errors(
            r#"{
                "filter": {}, "a/b~c": 1, "cc": ["ok@example.com", "nope", 7, "x@example.com\r\nBcc: y@example.com"],
                "filters": {
                    "createdAtFrom": "2026-03-01T00:00:00Z", "createdAtTo": "2026-01-01T00:00:00Z",
                    "statuses": ["DONE", "FAILED"], "supplierIds": [], "amountMin": "ten", "amountMax": true,
                    "sourceBalanceAccountType": "BANK", "paymentMethods": ["CARD"], "statuses": []
                }
            }"#
        ));
    }

    #[test]
    fn names_a_hundred_problems_at_most() {
        let fields: Vec<_> = (0..6_000).map(|number| format!("\"{number}\":0")).collect();
        assert_eq!(errors(&format!("{{{}}}", fields.join(","))).len(), 100);
    }

    #[test]
    fn refuses_what_is_not_a_json_object() {
        for (body, pointer_and_code) in [
            ("[]", " InvalidType"),
            ("null", " InvalidType"),
            ("{", " MalformedJson"),
            ("{} {}", " MalformedJson"),
            (r#"{"filters": null}"#, "/filters InvalidType"),
            (r#"{"cc": "a@example.com"}"#, "/cc InvalidType"),
        ] {
            let errors = errors(body);
            assert!(
                errors.len() == 1 && errors[0].starts_with(pointer_and_code),
                "{body}: {errors:?}"
            );
        }
    }

    #[test]
    fn bounds_may_be_equal_but_not_crossed() {
        assert!(parse(r#"{"filters": {"amountMin": 5, "amountMax": 5.00}}"#).is_ok());
        assert_eq!(
            errors(r#"{"filters": {"amountMin": 5.01, "amountMax": 5}}"#),
            ["/filters/amountMax OutOfRange: must not be less than amountMin"]
        );
    }

    #[test]
    fn counts_are_bounded() {
        let cc = |count: usize| {
            let addresses: Vec<_> = (0..count)
                .map(|number| format!("\"a{number}@example.com\""))
                .collect();
            parse(&format!("{{\"cc\": [{}]}}", addresses.join(",")))
        };
        assert_eq!(cc(20).unwrap().cc.len(), 20);
        assert_eq!(cc(21).unwrap_err()[0].code, FieldErrorCode::TooMany);
        let suppliers = format!(
            "{{\"filters\": {{\"supplierIds\": [{}]}}}}",
            vec!["\"s\""; 101].join(",")
        );
        assert_eq!(
            parse(&suppliers).unwrap_err()[0].code,
            FieldErrorCode::TooMany
        );
    }

    #[test]
    fn each_copy_at_another_domain_is_named_where_the_body_has_it() {
        let body = r#"{"cc": ["A@example.com", "eve@evil.example", "a@EXAMPLE.com", "ana@northwind.example",
            "bob@mail.example.com"]}"#;
        let cc = parse(body).unwrap().cc;
        let allowed = CcDomains::parse(&["example.com"]).unwrap();
        let errors = refuse_domains(Some(&allowed), &operator().email, &cc);
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/cc/1", "/cc/4"]);
        assert!(errors[0].detail.contains("evil.example") && !errors[0].detail.contains("eve"));
        assert!(refuse_domains(None, &operator().email, &cc).is_empty());
    }

    #[test]
    fn a_suppliers_supplier_ids_are_silently_ignored() {
        let body = br#"{"filters": {"supplierIds": ["SUP-1002"]}}"#;
        let request = TriggerRequest::parse(body, &supplier(), &FUNDING_TRANSFERS).unwrap();
        assert_eq!(request.filters, Filters::default());
    }

    #[test]
    fn only_a_dataset_with_filters_takes_them() {
        let error = TriggerRequest::parse(br#"{"filters": {}}"#, &operator(), &SUPPLIER_PAYOUTS)
            .unwrap_err();
        assert_eq!(
            (error[0].pointer.as_str(), error[0].code),
            ("/filters", FieldErrorCode::NotAllowed)
        );
        let body = br#"{"filters": {"paymentMethods": ["CARD"]}}"#;
        assert!(TriggerRequest::parse(body, &operator(), &TRANSACTION_EVENTS).is_ok());
        assert!(TriggerRequest::parse(body, &operator(), &FUNDING_TRANSFERS).is_err());
    }
}
