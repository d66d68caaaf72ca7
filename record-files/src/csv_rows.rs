//! Rows of a CSV file with a header.
//!
//! Records are cut by counting quotes line by line, because the lines that the csv crate counts are wrong after blank
//! lines and `\r\n`; its core splits each record into its values.

use std::{io::BufRead, sync::Arc};

use csv_core::ReadRecordResult;
use shared::{
    domain::{dataset::Dataset, record::Rule},
    items::ledger::VERSION,
};

use crate::{
    lines::{LONGEST_RECORD, Lines},
    problem::{ColumnPlace, Problem},
    row::{Row, Values},
    rows::RowError,
};

/// Yields a row a record; ends after a record whose end cannot be found.
pub struct CsvRows<R> {
    pub(crate) lines: Lines<R>,
    delimiter: u8,
    splitter: csv_core::Reader,
    columns: Arc<[String]>,
    buffer: Vec<u8>,
    pub(crate) is_over: bool,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header and checks it against the dataset. Without a delimiter, `;` is one if the header has any.
    pub fn new(
        lines: Lines<R>,
        dataset: &Dataset,
        delimiter: Option<u8>,
    ) -> Result<Self, RowError> {
        let mut rows = Self {
            lines,
            delimiter: b',',
            splitter: csv_core::Reader::new(),
            columns: Arc::default(),
            buffer: Vec::new(),
            is_over: false,
        };
        let line = rows
            .next_record()?
            .ok_or_else(|| RowError::of_line(1, "must be a header that names the columns"))?;
        let has_semicolon = rows.buffer.contains(&b';');
        rows.delimiter = delimiter.unwrap_or(if has_semicolon { b';' } else { b',' });
        rows.splitter = csv_core::ReaderBuilder::new()
            .delimiter(rows.delimiter)
            .build();
        rows.columns = rows
            .split(line)?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let problems = header_problems(&rows.columns, dataset, line);
        if problems.is_empty() {
            Ok(rows)
        } else {
            Err(RowError::Problems(problems))
        }
    }

    /// Reads the next record that is not blank into the buffer and returns the line that it begins on.
    fn next_record(&mut self) -> Result<Option<u64>, RowError> {
        loop {
            self.buffer.clear();
            if !self.lines.read(&mut self.buffer)? {
                return Ok(None);
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let line = self.lines.number();
        let mut quotes = count_quotes(&self.buffer);
        while quotes % 2 == 1 || self.buffer.len() > LONGEST_RECORD {
            let counted = self.buffer.len();
            if counted > LONGEST_RECORD || !self.lines.read(&mut self.buffer)? {
                self.is_over = true;
                let rule = "begins a record that does not end: a quote is missing, or one too many";
                return Err(RowError::of_line(line, rule));
            }
            quotes += count_quotes(&self.buffer[counted..]);
        }
        Ok(Some(line))
    }

    /// The values of the record in the buffer.
    fn split(&mut self, line: u64) -> Result<Values, RowError> {
        let delimiters = self
            .buffer
            .iter()
            .filter(|byte| **byte == self.delimiter)
            .count();
        let mut text = vec![0; self.buffer.len() + 1];
        let mut ends = vec![0; delimiters + 2];
        self.splitter.reset();
        let (mut read, mut written, mut count) = (0, 0, 0);
        // The splitter takes what it reads first for the beginning of a file, and would drop a byte order mark there. Of a
        // byte alone it cannot. The file's own mark is gone already.
        let mut end = self.buffer.len().min(1);
        loop {
            // An empty input tells the splitter that the file ends here, as it may without a line break.
            let (result, input, output, values) = self.splitter.read_record(
                &self.buffer[read..end],
                &mut text[written..],
                &mut ends[count..],
            );
            (read, written, count) = (read + input, written + output, count + values);
            match result {
                ReadRecordResult::InputEmpty => end = self.buffer.len(),
                ReadRecordResult::Record => break,
                ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull
                | ReadRecordResult::End => unreachable!("a record has its text and its values"),
            }
        }
        if !matches!(&self.buffer[read..], b"" | b"\n") {
            return Err(RowError::of_line(
                line,
                "has a carriage return outside of quotes",
            ));
        }
        text.truncate(written);
        ends.truncate(count);
        Values::split(text, ends).ok_or_else(|| RowError::of_line(line, "must be UTF-8"))
    }

    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        let Some(line) = self.next_record()? else {
            return Ok(None);
        };
        let values = self.split(line)?;
        if values.len() != self.columns.len() {
            let rule = format!(
                "has {} values for {} columns",
                values.len(),
                self.columns.len()
            );
            return Err(RowError::of_line(line, rule));
        }
        Ok(Some(Row {
            line,
            names: Arc::clone(&self.columns),
            values,
            has_positions: true,
        }))
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let row = self.next_row();
        self.is_over |= matches!(row, Err(RowError::Io(_)));
        row.transpose()
    }
}

fn count_quotes(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'"').count()
}

fn header_problems(columns: &[String], dataset: &Dataset, line: u64) -> Vec<Problem> {
    let problem = |name: &str, index: Option<usize>, rule: &str| Problem {
        line,
        column: Some(ColumnPlace {
            name: name.to_owned(),
            position: index.map(|index| index + 1),
        }),
        rule: rule.to_owned(),
    };
    let mut problems = Vec::new();
    for (index, name) in columns.iter().enumerate() {
        if dataset.column(name).is_none() && name != VERSION {
            let rule = Rule::Unknown(dataset.export_type).to_string();
            problems.push(problem(name, Some(index), &rule));
        } else if columns[..index].contains(name) {
            problems.push(problem(name, Some(index), &Rule::Repeated.to_string()));
        }
    }
    let missing = dataset
        .columns
        .iter()
        .filter(|column| column.is_required && !columns.iter().any(|name| name == column.name));
    problems
        .extend(missing.map(|column| problem(column.name, None, "is a column that is missing")));
    problems
}

#[cfg(test)]
mod tests {
    use shared::domain::dataset::MARKETPLACE_PAYOUTS;

    use super::*;

    const HEADER: &str = "payoutId;createdAt;status;amount;currency;reference";

    fn open(text: &str, delimiter: Option<u8>) -> Result<CsvRows<&[u8]>, RowError> {
        CsvRows::new(Lines::new(text.as_bytes()), &MARKETPLACE_PAYOUTS, delimiter)
    }

    /// The line and the last value of each row, or its problems.
    fn read(text: &str) -> Vec<(u64, String)> {
        open(text, None).unwrap().map(shown).collect()
    }

    fn shown(row: Result<Row, RowError>) -> (u64, String) {
        match row {
            Ok(row) => (row.line, row.fields().last().unwrap().1.to_owned()),
            Err(RowError::Problems(problems)) => (problems[0].line, problems[0].to_string()),
            Err(RowError::Io(error)) => panic!("{error}"),
        }
    }

    fn header_of(text: &str) -> Vec<String> {
        match open(text, None) {
            Err(RowError::Problems(problems)) => problems.iter().map(Problem::to_string).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn lines_are_those_that_an_editor_shows() {
        let text =
            format!("{HEADER}\n1;t;s;a;c;one\n2;t;s;a;c;\"a;b\nc \"\"d\"\"\"\n\n\n3;t;s;a;c;three");
        let rows = [(2, "one"), (3, "a;b\nc \"d\""), (7, "three")];
        let expected = rows.map(|(line, value)| (line, value.to_owned()));
        assert_eq!(read(&text), expected);
        let windows = expected.map(|(line, value)| (line, value.replace('\n', "\r\n")));
        assert_eq!(read(&text.replace('\n', "\r\n")), windows);
    }

    #[test]
    fn the_delimiter_is_told_from_the_header() {
        assert_eq!(
            read(&format!("\u{feff}{HEADER}\n1;t;s;a;c;x,y\n")),
            [(2, "x,y".to_owned())]
        );
        let commas = HEADER.replace(';', ",");
        assert_eq!(
            read(&format!("{commas}\n1,t,s,a,c,x;y\n")),
            [(2, "x;y".to_owned())]
        );
        let tabs = format!("{}\n1\tt\ts\ta\tc\tx;y\n", HEADER.replace(';', "\t"));
        let rows: Vec<_> = open(&tabs, Some(b'\t')).unwrap().map(shown).collect();
        assert_eq!(rows, [(2, "x;y".to_owned())]);
    }

    #[test]
    fn a_byte_order_mark_within_the_file_is_a_character() {
        let last = |text: &str| read(&format!("{HEADER}\n{text}\n"));
        let wrong = "line 2: has 1 values for 6 columns".to_owned();
        assert_eq!(last("\u{feff}"), [(2, wrong)]);
        let marked = format!("{HEADER}\n\u{feff}1;t;s;a;c;one");
        let mut rows = open(&marked, None).unwrap();
        let row = rows.next().unwrap().unwrap();
        assert_eq!(row.fields().next().unwrap().1, "\u{feff}1");
        assert_eq!(
            header_of("\u{feff}\u{feff}"),
            header_of("\u{feff}\u{feff}\n")
        );
        assert!(header_of("\u{feff}\u{feff}")[0].starts_with("line 1, column 1"));
    }

    #[test]
    fn a_header_must_fit_the_dataset() {
        assert_eq!(
            header_of("payoutId,createdAt,iban,status,amount,amount\n"),
            [
                "line 1, column 3 (iban): is not a column of MARKETPLACE_PAYOUTS",
                "line 1, column 6 (amount): is there twice",
                "line 1, currency: is a column that is missing",
            ]
        );
        assert_eq!(
            header_of("\n"),
            ["line 1: must be a header that names the columns"]
        );
    }

    #[test]
    fn a_bad_row_does_not_hide_the_next() {
        let text = format!("{HEADER}\n1;t;s\n2;t;s;a;c;two\n");
        assert_eq!(
            read(&text),
            [
                (2, "line 2: has 3 values for 6 columns".to_owned()),
                (3, "two".to_owned())
            ]
        );
    }

    #[test]
    fn a_record_without_an_end_is_named_by_its_start() {
        let text = format!("{HEADER}\n1;t;s;a;c;\"one\n2;t;s;a;c;two\n");
        let rows = read(&text);
        assert_eq!(rows.len(), 1);
        assert!(
            rows[0]
                .1
                .starts_with("line 2: begins a record that does not end"),
            "{rows:?}"
        );
        let huge = format!("{HEADER}\n1;t;s;a;c;\"{}\"\n", "x".repeat(LONGEST_RECORD));
        assert_eq!(read(&huge).len(), 1);
    }

    #[test]
    fn a_carriage_return_does_not_end_a_line() {
        let text = format!("{HEADER}\n1;t;s;a;c;one\r2;t;s;a;c;two\n");
        assert_eq!(
            read(&text),
            [(
                2,
                "line 2: has a carriage return outside of quotes".to_owned()
            )]
        );
        assert_eq!(
            header_of("payoutId;createdAt\rpo_1;t\r"),
            ["line 1: has a carriage return outside of quotes"]
        );
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_named() {
        // Of line 3, two values are a character only together.
        let rows = b"\n1;t;s;a;c;\xff\n1;t;s;a;\xc3;\xa9\n2;t;s;a;c;two\n";
        let bytes = [HEADER.as_bytes(), rows].concat();
        let rows = CsvRows::new(Lines::new(bytes.as_slice()), &MARKETPLACE_PAYOUTS, None).unwrap();
        let rows: Vec<_> = rows.map(shown).collect();
        assert_eq!(
            rows,
            [
                (2, "line 2: must be UTF-8".to_owned()),
                (3, "line 3: must be UTF-8".to_owned()),
                (4, "two".to_owned())
            ]
        );
    }
}
