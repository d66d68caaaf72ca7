//! The rules of a dataset's file.

use std::{collections::HashMap, ops::Range};

use indexmap::IndexMap;
use toml::Spanned;

use crate::{
    Column, Dataset, Filter, Kind, Problem, Records, Role, Test, Visibility,
    file::{ColumnTable, DatasetFile, FilterTable},
};

/// The columns that the ledger's keys, the engine's totals and the importer's rules are made of, with their kinds.
const NEEDED: [(&str, Kind); 4] = [
    ("createdAt", Kind::Time),
    ("status", Kind::Choice),
    ("amount", Kind::Amount),
    ("currency", Kind::Currency),
];

/// Names of the ledger's own attributes.
const RESERVED: [&str; 7] = [
    "partition",
    "sort",
    "amountValue",
    "supplierPartition",
    "contactPartition",
    "shards",
    "timeToLive",
];

/// The names of filters that every dataset calls the same.
const BOUNDS: [(&str, Test, &str); 4] = [
    ("createdAtFrom", Test::From, "createdAt"),
    ("createdAtTo", Test::To, "createdAt"),
    ("amountMin", Test::From, "amount"),
    ("amountMax", Test::To, "amount"),
];
const SUPPLIERS: &str = "supplierIds";

/// Names that an export's filters have besides those of its dataset.
const RESERVED_FILTERS: [&str; 2] = ["contactId", "contactNamed"];

const SIDES: [&str; 2] = ["MARKETPLACE", "SUPPLIER"];

/// The problems of one file, added as they are found.
struct Checker<'a> {
    slug: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn require(&mut self, holds: bool, span: Range<usize>, rule: impl Into<String>) {
        if !holds {
            self.problems
                .push(Problem::at(self.slug, self.text, span, rule));
        }
    }
}

/// Checks a file by itself. `None` if something is wrong; `problems` then has all of it.
pub fn dataset(
    slug: &str,
    text: &str,
    file: DatasetFile,
    problems: &mut Vec<Problem>,
) -> Option<Dataset> {
    let before = problems.len();
    let mut check = Checker {
        slug,
        text,
        problems,
    };
    check_names(&mut check, &file);
    check_roles(&mut check, &file);
    let columns = check_columns(&mut check, &file);
    let records = check_records(&mut check, &file, &columns);
    let filters = check_filters(&mut check, &file, &columns, &records);
    check_example(&mut check, &file, &filters);
    if problems.len() > before {
        return None;
    }
    Some(Dataset {
        slug: slug.to_owned(),
        export_type: file.export_type.into_inner(),
        title: file.title.into_inner(),
        description: file.description,
        position: file.position,
        letter: file.letter.get_ref().chars().next()?,
        accepted_status: file.accepted_status.into_inner(),
        roles: file.roles.into_inner(),
        visibility: file.visibility,
        operations: file.operations.map(Spanned::into_inner),
        records,
        columns,
        filters,
        example: file.example.map(Spanned::into_inner).unwrap_or_default(),
    })
}

/// Checks what must differ from one file to the next.
pub fn together(datasets: &[Dataset], problems: &mut Vec<Problem>) {
    let mut owners = HashMap::new();
    for dataset in datasets {
        let operations = dataset.operations.iter().flat_map(|operations| {
            [&operations.launch, &operations.list, &operations.show].map(String::clone)
        });
        let names = [
            ("type", dataset.export_type.clone()),
            ("letter", dataset.letter.to_string()),
            ("title", dataset.title.clone()),
        ]
        .into_iter()
        .chain(operations.map(|id| ("operations", id)));
        for (key, name) in names {
            if let Some(owner) = owners.insert((key, name.clone()), &dataset.slug) {
                let rule = format!("{key}: {name:?} belongs to datasets/{owner}.toml already");
                problems.push(Problem::whole(&dataset.slug, rule));
            }
        }
    }
}

fn check_names(check: &mut Checker, file: &DatasetFile) {
    let is_slug = check
        .slug
        .starts_with(|first: char| first.is_ascii_lowercase())
        && check
            .slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    check.require(
        is_slug,
        0..0,
        "the file's name must be lower-case letters, digits and -, such as funding-transfers.toml",
    );
    let export_type = file.export_type.get_ref();
    let is_type = export_type.starts_with(|first: char| first.is_ascii_uppercase())
        && export_type
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    check.require(
        is_type,
        file.export_type.span(),
        "type must be capital letters, digits and _, such as FUNDING_TRANSFERS",
    );
    let is_title = file
        .title
        .get_ref()
        .starts_with(|first: char| first.is_ascii_uppercase());
    check.require(
        is_title,
        file.title.span(),
        "title must begin with a capital letter",
    );
    let letter = file.letter.get_ref();
    check.require(
        letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_lowercase()),
        file.letter.span(),
        "letter must be one lower-case letter",
    );
    check.require(
        [200, 201, 202].contains(file.accepted_status.get_ref()),
        file.accepted_status.span(),
        "accepted_status must be 200, 201 or 202",
    );
}

fn check_roles(check: &mut Checker, file: &DatasetFile) {
    let roles = file.roles.get_ref();
    let has = |role| roles.contains(&role);
    check.require(
        has(Role::Operator) != has(Role::Merchant) && !(has(Role::Merchant) && has(Role::Supplier)),
        file.roles.span(),
        "roles must be [\"OPERATOR\"], [\"OPERATOR\", \"SUPPLIER\"] or [\"MERCHANT\"]: each API has callers of its own",
    );
    check.require(
        file.operations.is_some() || !has(Role::Operator),
        file.roles.span(),
        "operations must name the operator API's operations: launch, list and show",
    );
    check.require(
        file.visibility == Visibility::Requester || !has(Role::Supplier),
        file.roles.span(),
        "visibility must be requester where a SUPPLIER exports: the files of others are not theirs to see",
    );
    check.require(
        file.records.supplier.is_some() || !has(Role::Supplier),
        file.roles.span(),
        "records.supplier must name the column that scopes a SUPPLIER to records of its own",
    );
}

fn check_columns(check: &mut Checker, file: &DatasetFile) -> IndexMap<String, Column> {
    let whole = file.records.id.span();
    for (name, kind) in NEEDED {
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
        is_word(name, b"") && name.starts_with(|first: char| first.is_ascii_lowercase()),
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
        choices_name,
        choices: set.map(|set| set.get_ref().clone()).unwrap_or_default(),
        examples: column.examples.clone(),
    }
}

fn check_records(
    check: &mut Checker,
    file: &DatasetFile,
    columns: &IndexMap<String, Column>,
) -> Records {
    let records = &file.records;
    let id = records.id.get_ref();
    let is_id = columns
        .get(id)
        .is_some_and(|column| column.kind == Kind::Identifier && !column.optional);
    check.require(
        is_id,
        records.id.span(),
        "records.id must name a column of the kind identifier that is not optional",
    );
    if let Some(supplier) = &records.supplier {
        let is_text = columns.get(supplier.get_ref()).is_some_and(|column| {
            [Kind::Text, Kind::Identifier].contains(&column.kind) && !column.operators_only
        });
        check.require(
            is_text,
            supplier.span(),
            "records.supplier must name a column of the kind text or identifier that suppliers see",
        );
    }
    if let Some(sides) = &records.supplier_side_of {
        let are_sides = sides.get_ref().iter().all(|side| {
            columns
                .get(side)
                .is_some_and(|column| !column.optional && column.choices.keys().eq(SIDES))
        });
        check.require(
            are_sides && records.supplier.is_some(),
            sides.span(),
            "records.supplier_side_of must name two columns whose choices are MARKETPLACE and SUPPLIER, and records.supplier be there",
        );
    }
    let statuses = columns.get("status").map(|column| &column.choices);
    let failures = records.failures.get_ref();
    check.require(
        statuses
            .is_some_and(|statuses| failures.iter().all(|status| statuses.contains_key(status))),
        records.failures.span(),
        "records.failures must be values of [choices.status]",
    );
    Records {
        id: id.clone(),
        supplier: records.supplier.clone().map(Spanned::into_inner),
        supplier_side_of: records.supplier_side_of.clone().map(Spanned::into_inner),
        failures: failures.clone(),
    }
}

fn check_filters(
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
            "must be called createdAtFrom, createdAtTo, amountMin, amountMax or supplierIds, as in other datasets",
        ),
        None => (name == SUPPLIERS || BOUNDS.iter().any(|(bound, ..)| *bound == name))
            .then_some("must have another name: other datasets use this one for createdAt, amount or suppliers"),
    }
}

fn check_example(check: &mut Checker, file: &DatasetFile, filters: &IndexMap<String, Filter>) {
    let Some(example) = &file.example else {
        return;
    };
    let request = example.get_ref();
    let is_declared = |given: &toml::Value| {
        given
            .as_table()
            .is_some_and(|given| given.keys().all(|name| filters.contains_key(name)))
    };
    let is_request = request
        .keys()
        .all(|key| ["cc", "filters"].contains(&key.as_str()))
        && request.get("filters").is_none_or(is_declared);
    check.require(
        is_request,
        example.span(),
        "example must be a request: cc, and filters that [filters] declares",
    );
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

/// Letters and digits, and of the other characters these.
fn is_word(text: &str, others: &[u8]) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

#[cfg(test)]
mod tests {
    use crate::read;

    const REFUNDS: &str = include_str!("../tests/refunds.toml");

    /// What is told of the file with one change.
    fn problem(slug: &str, from: &str, to: &str) -> String {
        assert!(REFUNDS.contains(from), "{from}");
        let text = REFUNDS.replacen(from, to, 1);
        let problems = read(&[(slug.to_owned(), text)]).expect_err("the file should be refused");
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn a_file_without_mistakes_is_read() {
        let datasets = read(&[("refunds".to_owned(), REFUNDS.to_owned())]).unwrap();
        assert_eq!(datasets[0].columns.len(), 9);
        assert_eq!(datasets[0].filters["reasons"].phrase, "reason {}");
        assert!(datasets[0].columns["supplierExternalId"].guarded);
        assert!(!datasets[0].columns["refundId"].guarded);
    }

    #[test]
    fn a_mistake_is_told_by_file_line_and_rule() {
        let mistakes = [
            ("kind = \"count\"", "kind = \"number\""),
            ("title = \"Refunds\"\n", ""),
            ("position = 6", "position = \"six\""),
            ("optional = true", "optionl = true"),
            ("letter = \"r\"", "letter = \"refund\""),
            ("id = \"refundId\"", "id = \"amount\""),
            ("supplier = \"supplierExternalId\"\n", ""),
            ("failures = [\"REFUSED\"]", "failures = [\"FAILED\"]"),
            ("kind = \"amount\"", "kind = \"text\""),
            ("[choices.reason]", "[choices.reasons]"),
            ("any_of = \"reason\"", "from = \"orderCount\""),
            ("createdAtFrom = { from", "since = { from"),
            ("reasons = [\"DAMAGED\"]", "reason = \"DAMAGED\""),
        ];
        let told = mistakes.map(|(from, to)| problem("refunds", from, to));
        insta::assert_snapshot!(told.join("\n"), @r#"
        datasets/refunds.toml:29: unknown variant `number`, expected one of `identifier`, `code`, `choice`, `time`, `amount`, `currency`, `count`, `last_four`, `text`
        datasets/refunds.toml:1: missing field `title`
        datasets/refunds.toml:6: invalid type: string "six", expected u32
        datasets/refunds.toml:26: unknown field `optionl`, expected one of `kind`, `optional`, `operators_only`, `guarded`, `choices`, `examples`
        datasets/refunds.toml:7: letter must be one lower-case letter
        datasets/refunds.toml:18: records.id must name a column of the kind identifier that is not optional
        datasets/refunds.toml:9: records.supplier must name the column that scopes a SUPPLIER to records of its own
        datasets/refunds.toml:20: records.failures must be values of [choices.status]
        datasets/refunds.toml:27: columns.amount must be there with the kind amount, neither optional nor operators_only
        datasets/refunds.toml:37: choices.reasons must be used by a column of the kind choice
        datasets/refunds.toml:26: columns.reason is a choice: its values must be in [choices.reason]
        datasets/refunds.toml:44: filters.reasons must bound createdAt or amount: these alone can be compared in the ledger
        datasets/refunds.toml:43: filters.since must be called createdAtFrom, createdAtTo, amountMin, amountMax or supplierIds, as in other datasets
        datasets/refunds.toml:46: example must be a request: cc, and filters that [filters] declares
        "#);
        insta::assert_snapshot!(problem("Refunds", "position = 6", "position = 7"), @"datasets/Refunds.toml:1: the file's name must be lower-case letters, digits and -, such as funding-transfers.toml");
    }

    #[test]
    fn two_files_must_not_claim_the_same_name() {
        let sources = ["refunds", "repayments"].map(|slug| (slug.to_owned(), REFUNDS.to_owned()));
        let problems = read(&sources).unwrap_err();
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        datasets/repayments.toml:1: type: "REFUNDS" belongs to datasets/refunds.toml already
        datasets/repayments.toml:1: letter: "r" belongs to datasets/refunds.toml already
        datasets/repayments.toml:1: title: "Refunds" belongs to datasets/refunds.toml already
        datasets/repayments.toml:1: operations: "REFUNDS-100" belongs to datasets/refunds.toml already
        datasets/repayments.toml:1: operations: "REFUNDS-101" belongs to datasets/refunds.toml already
        datasets/repayments.toml:1: operations: "REFUNDS-102" belongs to datasets/refunds.toml already
        "#);
    }
}
