//! What is wrong with a file.

use std::{fmt, ops::Range};

/// One broken rule. Displays as `datasets/refunds.toml:14: columns.amount must be …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    slug: String,
    /// From 1.
    line: usize,
    rule: String,
}

impl Problem {
    /// A rule that the text breaks at these bytes.
    pub fn at(slug: &str, text: &str, span: Range<usize>, rule: impl Into<String>) -> Self {
        let before = &text.as_bytes()[..span.start.min(text.len())];
        Self {
            slug: slug.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            rule: rule.into(),
        }
    }

    /// A rule that the file as a whole breaks.
    pub fn whole(slug: &str, rule: impl Into<String>) -> Self {
        Self::at(slug, "", 0..0, rule)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "datasets/{}.toml:{}: {}",
            self.slug, self.line, self.rule
        )
    }
}
