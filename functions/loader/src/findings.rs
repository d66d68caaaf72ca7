//! What is wrong with a file, as its result tells it.

use record_files::Problem;
use serde::{Deserialize, Serialize};

/// Most problems that are told; the rest are counted.
pub const MOST_PROBLEMS: usize = 1000;

/// One thing that is wrong. Without a line it is wrong with the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The line that the record begins on, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column's name; none if the whole line is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What follows the place in a sentence, such as `must have a value`. Never holds the value itself.
    pub rule: String,
}

/// All that is wrong with a file: the first problems are kept, the rest counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    problems: Vec<Finding>,
    problems_left_out: u64,
}

impl Finding {
    /// A problem of the file as a whole.
    pub fn of_file(rule: impl Into<String>) -> Self {
        Self {
            line: None,
            column: None,
            rule: rule.into(),
        }
    }
}

impl From<Problem> for Finding {
    fn from(problem: Problem) -> Self {
        Self {
            line: Some(problem.line),
            column: problem.column.map(|column| column.name),
            rule: problem.rule,
        }
    }
}

impl Findings {
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    pub fn count(&self) -> u64 {
        self.problems.len() as u64 + self.problems_left_out
    }

    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if self.problems.len() < MOST_PROBLEMS {
                self.problems.push(finding);
            } else {
                self.problems_left_out += 1;
            }
        }
    }

    /// Adds what is wrong with a later piece of the file.
    pub fn append(&mut self, later: Self) {
        self.extend(later.problems);
        self.problems_left_out += later.problems_left_out;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(lines: std::ops::Range<u64>) -> Findings {
        let mut findings = Findings::default();
        findings.extend(lines.map(|line| Finding {
            line: Some(line),
            ..Finding::of_file("must have a value")
        }));
        findings
    }

    #[test]
    fn the_first_thousand_are_told_and_the_rest_counted() {
        let mut findings = piece(0..600);
        findings.append(piece(600..2_000));
        assert_eq!(findings.count(), 2_000);
        assert_eq!(findings.problems.len(), MOST_PROBLEMS);
        assert_eq!(findings.problems_left_out, 1_000);
        assert_eq!(findings.problems[999].line, Some(999));
    }
}
