//! Rows of a JSON-lines file: one object a line.

use std::{fmt, io::BufRead};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use shared::{
    domain::dataset::Dataset,
    wire::ledger_change::{CELL_RULE, cell},
};

use crate::{
    lines::{LONGEST_RECORD, Lines},
    problem::{ColumnPlace, Problem},
    row::{Row, Values},
    rows::RowError,
};

/// Yields a row a line; ends after a line that is too long to be a record.
pub struct JsonRows<R> {
    pub(crate) lines: Lines<R>,
    dataset: &'static Dataset,
    buffer: Vec<u8>,
    pub(crate) is_over: bool,
}

impl<R: BufRead> JsonRows<R> {
    pub fn new(lines: Lines<R>, dataset: &'static Dataset) -> Self {
        Self {
            lines,
            dataset,
            buffer: Vec::new(),
            is_over: false,
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
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
        if self.buffer.len() > LONGEST_RECORD {
            self.is_over = true;
            return Err(RowError::of_line(
                line,
                "is too long: one JSON object a line is expected",
            ));
        }
        let Object(members) = serde_json::from_slice(&self.buffer).map_err(|error| {
            let rule = format!(
                "must be one JSON object (see character {})",
                error.column().max(1)
            );
            RowError::of_line(line, rule)
        })?;
        let mut names = Vec::with_capacity(members.len());
        let mut values = Values::default();
        let mut problems = Vec::new();
        for (name, value) in members {
            match cell(self.dataset.column(&name), value) {
                Some(text) => {
                    names.push(name);
                    values.push(&text);
                }
                None => problems.push(Problem {
                    line,
                    column: Some(ColumnPlace {
                        name,
                        position: None,
                    }),
                    rule: CELL_RULE.to_owned(),
                }),
            }
        }
        if problems.is_empty() {
            Ok(Some(Row {
                line,
                names: names.into(),
                values,
                has_positions: false,
            }))
        } else {
            Err(RowError::Problems(problems))
        }
    }
}

impl<R: BufRead> Iterator for JsonRows<R> {
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

/// The members of an object in their order, a repeated name included.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::dataset::MARKETPLACE_PAYOUTS;

    use super::*;

    fn read(text: &str) -> Vec<Result<Row, RowError>> {
        JsonRows::new(Lines::new(text.as_bytes()), &MARKETPLACE_PAYOUTS).collect()
    }

    fn values(text: &str) -> Vec<(String, String)> {
        let row = read(text).pop().unwrap().unwrap();
        let fields = row.fields();
        fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn problem(text: &str) -> String {
        match read(text).pop().unwrap() {
            Err(RowError::Problems(problems)) => problems
                .iter()
                .map(Problem::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (json, text) in [
            ("100.00", "100.00"),
            ("0.1", "0.1"),
            ("-5.000", "-5.000"),
            (
                "1234567890123456789012345678",
                "1234567890123456789012345678",
            ),
            ("1.5e3", "1500"),
            ("\"100.00\"", "100.00"),
            ("null", ""),
            (
                "12345678901234567890123456789012",
                "12345678901234567890123456789012",
            ),
        ] {
            let fields = values(&format!("{{\"amount\": {json}, \"orderCount\": 7}}"));
            assert_eq!(fields[0], ("amount".to_owned(), text.to_owned()));
            assert_eq!(fields[1].1, "7");
        }
    }

    #[test]
    fn text_is_unescaped() {
        let fields = values(r#"{"reference": "a\n\"b\" é 漢"}"#);
        assert_eq!(fields[0].1, "a\n\"b\" é 漢");
    }

    #[test]
    fn blank_lines_are_counted_and_skipped() {
        let rows = read("\u{feff}{\"amount\": 1}\r\n\r\n{\"amount\": 2}\n\n");
        let lines: Vec<_> = rows.into_iter().map(|row| row.unwrap().line).collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn a_repeated_name_is_left_for_the_record_to_refuse() {
        assert_eq!(values(r#"{"amount": 1, "amount": 2}"#).len(), 2);
    }

    #[test]
    fn what_is_no_flat_object_is_named() {
        assert_eq!(
            problem(r#"{"amount": [1], "reference": true, "status": "PENDING"}"#),
            "line 1, amount: must be a string, a number or null\n\
             line 1, reference: must be a string, a number or null"
        );
        assert_eq!(
            problem("{\"amount\": 1}\n[1]"),
            "line 2: must be one JSON object (see character 1)"
        );
        assert_eq!(
            problem("{\"a\": 1} {}"),
            "line 1: must be one JSON object (see character 10)"
        );
    }
}
