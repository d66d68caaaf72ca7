//! The problems of a file, for the person who corrects it.

use indicatif::HumanCount;
use record_files::Problem;

/// Most problems that are shown; the rest are counted.
const MOST_SHOWN: usize = 20;

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
    use record_files::ColumnPlace;

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
