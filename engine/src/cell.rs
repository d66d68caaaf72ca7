//! The cells of the files: UTF-8, quoted only where RFC 4180 needs it, and nothing that a spreadsheet would run.

use crate::{
    dialect::{Dialect, Times, decimal_point},
    scanner::Text,
};

/// An empty cell that is seen where nothing else stands in its line.
pub const EMPTY: &[u8] = b"\"\"";

/// `2026-01-31T23:59:59`: what is left of a time without its fraction and zone.
const WHOLE_SECONDS: usize = 19;

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header, and the attribute of the record.
    pub name: &'static str,
    pub format: Format,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As it is stored.
    Verbatim,
    /// As it is stored, with a leading `'` where a spreadsheet would take it for a formula.
    Guarded,
    /// A plain decimal: its digits as they are stored, with the dialect's decimal mark.
    Amount,
    /// An RFC 3339 time in UTC, in the dialect's form.
    Time,
    /// The same, but it is stored with more than seconds, and cut to these.
    Seconds,
}

/// What a [`Format`] comes to in a dialect: how the values of a column become cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    Verbatim,
    Guarded,
    Seconds,
    /// With this decimal mark.
    Amount(u8),
    Time(Times),
}

impl Writer {
    pub fn new(format: Format, dialect: Dialect) -> Self {
        match (format, dialect.times) {
            (Format::Verbatim, _) | (Format::Time, Times::Rfc3339) => Self::Verbatim,
            (Format::Guarded, _) => Self::Guarded,
            (Format::Seconds, Times::Rfc3339) => Self::Seconds,
            (Format::Seconds | Format::Time, times) => Self::Time(times),
            (Format::Amount, _) if dialect.decimal_mark == b'.' => Self::Verbatim,
            (Format::Amount, _) => Self::Amount(dialect.decimal_mark),
        }
    }

    /// Writes a value, or fails with what is wrong with it. Most values are copied as they are: a text of JSON without an
    /// escape has no quote, and in a page that `is_plain` it has no line break.
    #[inline]
    pub fn write(
        self,
        text: Text<'_>,
        is_plain: bool,
        delimiter: u8,
        file: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        if !is_plain || text.is_escaped {
            self.write_with_care(&text.unescaped()?, delimiter, file);
        } else if text.has_delimiter {
            file.push(b'"');
            self.copy(text.raw, file);
            file.push(b'"');
        } else {
            self.copy(text.raw, file);
        }
        Ok(())
    }

    #[cold]
    fn write_with_care(self, value: &[u8], delimiter: u8, file: &mut Vec<u8>) {
        let mut cell = Vec::with_capacity(value.len() + 1);
        self.copy(value, &mut cell);
        let needs_quotes = |byte: &u8| matches!(*byte, b'"' | b'\r' | b'\n') || *byte == delimiter;
        if !value.iter().any(needs_quotes) {
            file.extend_from_slice(&cell);
            return;
        }
        file.push(b'"');
        for byte in cell {
            if byte == b'"' {
                file.push(b'"');
            }
            file.push(byte);
        }
        file.push(b'"');
    }

    /// Writes a value in its form, without quotes. What is not what its column says stays as it is.
    #[inline]
    fn copy(self, value: &[u8], file: &mut Vec<u8>) {
        match self {
            Self::Verbatim => {}
            Self::Guarded => {
                if begins_formula(value) {
                    file.push(b'\'');
                }
            }
            Self::Seconds => {
                if value.get(WHOLE_SECONDS) == Some(&b'.') {
                    file.extend_from_slice(&value[..WHOLE_SECONDS]);
                    file.push(b'Z');
                    return;
                }
            }
            Self::Amount(mark) => {
                if let Some(point) = decimal_point(value) {
                    file.extend_from_slice(&value[..point]);
                    file.push(mark);
                    file.extend_from_slice(&value[point + 1..]);
                    return;
                }
            }
            Self::Time(times) => {
                if let Some(time) = times.of(value) {
                    file.extend_from_slice(&time);
                    return;
                }
            }
        }
        file.extend_from_slice(value);
    }
}

/// Whether a spreadsheet would run the text, in any locale: some take the full-width signs of East Asian writing for the
/// plain ones. Source: OWASP, CSV Injection.
fn begins_formula(value: &[u8]) -> bool {
    match value.first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => true,
        Some(0xef) => ["＝", "＋", "－", "＠"]
            .iter()
            .any(|sign| value.starts_with(sign.as_bytes())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::Scanner;

    fn written(format: Format, value: &str) -> String {
        written_in(Dialect::STANDARD, format, value)
    }

    fn written_in(dialect: Dialect, format: Format, value: &str) -> String {
        let json = serde_json::to_string(value).unwrap();
        let text = Scanner::new(json.as_bytes(), dialect.delimiter)
            .string()
            .unwrap();
        let mut file = Vec::new();
        Writer::new(format, dialect)
            .write(text, true, dialect.delimiter, &mut file)
            .unwrap();
        String::from_utf8(file).unwrap()
    }

    #[test]
    fn quotes_only_what_needs_it() {
        for (value, cell) in [
            ("plain", "plain"),
            ("with space", "with space"),
            ("Émile, 東京", "Émile, 東京"),
            ("a;b", "\"a;b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("back\rwards", "\"back\rwards\""),
            ("a\\b\tc", "a\\b\tc"),
            ("", ""),
        ] {
            assert_eq!(written(Format::Verbatim, value), cell);
        }
    }

    #[test]
    fn guards_text_that_a_spreadsheet_would_run() {
        for (value, cell) in [
            ("=1+1", "'=1+1"),
            ("+33 1", "'+33 1"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("\n=1", "\"'\n=1\""),
            ("＝1+1", "'＝1+1"),
            ("＠SUM(A1)", "'＠SUM(A1)"),
            ("ｆ=1", "ｆ=1"),
            ("=\"a;b\"", "\"'=\"\"a;b\"\"\""),
            ("'=1", "'=1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(written(Format::Guarded, value), cell);
        }
    }

    #[test]
    fn typed_columns_are_never_touched() {
        for format in [Format::Verbatim, Format::Amount, Format::Time] {
            for value in ["-5.00", "2026-01-31T23:59:59.999Z", "=1"] {
                assert_eq!(written(format, value), value);
            }
        }
    }

    #[test]
    fn an_amount_keeps_every_digit_whatever_its_decimal_mark() {
        for (value, cell) in [
            ("-1234.50", "-1234,50"),
            ("0.10", "0,10"),
            ("5", "5"),
            ("-0.000", "-0,000"),
            (
                "9999999999999999.0000000000001",
                "9999999999999999,0000000000001",
            ),
            ("", ""),
            // No plain decimals: nothing is known of their marks.
            ("1.2.3", "1.2.3"),
            ("1e3.5", "1e3.5"),
            ("5.", "5."),
            (".5", ".5"),
            ("-.5", "-.5"),
            ("n/a;", "\"n/a;\""),
        ] {
            assert_eq!(written_in(Dialect::FRENCH, Format::Amount, value), cell);
            assert_eq!(written_in(Dialect::ENGLISH, Format::Amount, value), value);
        }
    }

    #[test]
    fn a_time_has_the_order_of_the_language() {
        for (dialect, cell) in [
            (Dialect::STANDARD, "2026-01-31T23:59:59Z"),
            (Dialect::ENGLISH, "2026-01-31 23:59:59"),
            (Dialect::FRENCH, "31/01/2026 23:59:59"),
            (Dialect::GERMAN, "31.01.2026 23:59:59"),
            (Dialect::SPANISH, "31/01/2026 23:59:59"),
        ] {
            for value in ["2026-01-31T23:59:59.999Z", "2026-01-31T23:59:59Z"] {
                assert_eq!(written_in(dialect, Format::Seconds, value), cell);
            }
            let whole = "2026-01-31T23:59:59Z";
            assert_eq!(written_in(dialect, Format::Time, whole), cell);
        }
    }

    #[test]
    fn what_is_no_time_in_utc_stays_as_it_is() {
        for value in [
            "",
            "2026-01-31",
            "2026-01-31T23:59:59",
            "2026-01-31T23:59:59.Z",
            "2026-01-31T23:59:59+01:00",
            "2026-01-31T23:59:59.9x9Z",
            "2026-01-3aT23:59:59Z",
            "2026-01-31T23:59:5éZ",
        ] {
            for format in [Format::Seconds, Format::Time] {
                assert_eq!(written_in(Dialect::GERMAN, format, value), value);
            }
        }
    }

    #[test]
    fn a_cell_is_quoted_for_the_delimiter_of_its_dialect() {
        for (dialect, value, cell) in [
            (Dialect::ENGLISH, "a,b", "\"a,b\""),
            (Dialect::ENGLISH, "a;b", "a;b"),
            (Dialect::ENGLISH, "=\"a,b\"", "\"'=\"\"a,b\"\"\""),
            (Dialect::ENGLISH, "-1,5", "\"'-1,5\""),
            (Dialect::GERMAN, "a,b", "a,b"),
            (Dialect::GERMAN, "a;b", "\"a;b\""),
            (Dialect::GERMAN, "=a;b", "\"'=a;b\""),
        ] {
            assert_eq!(written_in(dialect, Format::Guarded, value), cell);
        }
    }

    #[test]
    fn of_a_time_the_file_shows_the_second() {
        for (value, cell) in [
            ("2026-01-31T23:59:59.999Z", "2026-01-31T23:59:59Z"),
            ("2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"),
            ("2026-01-31", "2026-01-31"),
            ("2026-01-31T23:59:5é", "2026-01-31T23:59:5é"),
        ] {
            assert_eq!(written(Format::Seconds, value), cell);
        }
    }
}
