//! The problems of a file, for the person who corrects it.

use std::fmt;

use indicatif::HumanCount;

/// Most problems that are shown; the rest are counted.
const MOST_SHOWN: usize = 20;

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

/// All problems of a file: the first are kept, the rest counted.
#[derive(Default)]
pub struct Problems {
    shown: Vec<Problem>,
    count: u64,
}

impl Problems {
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.count += 1;
            if self.shown.len() < MOST_SHOWN {
                self.shown.push(problem);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The report: a sentence and a line for each problem that is shown.
    pub fn report(&self, file: &str) -> String {
        let count = if self.count == 1 {
            "a problem".to_owned()
        } else {
            format!("{} problems", HumanCount(self.count))
        };
        let mut report = format!("{file} has {count}, so nothing was written");
        for problem in &self.shown {
            report += &format!("\n  {problem}");
        }
        let more = self.count - self.shown.len() as u64;
        if more > 0 {
            report += &format!("\n  and {} more", HumanCount(more));
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_twenty_are_shown_and_the_rest_counted() {
        let mut problems = Problems::default();
        problems.extend((2..=1_100).map(|line| Problem {
            line,
            column: Some(ColumnPlace {
                name: "amount".to_owned(),
                position: Some(4),
            }),
            rule: "must have a value".to_owned(),
        }));
        let report = problems.report("transfers.csv");
        let lines: Vec<_> = report.lines().collect();
        assert_eq!(
            lines[0],
            "transfers.csv has 1,099 problems, so nothing was written"
        );
        assert_eq!(lines[1], "  line 2, column 4 (amount): must have a value");
        assert_eq!(lines[20], "  line 21, column 4 (amount): must have a value");
        assert_eq!(lines[21], "  and 1,079 more");
        assert_eq!(lines.len(), 22);
    }
}
