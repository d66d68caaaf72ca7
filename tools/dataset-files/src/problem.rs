//! What is wrong with a file.

use std::{fmt, ops::Range};

/// One broken rule. Displays as `datasets/refunds.toml:14: columns.amount must be …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    place: String,
    rule: String,
}

impl Problem {
    /// A rule that the text breaks at these bytes.
    pub fn at(slug: &str, text: &str, span: Range<usize>, rule: impl Into<String>) -> Self {
        Self::on(slug, Self::line(text, span), rule)
    }

    /// A rule that a line breaks.
    pub fn on(slug: &str, line: usize, rule: impl Into<String>) -> Self {
        Self {
            place: Self::place(slug, line),
            rule: rule.into(),
        }
    }

    /// The line of these bytes, from 1.
    pub fn line(text: &str, span: Range<usize>) -> usize {
        let before = &text.as_bytes()[..span.start.min(text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// A line as people and editors name it: `datasets/refunds.toml:14`.
    pub fn place(slug: &str, line: usize) -> String {
        format!("datasets/{slug}.toml:{line}")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rule)
    }
}
