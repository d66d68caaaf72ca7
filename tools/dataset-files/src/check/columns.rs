//! The rules of columns and of the values of choices.

use indexmap::IndexMap;
use toml::Spanned;

use super::{Checker, is_word};
use crate::{
    Column, Kind,
    file::{ColumnTable, DatasetFile},
};

/// The columns that the ledger's keys, the engine's totals and the importer's rules use, with their kinds and with the
/// columns whose records need them.
const NEEDED: [(&str, Kind, &[&str]); 4] = [
    ("createdAt", Kind::Time, &[]),
    ("status", Kind::Choice, &["status", "failureReason"]),
    ("amount", Kind::Amount, &["amount", "currency"]),
    ("currency", Kind::Currency, &["amount", "currency"]),
];

/// Names of the ledger's own attributes.
const RESERVED: [&str; 15] = [
    "partition",
    "sort",
    "position",
    "version",
    "receivedAt",
    "visibleFrom",
    "visibleUntil",
    "row",
    "rowPlace",
    "moves",
    "amountValue",
    "supplierPartition",
    "contactPartition",
    "shards",
    "timeToLive",
];

pub fn check_columns(check: &mut Checker, file: &DatasetFile) -> IndexMap<String, Column> {
    let whole = file.records.id.span();
    let is_there = |name: &&str| file.columns.contains_key(*name);
    let needed = NEEDED
        .iter()
        .filter(|(.., needing)| needing.is_empty() || needing.iter().any(is_there));
    for &(name, kind, _) in needed {
        let found = file.columns.get(name);
        let is_right = found.is_some_and(|column| {
            let column = column.get_ref();
            column.kind == kind && !column.optional && !column.operators_only
        });
        let span = found.map_or(whole.clone(), Spanned::span);
        let rule = format!(
            "columns.{name} must be there with the kind {}, neither optional nor operators_only",
            kind_name(kind)
        );
        check.require(is_right, span, rule);
    }
    for (name, set) in &file.choices {
        let is_used = file.columns.iter().any(|(column, table)| {
            let table = table.get_ref();
            table.kind == Kind::Choice && table.choices.as_ref().unwrap_or(column) == name
        });
        check.require(
            is_used,
            set.span(),
            format!("choices.{name} must be used by a column of the kind choice"),
        );
        check.require(
            file.columns.contains_key(name) || is_name(name),
            set.span(),
            format!("choices.{name} must be named in letters and digits, such as accountType"),
        );
        let has_words =
            !set.get_ref().is_empty() && set.get_ref().keys().all(|value| is_word(value, b"_-.:"));
        let rule = format!("choices.{name} must have values of letters, digits and _ - . :");
        check.require(has_words, set.span(), rule);
    }
    file.columns
        .iter()
        .map(|(name, table)| (name.clone(), check_column(check, file, name, table)))
        .collect()
}

fn check_column(
    check: &mut Checker,
    file: &DatasetFile,
    name: &str,
    table: &Spanned<ColumnTable>,
) -> Column {
    let span = table.span();
    let column = table.get_ref();
    check.require(
        is_name(name),
        span.clone(),
        format!("columns.{name} must be named in letters and digits, such as createdAt"),
    );
    check.require(
        !RESERVED.contains(&name),
        span.clone(),
        format!("columns.{name} must have another name: the ledger has an attribute of this one"),
    );
    let choices_name =
        (column.kind == Kind::Choice).then(|| column.choices.clone().unwrap_or(name.to_owned()));
    let set = choices_name
        .as_ref()
        .and_then(|name| file.choices.get(name));
    check.require(
        choices_name.is_none() || set.is_some(),
        span.clone(),
        format!(
            "columns.{name} is a choice: its values must be in [choices.{}]",
            choices_name.as_deref().unwrap_or(name)
        ),
    );
    check.require(
        column.kind == Kind::Choice || column.choices.is_none(),
        span.clone(),
        format!("columns.{name} has choices, so its kind must be choice"),
    );
    let is_code = column.kind == Kind::Code;
    check.require(
        is_code != column.examples.is_empty()
            && column.examples.iter().all(|example| is_word(example, b"_-.:")),
        span,
        format!("columns.{name}: a code, and nothing else, must have examples: letters, digits and _ - . :"),
    );
    Column {
        kind: column.kind,
        optional: column.optional,
        operators_only: column.operators_only,
        guarded: column.guarded.unwrap_or(column.kind == Kind::Text),
        shared_choices: choices_name.filter(|name| !file.columns.contains_key(name)),
        choices: set.map(|set| set.get_ref().clone()).unwrap_or_default(),
        examples: column.examples.clone(),
    }
}

fn is_name(text: &str) -> bool {
    is_word(text, b"") && text.starts_with(|first: char| first.is_ascii_lowercase())
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Identifier => "identifier",
        Kind::Code => "code",
        Kind::Choice => "choice",
        Kind::Time => "time",
        Kind::Amount => "amount",
        Kind::Currency => "currency",
        Kind::Count => "count",
        Kind::LastFour => "last_four",
        Kind::Text => "text",
    }
}
