//! The dialect of the files: UTF-8, `;`, `\n`, quoted only where RFC 4180 needs it, and nothing that a spreadsheet
//! would run.

use crate::scanner::Text;

pub const DELIMITER: u8 = b';';

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
    /// An RFC 3339 time in UTC, cut to the second.
    Seconds,
}

/// The first row of a file.
pub fn header(columns: &[Column]) -> Vec<u8> {
    let names: Vec<_> = columns.iter().map(|column| column.name).collect();
    (names.join(";") + "\n").into_bytes()
}

/// Writes a value, or fails with what is wrong with it. Most values are copied as they are: a text of JSON without an
/// escape has no quote, and in a page that `is_plain` it has no line break.
#[inline]
pub fn write(
    format: Format,
    text: Text<'_>,
    is_plain: bool,
    file: &mut Vec<u8>,
) -> Result<(), &'static str> {
    if is_plain && !text.is_escaped && !text.has_delimiter {
        let (before, value, after) = formatted(format, text.raw);
        file.extend_from_slice(before);
        file.extend_from_slice(value);
        file.extend_from_slice(after);
    } else {
        write_with_care(format, &text.unescaped()?, file);
    }
    Ok(())
}

#[cold]
fn write_with_care(format: Format, value: &[u8], file: &mut Vec<u8>) {
    let (before, value, after) = formatted(format, value);
    let needs_quotes = value
        .iter()
        .any(|byte| matches!(*byte, DELIMITER | b'"' | b'\r' | b'\n'));
    if needs_quotes {
        file.push(b'"');
    }
    file.extend_from_slice(before);
    for &byte in value {
        if byte == b'"' {
            file.push(b'"');
        }
        file.push(byte);
    }
    file.extend_from_slice(after);
    if needs_quotes {
        file.push(b'"');
    }
}

/// What to write before the value, what of the value, and what after it.
#[inline]
fn formatted(format: Format, value: &[u8]) -> (&'static [u8], &[u8], &'static [u8]) {
    match format {
        Format::Guarded if begins_formula(value) => (b"'", value, b""),
        Format::Seconds if value.get(WHOLE_SECONDS) == Some(&b'.') => {
            (b"", &value[..WHOLE_SECONDS], b"Z")
        }
        _ => (b"", value, b""),
    }
}

/// Whether a spreadsheet would run the text. Source: OWASP, CSV Injection.
fn begins_formula(value: &[u8]) -> bool {
    matches!(
        value.first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::Scanner;

    fn written(format: Format, value: &str) -> String {
        let json = serde_json::to_string(value).unwrap();
        let text = Scanner::new(json.as_bytes()).string().unwrap();
        let mut file = Vec::new();
        write(format, text, true, &mut file).unwrap();
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
            ("=\"a;b\"", "\"'=\"\"a;b\"\"\""),
            ("'=1", "'=1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(written(Format::Guarded, value), cell);
        }
    }

    #[test]
    fn typed_columns_are_never_touched() {
        assert_eq!(written(Format::Verbatim, "-5.00"), "-5.00");
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
