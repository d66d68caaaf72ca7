//! One record as its file has it.

use shared::{
    domain::{
        change::VERSION_RULE,
        dataset::Dataset,
        record::{Record, RecordProblem, Rule},
    },
    items::ledger::VERSION,
};

use crate::problem::{ColumnPlace, Problem};

/// One record as the file has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Column names with their values.
    pub fields: Vec<(String, String)>,
    /// Whether the place of a field is that of its column in the file.
    pub has_positions: bool,
}

impl Row {
    /// The record and its version, if it has one; or everything that is wrong with it.
    pub fn check(&self, dataset: &'static Dataset) -> Result<(Record, Option<u64>), Vec<Problem>> {
        let (versions, fields): (Vec<_>, Vec<_>) = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .partition(|(name, _)| *name == VERSION);
        let mut problems = Vec::new();
        let version = match versions[..] {
            [] | [(_, "")] => None,
            [(_, text)] => {
                let version = text.parse().ok();
                if version.is_none() {
                    problems.push(self.problem(VERSION, VERSION_RULE.to_owned()));
                }
                version
            }
            _ => {
                problems.push(self.problem(VERSION, Rule::Repeated.to_string()));
                None
            }
        };
        match Record::check(dataset, fields) {
            Ok(record) if problems.is_empty() => Ok((record, version)),
            Ok(_) => Err(problems),
            Err(found) => {
                let located = found
                    .into_iter()
                    .map(|RecordProblem { column, rule }| self.problem(&column, rule.to_string()));
                problems.extend(located);
                Err(problems)
            }
        }
    }

    /// A problem of one column of this row.
    pub fn problem(&self, column: &str, rule: String) -> Problem {
        let position = self.fields.iter().position(|(name, _)| name == column);
        let position = position
            .filter(|_| self.has_positions)
            .map(|index| index + 1);
        let column = Some(ColumnPlace {
            name: column.to_owned(),
            position,
        });
        Problem {
            line: self.line,
            column,
            rule,
        }
    }
}
