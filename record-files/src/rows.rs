//! The rows of a file, whichever of the formats it is in.

use std::io::{self, BufRead};

use shared::domain::dataset::Dataset;

use crate::{
    csv_rows::CsvRows,
    format::Format,
    json_rows::JsonRows,
    lines::{Lines, Place},
    problem::Problem,
    row::Row,
};

/// Why a row could not be read.
#[derive(Debug)]
pub enum RowError {
    Io(io::Error),
    /// The row is not what the format or the dataset wants.
    Problems(Vec<Problem>),
}

/// The rows of a file. Ends after an error of the input, and after a record whose end cannot be found.
pub enum Rows<R> {
    Csv(Box<CsvRows<R>>),
    JsonLines(JsonRows<R>),
}

impl From<io::Error> for RowError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl RowError {
    /// A problem of the line as a whole.
    pub fn of_line(line: u64, rule: impl Into<String>) -> Self {
        Self::Problems(vec![Problem::of_line(line, rule)])
    }
}

impl<R: BufRead> Rows<R> {
    /// Reads from the start: of a CSV file the header, which is checked against the dataset.
    pub fn new(input: R, format: Format, dataset: &'static Dataset) -> Result<Self, RowError> {
        let lines = Lines::new(input);
        Ok(match format {
            Format::Csv { delimiter } => {
                Self::Csv(Box::new(CsvRows::new(lines, dataset, delimiter)?))
            }
            Format::JsonLines => Self::JsonLines(JsonRows::new(lines, dataset)),
        })
    }

    /// How much was read: a place between two rows.
    pub fn place(&self) -> Place {
        self.lines().place()
    }

    /// Goes on with the file from an earlier [`place`](Self::place); `input` has the bytes from there on.
    pub fn go_on(&mut self, input: R, place: Place) {
        let lines = match self {
            Self::Csv(rows) => &mut rows.lines,
            Self::JsonLines(rows) => &mut rows.lines,
        };
        *lines = Lines::from(input, place);
    }

    /// Whether the rows have ended before the file did: a record's end could not be found, or the input failed.
    pub fn has_given_up(&self) -> bool {
        match self {
            Self::Csv(rows) => rows.is_over,
            Self::JsonLines(rows) => rows.is_over,
        }
    }

    fn lines(&self) -> &Lines<R> {
        match self {
            Self::Csv(rows) => &rows.lines,
            Self::JsonLines(rows) => &rows.lines,
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::JsonLines(rows) => rows.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::dataset::MARKETPLACE_PAYOUTS;

    use super::*;

    const CSV: &str = "\u{feff}payoutId;createdAt;status;amount;currency\n1;t;s;a;c\n\n2;t;s;a;\"c\nd\"\n3;t;s;a;c";
    const JSON: &str =
        "\u{feff}{\"payoutId\": \"1\"}\n\n{\"payoutId\": \"2\"}\n{\"payoutId\": \"3\"}";

    fn rows(text: &str) -> Rows<&[u8]> {
        let format = Format::of("", text.as_bytes());
        Rows::new(text.as_bytes(), format, &MARKETPLACE_PAYOUTS).unwrap()
    }

    fn shown(row: Result<Row, RowError>) -> (u64, String) {
        let row = row.unwrap();
        (row.line, row.fields().next().unwrap().1.to_owned())
    }

    #[test]
    fn reading_goes_on_from_any_place_between_two_rows() {
        for text in [CSV, JSON] {
            let whole: Vec<_> = rows(text).map(shown).collect();
            assert_eq!(whole.len(), 3);
            for read in 0..=whole.len() {
                let mut first = rows(text);
                let before: Vec<_> = first.by_ref().take(read).map(shown).collect();
                let place = first.place();
                let rest = usize::try_from(place.offset).unwrap();
                let mut second = rows(text);
                second.go_on(&text.as_bytes()[rest..], place);
                let after = second.map(shown);
                assert_eq!(before.into_iter().chain(after).collect::<Vec<_>>(), whole);
            }
        }
    }
}
