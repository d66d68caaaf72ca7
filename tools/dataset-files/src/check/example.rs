//! The rules of the example: it must be a request that the operator API accepts.

use indexmap::IndexMap;
use toml::{Spanned, Value, value::Datetime};

use super::Checker;
use crate::{Column, Example, Filter, Test, file::DatasetFile};

/// The operator API's own limits.
const MOST_CC: usize = 20;
const MOST_VALUES: usize = 100;
const LONGEST_VALUE: usize = 256;

pub fn check_example(
    check: &mut Checker,
    file: &DatasetFile,
    columns: &IndexMap<String, Column>,
    filters: &IndexMap<String, Filter>,
) -> Example {
    let Some(example) = &file.example else {
        return Example::default();
    };
    let example = example.get_ref();
    let cc = example.cc.as_ref().map(|cc| {
        check.require(
            cc.get_ref().len() <= MOST_CC,
            cc.span(),
            format!("example.cc must have at most {MOST_CC} addresses"),
        );
        for address in cc.get_ref() {
            let rule = "example.cc must be email addresses such as name@example.com";
            check.require(is_address(address.get_ref()), address.span(), rule);
        }
        let addresses = cc.get_ref().iter();
        addresses.map(|address| address.get_ref().clone()).collect()
    });
    for (name, value) in &example.filters {
        let broken = match filters.get(name) {
            None => Some("must be a filter of [filters]".to_owned()),
            Some(filter) => columns
                .get(&filter.column)
                .and_then(|column| broken_rule(filter, column, value.get_ref())),
        };
        if let Some(rule) = broken {
            check.require(
                false,
                value.span(),
                format!("example.filters.{name} {rule}"),
            );
        }
    }
    Example {
        cc,
        filters: example
            .filters
            .iter()
            .map(|(name, value): (&String, &Spanned<Value>)| {
                (name.clone(), value.get_ref().clone())
            })
            .collect(),
    }
}

/// The rule that a filter's value breaks.
fn broken_rule(filter: &Filter, column: &Column, value: &Value) -> Option<String> {
    match filter.test {
        Test::From | Test::To if filter.column == "createdAt" => (!is_time(value)).then(|| {
            "must be a time in quotation marks, such as \"2026-01-31T23:59:59Z\"".to_owned()
        }),
        Test::From | Test::To => (!is_amount(value))
            .then(|| "must be a number, or a decimal in quotation marks".to_owned()),
        Test::AnyOf => match value.as_array() {
            Some(values) if (1..=MOST_VALUES).contains(&values.len()) => {
                values.iter().find_map(|value| broken_text(column, value))
            }
            _ => Some(format!("must be a list of 1 to {MOST_VALUES} texts")),
        },
        Test::Equals => broken_text(column, value),
    }
}

/// The rule that one value breaks, which is compared as a text.
fn broken_text(column: &Column, value: &Value) -> Option<String> {
    let Some(text) = value.as_str() else {
        return Some("must be texts in quotation marks".to_owned());
    };
    if !column.choices.is_empty() && !column.choices.contains_key(text) {
        let known: Vec<_> = column.choices.keys().map(String::as_str).collect();
        return Some(format!("must be of {}, not {text:?}", known.join(", ")));
    }
    (!(1..=LONGEST_VALUE).contains(&text.chars().count()))
        .then(|| format!("must be texts of 1 to {LONGEST_VALUE} characters"))
}

/// A time of TOML's has no form in JSON: it must be a text, with a date, a time of day and an offset.
fn is_time(value: &Value) -> bool {
    value
        .as_str()
        .and_then(|text| text.parse::<Datetime>().ok())
        .is_some_and(|time| time.date.is_some() && time.time.is_some() && time.offset.is_some())
}

fn is_amount(value: &Value) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match value {
        Value::Integer(_) => true,
        // JSON has no infinity and nothing that is not a number.
        Value::Float(number) => number.is_finite(),
        Value::String(text) => {
            let text = text.strip_prefix('-').unwrap_or(text);
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            is_digits(whole) && is_digits(fraction)
        }
        _ => false,
    }
}

/// Not every rule of addresses, but what a slip of the hand breaks.
fn is_address(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"@,;<>()[]\"\\".contains(&byte))
    };
    text.split_once('@').is_some_and(|(local, domain)| {
        is_part(local)
            && is_part(domain)
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
    })
}
