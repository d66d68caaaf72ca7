//! The rules of the example: it must be a request that the operator API accepts.

use indexmap::IndexMap;
use jiff::Timestamp;
use toml::Value;

use super::Checker;
use crate::{Column, Example, Filter, RECEIVED_AT, Test, file::DatasetFile};

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
            Some(filter) if is_of_time(filter) => broken_time(value.get_ref()),
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
    for (low, high) in [("createdAtFrom", "createdAtTo"), ("amountMin", "amountMax")] {
        let bounds = example.filters.get(low).zip(example.filters.get(high));
        if let Some((from, to)) = bounds {
            let rule = format!("example.filters.{high} must not be less than {low}");
            check.require(are_in_order(from.get_ref(), to.get_ref()), to.span(), rule);
        }
    }
    Example {
        cc,
        filters: example
            .filters
            .iter()
            .map(|(name, value)| (name.clone(), value.get_ref().clone()))
            .collect(),
    }
}

fn is_of_time(filter: &Filter) -> bool {
    ["createdAt", RECEIVED_AT].contains(&filter.column.as_str())
}

/// The rule that a time breaks.
fn broken_time(value: &Value) -> Option<String> {
    time_of(value)
        .is_none()
        .then(|| "must be a time in quotation marks, such as \"2026-01-31T23:59:59Z\"".to_owned())
}

/// The rule that another filter's value breaks.
fn broken_rule(filter: &Filter, column: &Column, value: &Value) -> Option<String> {
    match filter.test {
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
        return Some("must be text in quotation marks".to_owned());
    };
    if !column.choices.is_empty() && !column.choices.contains_key(text) {
        let known: Vec<_> = column.choices.keys().map(String::as_str).collect();
        return Some(format!("must be one of {}, not {text:?}", known.join(", ")));
    }
    (!(1..=LONGEST_VALUE).contains(&text.chars().count()))
        .then(|| format!("must be text of 1 to {LONGEST_VALUE} characters"))
}

/// Whether the upper of two bounds is not below the lower one: of times, or of amounts.
fn are_in_order(low: &Value, high: &Value) -> bool {
    match (time_of(low), time_of(high), number_of(low), number_of(high)) {
        (Some(low), Some(high), ..) => low <= high,
        (_, _, Some(low), Some(high)) => low <= high,
        _ => true,
    }
}

/// Precise enough for an example.
fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => number.to_string().parse().ok(),
        Value::Float(number) => Some(*number),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A time as the operator API reads it: a text, for a time of TOML's has no form in JSON.
fn time_of(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    // Jiff also reads a zone's name and a space between date and time.
    if text.contains('[') || text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    text.parse().ok()
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
