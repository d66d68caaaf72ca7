//! One record as its file has it.

use std::sync::Arc;

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
    /// The names of the fields; of a CSV file they are those of all rows.
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Values,
    /// Whether the place of a field is that of its column in the file.
    pub(crate) has_positions: bool,
}

/// The values of a row.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The values, one after another.
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Values {
    /// Values that end at these places of a text. `None` if the text is not UTF-8, or a value alone is not.
    pub fn split(text: Vec<u8>, ends: Vec<usize>) -> Option<Self> {
        let text = String::from_utf8(text).ok()?;
        let are_texts = ends.iter().all(|end| text.is_char_boundary(*end));
        are_texts.then_some(Self { text, ends })
    }

    pub fn push(&mut self, value: &str) {
        self.text += value;
        self.ends.push(self.text.len());
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let value = &self.text[start..*end];
            start = *end;
            value
        })
    }
}

impl Row {
    /// The record and its version, if it has one; or everything that is wrong with it.
    pub fn check(&self, dataset: &'static Dataset) -> Result<(Record, Option<u64>), Vec<Problem>> {
        let mut problems = Vec::new();
        let mut versions = self.fields().filter(|(name, _)| *name == VERSION);
        let version = match (versions.next(), versions.next()) {
            (None | Some((_, "")), None) => None,
            (Some((_, text)), None) => {
                let version = text.parse().ok();
                if version.is_none() {
                    problems.push(self.problem(VERSION, VERSION_RULE.to_owned()));
                }
                version
            }
            (_, Some(_)) => {
                problems.push(self.problem(VERSION, Rule::Repeated.to_string()));
                None
            }
        };
        let fields = self.fields().filter(|(name, _)| *name != VERSION);
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

    /// Column names with their values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names
            .iter()
            .map(String::as_str)
            .zip(self.values.iter())
    }

    /// A problem of one column of this row.
    pub fn problem(&self, column: &str, rule: String) -> Problem {
        let position = self.names.iter().position(|name| name == column);
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
