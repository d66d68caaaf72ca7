//! The files of `datasets/`, read and checked.
//!
//! `shared` makes its `Dataset` values from them when it is compiled, and `contract` the operator API, the page's list of
//! datasets and the documentation. `datasets/README.md` describes every key.

mod check;
mod claims;
mod file;
pub mod operator_api;
mod problem;

use std::{fs, io, path::Path};

use indexmap::IndexMap;
use serde::Serialize;

pub use problem::Problem;

/// What a filter may compare besides columns: when the ledger received a record's last change.
pub const RECEIVED_AT: &str = "receivedAt";

/// One dataset, as its file declares it. All rules of [`load`] hold for it.
#[derive(Clone, Debug, Serialize)]
pub struct Dataset {
    /// The file's name without `.toml`. In paths, permissions and file names: `funding-transfers`.
    pub slug: String,
    /// `FUNDING_TRANSFERS`.
    #[serde(rename = "type")]
    pub export_type: String,
    /// For people: `Funding transfers`.
    pub title: String,
    /// What follows "exports of" in a sentence.
    pub description: String,
    /// The place among the datasets in lists, lowest first.
    pub position: u32,
    /// The last character of its exports' ids.
    pub letter: char,
    /// The HTTP status of the answer to an accepted request.
    pub accepted_status: u16,
    pub roles: Vec<Role>,
    pub visibility: Visibility,
    /// What a key needs instead of `{slug}:create` and `{slug}:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Whether its records are what the stack itself has done, which nobody else may write.
    pub internal: bool,
    /// Absent for a dataset of merchants, which the operator API does not have.
    pub operations: Option<Operations>,
    pub records: Records,
    /// In the order of the file.
    pub columns: IndexMap<String, Column>,
    pub filters: IndexMap<String, Filter>,
    pub example: Example,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    Operator,
    Supplier,
    Merchant,
}

/// Who sees an export in lists and by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone of the tenant whose role and permissions admit the dataset.
    Tenant,
    /// Only the user who requested it.
    Requester,
}

/// The operation ids of the operator API.
#[derive(Clone, Debug, Serialize)]
pub struct Operations {
    pub launch: String,
    pub list: String,
    pub show: String,
}

/// What certain columns mean.
#[derive(Clone, Debug, Serialize)]
pub struct Records {
    /// The column that identifies a record.
    pub id: String,
    /// The column that names the supplier whom a record belongs to.
    pub supplier: Option<String>,
    /// Two columns of MARKETPLACE or SUPPLIER: a record names its supplier if, and only if, exactly one is SUPPLIER.
    pub supplier_side_of: Option<[String; 2]>,
    /// The statuses of records that may have a `failureReason`.
    pub failures: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Column {
    pub kind: Kind,
    /// Whether a record may have no value here.
    pub optional: bool,
    /// Whether a supplier's file leaves the column out.
    pub operators_only: bool,
    /// Whether a value gets a leading `'` if a spreadsheet would take it for a formula.
    pub guarded: bool,
    /// The name of a choice's set of values, unless it is a column's name. The OpenAPI file declares such a set once, for
    /// all columns and datasets that use it.
    pub shared_choices: Option<String>,
    /// The values of a choice with their labels for people; empty for other kinds.
    pub choices: IndexMap<String, String>,
    /// Values of a code, for generated records and hints.
    pub examples: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Identifier,
    Code,
    Choice,
    Time,
    Amount,
    Currency,
    Count,
    LastFour,
    Text,
}

#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    pub test: Test,
    pub column: String,
    /// On the page and in mails.
    pub label: String,
    /// How the page says what was filtered; `{}` stands for the values.
    pub phrase: String,
}

/// How a filter compares a record's column with what a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Not before this time, or not less than this amount.
    From,
    /// Not after this time, or not more than this amount.
    To,
    /// One of a list.
    AnyOf,
    /// This value.
    Equals,
}

/// A request's body, for the OpenAPI file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Example {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<Vec<String>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub filters: IndexMap<String, toml::Value>,
}

impl Dataset {
    /// Whether the operator API and the page have the dataset.
    pub fn is_for_operators(&self) -> bool {
        self.roles.contains(&Role::Operator)
    }
}

/// Reads every `*.toml` of a folder: the datasets in the order of lists, or everything that is wrong with the files.
///
/// Fails with an I/O error if the folder or a file cannot be read.
pub fn load(folder: &Path) -> io::Result<Result<Vec<Dataset>, Vec<Problem>>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    let sources = paths
        .iter()
        .map(|path| {
            let slug = path.file_stem().unwrap_or_default().to_string_lossy();
            Ok((slug.into_owned(), fs::read_to_string(path)?))
        })
        .collect::<io::Result<Vec<_>>>()?;
    Ok(read(&sources))
}

/// Reads files, given as their slugs with their texts.
pub fn read(sources: &[(String, String)]) -> Result<Vec<Dataset>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut good = Vec::new();
    for (slug, text) in sources {
        match file::parse(slug, text) {
            Ok(file) => good.extend(check::dataset(slug, text, file, &mut problems)),
            Err(problem) => problems.push(problem),
        }
    }
    let (mut datasets, claims): (Vec<_>, Vec<_>) = good.into_iter().unzip();
    claims::check(&claims, &mut problems);
    if problems.is_empty() {
        datasets.sort_by_key(|dataset| dataset.position);
        Ok(datasets)
    } else {
        Err(problems)
    }
}
