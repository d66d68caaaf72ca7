//! Rows of files. They are the same however the file comes in pieces, and so are their problems.

use std::io::{BufRead, BufReader};

use record_files::{Format, Problem, Row, RowError, Rows};
use shared::domain::dataset::{ALL, Dataset};

use crate::input::choice;

type Read = Vec<Result<Row, Vec<Problem>>>;

pub fn check(data: &[u8]) {
    let (dataset, rest) = choice(data, ALL.len());
    let (format, file) = choice(rest, 3);
    let dataset = ALL[dataset];
    let format = match format {
        0 => Format::Csv { delimiter: None },
        1 => Format::Csv {
            delimiter: Some(b','),
        },
        _ => Format::JsonLines,
    };
    let whole = read(file, format, dataset);
    for size in [1, 3, 7] {
        let pieces = BufReader::with_capacity(size, file);
        assert_eq!(read(pieces, format, dataset), whole, "in pieces of {size}");
    }
    for row in whole.iter().flatten() {
        if let Ok((record, _)) = row.check(dataset) {
            assert!(!record.id().is_empty());
            for (column, value) in record.values() {
                assert!(!value.is_empty(), "{}", column.name);
            }
        }
    }
}

fn read(input: impl BufRead, format: Format, dataset: &'static Dataset) -> Read {
    let mut rows = match Rows::new(input, format, dataset) {
        Ok(rows) => rows,
        Err(error) => return vec![Err(problems(error))],
    };
    let mut lines = 0;
    let mut read = Vec::new();
    while let Some(row) = rows.next() {
        let place = rows.place();
        assert!(place.line >= lines, "rows come one after another");
        lines = place.line;
        read.push(row.map_err(problems));
    }
    assert!(rows.next().is_none(), "what is over stays over");
    read
}

fn problems(error: RowError) -> Vec<Problem> {
    match error {
        RowError::Problems(problems) => {
            assert!(!problems.is_empty());
            problems
        }
        RowError::Io(error) => panic!("bytes in memory can be read: {error}"),
    }
}
