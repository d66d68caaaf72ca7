//! The generated files, as texts.

use std::{collections::BTreeMap, ops::Not, path::Path};

use anyhow::{Context, Result};
use dataset_files::{Column, Dataset, Filter, Kind, RECEIVED_AT, Test, operator_api::pascal};
use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, Value, context, path_loader, syntax::SyntaxConfig,
    value::Serde,
};
use serde::Serialize;

use crate::{change_schema, event_schema};

/// The OpenAPI files: the template in `infra/openapi/`, and where its result goes.
const OPENAPI: [(&str, &str); 3] = [
    ("operator-api.yaml.jinja", "infra/operator-api.yaml"),
    ("merchant-api.yaml.jinja", "infra/merchant-api.yaml"),
    ("link-api.yaml.jinja", "infra/link-api.yaml"),
];

const PAGE: &str = "console/src/domain/datasets.generated.ts";
const DOCUMENTATION: &str = "docs/datasets.md";

/// A dataset with what only templates need.
#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    dataset: &'a Dataset,
    /// What the page offers for each filter, in their order.
    inputs: Vec<Input<'a>>,
    /// What the page knows of each column, in the file's order.
    fields: Vec<Field<'a>>,
}

/// A column on the page.
#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    kind: Kind,
    #[serde(rename = "isOperatorsOnly", skip_serializing_if = "Not::not")]
    is_operators_only: bool,
    /// The values with their labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice<'a>>,
}

/// A filter on the page.
#[derive(Serialize)]
struct Input<'a> {
    name: &'a str,
    /// What is compared, which may be no column of the file.
    column: &'a str,
    kind: InputKind,
    label: &'a str,
    phrase: &'a str,
    /// The values to choose from, with their labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice<'a>>,
    /// A value to type, if there is one to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a str>,
}

#[derive(Serialize)]
struct Choice<'a> {
    value: &'a str,
    label: &'a str,
}

/// How a person sets a filter.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum InputKind {
    Day,
    Amount,
    Suppliers,
    /// Some of the choices.
    Choices,
    /// One of the choices.
    Choice,
    /// Words that are typed.
    Texts,
    Text,
}

/// Every target, relative to the project's folder, with its text.
pub fn targets(root: &Path, datasets: &[Dataset]) -> Result<Vec<(&'static str, String)>> {
    let views: Vec<_> = datasets.iter().map(View::of).collect();
    let operators: Vec<_> = views
        .iter()
        .filter(|view| view.dataset.is_for_operators())
        .collect();
    let (all, operators) = (Value::from(Serde(&views)), Value::from(Serde(&operators)));
    let openapi = environment(&root.join("infra/openapi"));
    let own = environment(&root.join("tools/contract/templates"));
    let mut targets = Vec::new();
    for (template, target) in OPENAPI {
        let values =
            context! { datasets => operators.clone(), choices => shared_choices(datasets) };
        targets.push((target, rendered(&openapi, template, values)?));
    }
    let page = rendered(
        &own,
        "datasets.ts.jinja",
        context! { datasets => operators },
    )?;
    targets.push((PAGE, page));
    let documentation = rendered(&own, "datasets.md.jinja", context! { datasets => all })?;
    targets.push((DOCUMENTATION, documentation));
    targets.push((change_schema::TARGET, change_schema::render(datasets)?));
    targets.push((event_schema::TARGET, event_schema::render(datasets)?));
    Ok(targets)
}

fn rendered(environment: &Environment, template: &str, values: Value) -> Result<String> {
    environment
        .get_template(template)
        .and_then(|template| template.render(values))
        .with_context(|| format!("cannot render {template}"))
}

fn environment(folder: &Path) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_loader(path_loader(folder));
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the delimiters are the usual ones");
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("pascal", pascal);
    environment
}

/// The sets of choices that the OpenAPI file declares once, by their names.
fn shared_choices(datasets: &[Dataset]) -> Value {
    let operators = datasets.iter().filter(|dataset| dataset.is_for_operators());
    let sets = operators
        .flat_map(|dataset| dataset.columns.values())
        .filter_map(|column| {
            let name = column.shared_choices.as_deref()?;
            Some((name, column.choices.keys().collect()))
        });
    Value::from(Serde(sets.collect::<BTreeMap<_, Vec<_>>>()))
}

impl<'a> View<'a> {
    fn of(dataset: &'a Dataset) -> Self {
        let inputs = dataset.filters.iter();
        Self {
            dataset,
            inputs: inputs
                .map(|(name, filter)| Input::of(dataset, name, filter))
                .collect(),
            fields: dataset.columns.iter().map(Field::of).collect(),
        }
    }
}

impl<'a> Field<'a> {
    fn of((name, column): (&'a String, &'a Column)) -> Self {
        Self {
            name,
            kind: column.kind,
            is_operators_only: column.operators_only,
            choices: Choice::all_of(column),
        }
    }
}

impl<'a> Choice<'a> {
    fn all_of(column: &'a Column) -> Vec<Self> {
        let choices = column.choices.iter();
        choices
            .map(|(value, label)| Self { value, label })
            .collect()
    }
}

impl<'a> Input<'a> {
    fn of(dataset: &'a Dataset, name: &'a str, filter: &'a Filter) -> Self {
        // When a record was received is no column of the file.
        let column = dataset.columns.get(&filter.column);
        let is_choice = column.is_some_and(|column| !column.choices.is_empty());
        let kind = match (filter.test, filter.column.as_str()) {
            (Test::From | Test::To, "createdAt" | RECEIVED_AT) => InputKind::Day,
            (Test::From | Test::To, _) => InputKind::Amount,
            (_, column) if dataset.records.supplier.as_deref() == Some(column) => {
                InputKind::Suppliers
            }
            (Test::AnyOf, _) if is_choice => InputKind::Choices,
            (Test::AnyOf, _) => InputKind::Texts,
            (Test::Equals, _) if is_choice => InputKind::Choice,
            (Test::Equals, _) => InputKind::Text,
        };
        Self {
            name,
            column: &filter.column,
            kind,
            label: &filter.label,
            phrase: &filter.phrase,
            choices: column.map(Choice::all_of).unwrap_or_default(),
            example: column
                .and_then(|column| column.examples.first())
                .map(String::as_str),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dataset_files::operator_api;

    use super::*;

    /// What the operator API has without any dataset.
    fn rendered_without_datasets() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let targets = targets(&root, &[]).unwrap();
        targets
            .into_iter()
            .find(|(target, _)| *target == "infra/operator-api.yaml")
            .map(|(_, text)| text)
            .unwrap()
    }

    /// What follows each of these words.
    fn after<'a>(text: &'a str, word: &str) -> BTreeSet<&'a str> {
        text.lines()
            .filter_map(|line| line.strip_prefix(word))
            .collect()
    }

    #[test]
    fn no_dataset_can_take_a_name_of_the_operator_api() {
        let text = rendered_without_datasets();
        assert_eq!(
            after(&text, "      operationId: "),
            BTreeSet::from(operator_api::OPERATIONS)
        );
        assert_eq!(
            after(&text, "  - name: "),
            BTreeSet::from(operator_api::TAGS)
        );
        let (_, schemas) = text.split_once("\n  schemas:\n").unwrap();
        let schemas = schemas
            .lines()
            .take_while(|line| line.starts_with("    "))
            .filter_map(|line| line.strip_prefix("    ")?.strip_suffix(':'))
            .filter(|name| !name.starts_with(' '));
        assert_eq!(
            schemas.collect::<BTreeSet<_>>(),
            BTreeSet::from(operator_api::SCHEMAS)
        );
    }
}
