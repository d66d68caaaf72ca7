//! The rules of filters.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Checker, is_word};
use crate::{
    Column, Filter, Kind, RECEIVED_AT, Records, Test,
    file::{DatasetFile, FilterTable},
};

/// The names of filters that every dataset calls the same.
const BOUNDS: [(&str, Test, &str); 5] = [
    ("createdAtFrom", Test::From, "createdAt"),
    ("createdAtTo", Test::To, "createdAt"),
    ("amountMin", Test::From, "amount"),
    ("amountMax", Test::To, "amount"),
    ("changedSince", Test::From, RECEIVED_AT),
];
const SUPPLIERS: &str = "supplierIds";

/// Names that an export's filters have besides those of its dataset, and that a list of records and the page's address have
/// besides its filters.
const RESERVED_FILTERS: [&str; 7] = [
    "contactId",
    "contactNamed",
    "cursor",
    "dataset",
    "limit",
    "sort",
    "tab",
];

pub fn check_filters(
    check: &mut Checker,
    file: &DatasetFile,
    columns: &IndexMap<String, Column>,
    records: &Records,
) -> IndexMap<String, Filter> {
    let mut filters = IndexMap::new();
    let mut used = HashMap::new();
    for (name, table) in &file.filters {
        let span = table.span();
        check.require(
            is_word(name, b"") && !RESERVED_FILTERS.contains(&name.as_str()),
            span.clone(),
            format!("filters.{name} must have a name of letters and digits that is not taken"),
        );
        let Some((test, column)) = test_of(table.get_ref()) else {
            let rule = format!(
                "filters.{name} must have one of from, to, any_of and equals, which names a column"
            );
            check.require(false, span, rule);
            continue;
        };
        let rule = match columns.get(&column) {
            None if (test, column.as_str()) == (Test::From, RECEIVED_AT) => {
                misnamed(name, test, &column, records)
            }
            None => Some("must name a column"),
            Some(declared) => broken_rule(test, &column, declared, records)
                .or_else(|| misnamed(name, test, &column, records)),
        };
        if let Some(rule) = rule {
            check.require(false, span.clone(), format!("filters.{name} {rule}"));
        }
        if let Some(first) = used.insert((test_name(test), column.clone()), name) {
            check.require(
                false,
                span,
                format!("filters.{name} does the same as filters.{first}"),
            );
        }
        let table = table.get_ref();
        let label = table.label.clone();
        let phrase = table
            .phrase
            .clone()
            .unwrap_or_else(|| format!("{} {{}}", label.to_lowercase()));
        filters.insert(
            name.clone(),
            Filter {
                test,
                column,
                label,
                phrase,
            },
        );
    }
    filters
}

/// The rule that a filter of this column breaks.
fn broken_rule(test: Test, name: &str, column: &Column, records: &Records) -> Option<&'static str> {
    match test {
        Test::From | Test::To if !["createdAt", "amount"].contains(&name) => {
            Some("must bound createdAt or amount: these alone can be compared in the ledger")
        }
        Test::AnyOf | Test::Equals
            if ![Kind::Choice, Kind::Code, Kind::Identifier, Kind::Text].contains(&column.kind) =>
        {
            Some("must compare a choice, a code, an identifier or a text")
        }
        Test::Equals if records.supplier.as_deref() == Some(name) => {
            Some("must be any_of: suppliers are filtered by a list")
        }
        _ if column.operators_only => {
            Some("must not be of a column for operators only: a supplier could find out its values")
        }
        _ => None,
    }
}

/// The rule that a filter's name breaks: the same filter has the same name in every dataset.
fn misnamed(name: &str, test: Test, column: &str, records: &Records) -> Option<&'static str> {
    let is_suppliers = records.supplier.as_deref() == Some(column);
    let usual = BOUNDS
        .into_iter()
        .find(|(_, bound, of)| (*bound, *of) == (test, column))
        .map(|(usual, ..)| usual)
        .or(is_suppliers.then_some(SUPPLIERS));
    match usual {
        Some(usual) => (name != usual).then_some(
            "must be called createdAtFrom, createdAtTo, amountMin, amountMax, changedSince or supplierIds, as in other datasets",
        ),
        None => (name == SUPPLIERS || BOUNDS.iter().any(|(bound, ..)| *bound == name))
            .then_some("must have another name: other datasets use this one for createdAt, amount, receivedAt or suppliers"),
    }
}

fn test_of(table: &FilterTable) -> Option<(Test, String)> {
    let given = [
        (Test::From, &table.from),
        (Test::To, &table.to),
        (Test::AnyOf, &table.any_of),
        (Test::Equals, &table.equals),
    ];
    let mut given = given
        .into_iter()
        .filter_map(|(test, column)| Some((test, column.clone()?)));
    let only = given.next()?;
    given.next().is_none().then_some(only)
}

fn test_name(test: Test) -> &'static str {
    match test {
        Test::From => "from",
        Test::To => "to",
        Test::AnyOf | Test::Equals => "any_of",
    }
}
