//! A file as it is written, before its rules are checked.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use crate::{Kind, Problem, Role, Visibility};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetFile {
    #[serde(rename = "type")]
    pub export_type: Spanned<String>,
    pub title: Spanned<String>,
    pub description: String,
    pub position: Spanned<u32>,
    pub letter: Spanned<String>,
    pub accepted_status: Spanned<u16>,
    pub roles: Spanned<Vec<Role>>,
    pub visibility: Spanned<Visibility>,
    pub permission: Option<Spanned<String>>,
    #[serde(default)]
    pub internal: bool,
    pub operations: Option<Spanned<OperationsTable>>,
    pub records: RecordsTable,
    pub columns: IndexMap<String, Spanned<ColumnTable>>,
    #[serde(default)]
    pub choices: IndexMap<String, Spanned<IndexMap<String, String>>>,
    #[serde(default)]
    pub filters: IndexMap<String, Spanned<FilterTable>>,
    pub example: Option<Spanned<ExampleTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationsTable {
    pub launch: Spanned<String>,
    pub list: Spanned<String>,
    pub show: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordsTable {
    pub id: Spanned<String>,
    pub supplier: Option<Spanned<String>>,
    pub supplier_side_of: Option<Spanned<[String; 2]>>,
    pub failures: Option<Spanned<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnTable {
    pub kind: Kind,
    #[serde(default)]
    pub optional: bool,
    #[serde(default)]
    pub operators_only: bool,
    pub guarded: Option<bool>,
    pub choices: Option<String>,
    #[serde(default)]
    pub examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterTable {
    pub from: Option<String>,
    pub to: Option<String>,
    pub any_of: Option<String>,
    pub equals: Option<String>,
    pub label: String,
    pub phrase: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleTable {
    pub cc: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub filters: IndexMap<String, Spanned<toml::Value>>,
}

/// Reads the text. Fails at the first place that is no TOML, or that no key of a dataset fits.
pub fn parse(slug: &str, text: &str) -> Result<DatasetFile, Problem> {
    toml::from_str(text)
        .map_err(|error| Problem::at(slug, text, error.span().unwrap_or(0..0), error.message()))
}
