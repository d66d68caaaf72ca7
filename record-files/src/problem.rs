//! What is wrong with a file, and where.

use std::fmt;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line that the record begins on.
    pub line: u64,
    pub column: Option<ColumnPlace>,
    /// What follows the place in a sentence, such as `must have a value`. Never holds the value itself.
    pub rule: String,
}

/// A column of the file, by its name and, in CSV, its place from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnPlace {
    pub name: String,
    pub position: Option<usize>,
}

impl Problem {
    /// A problem of a line as a whole.
    pub fn of_line(line: u64, rule: impl Into<String>) -> Self {
        Self {
            line,
            column: None,
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        match &self.column {
            Some(ColumnPlace {
                name,
                position: Some(position),
            }) => {
                write!(f, ", column {position} ({name})")?;
            }
            Some(ColumnPlace {
                name,
                position: None,
            }) => write!(f, ", {name}")?,
            None => {}
        }
        write!(f, ": {}", self.rule)
    }
}
