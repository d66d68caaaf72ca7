//! The dialect of the files: UTF-8, `;`, `\n`, quoted only where RFC 4180 needs it, and nothing that a spreadsheet
//! would run.

use std::borrow::Cow;

use super::dataset::{Column, Kind};

const DELIMITER: u8 = b';';

/// Writes the header row.
pub fn write_header<'a>(columns: impl IntoIterator<Item = &'a Column>, file: &mut Vec<u8>) {
    write_row(
        columns
            .into_iter()
            .map(|column| (Kind::Code, Cow::Borrowed(column.name))),
        file,
    );
}

/// Writes one row: each value with its column's kind. An absent value is an empty text.
pub fn write_row<'a>(values: impl IntoIterator<Item = (Kind, Cow<'a, str>)>, file: &mut Vec<u8>) {
    for (index, (kind, value)) in values.into_iter().enumerate() {
        if index > 0 {
            file.push(DELIMITER);
        }
        write_value(kind, &value, file);
    }
    file.push(b'\n');
}

fn write_value(kind: Kind, value: &str, file: &mut Vec<u8>) {
    let is_formula = kind.is_guarded() && begins_formula(value);
    let needs_quotes = value
        .bytes()
        .any(|byte| matches!(byte, DELIMITER | b'"' | b'\r' | b'\n'));
    if needs_quotes {
        file.push(b'"');
    }
    if is_formula {
        file.push(b'\'');
    }
    if needs_quotes {
        for byte in value.bytes() {
            if byte == b'"' {
                file.push(b'"');
            }
            file.push(byte);
        }
        file.push(b'"');
    } else {
        file.extend_from_slice(value.as_bytes());
    }
}

/// Whether a spreadsheet would run the text. Source: OWASP, CSV Injection.
fn begins_formula(text: &str) -> bool {
    matches!(
        text.as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(values: &[(Kind, &str)]) -> String {
        let mut file = Vec::new();
        write_row(
            values.iter().map(|&(kind, value)| (kind, value.into())),
            &mut file,
        );
        String::from_utf8(file).unwrap()
    }

    /// The values of a row as an ordinary reader sees them.
    fn read(row: &str) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(b';')
            .has_headers(false)
            .from_reader(row.as_bytes());
        let records: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
        assert_eq!(records.len(), 1);
        records[0].iter().map(str::to_owned).collect()
    }

    #[test]
    fn quotes_only_what_needs_it() {
        let values = [
            "plain",
            "with space",
            "Émile, 東京",
            "a;b",
            "say \"hi\"",
            "two\nlines",
            "back\rwards",
            "",
        ];
        assert_eq!(
            row(&values.map(|value| (Kind::Text, value))),
            "plain;with space;Émile, 東京;\"a;b\";\"say \"\"hi\"\"\";\"two\nlines\";\"back\rwards\";\n"
        );
    }

    #[test]
    fn guards_text_that_a_spreadsheet_would_run() {
        for (value, written) in [
            ("=1+1", "'=1+1\n"),
            ("+33 1", "'+33 1\n"),
            ("-5", "'-5\n"),
            ("@SUM(A1)", "'@SUM(A1)\n"),
            ("\tx", "'\tx\n"),
            ("\rx", "\"'\rx\"\n"),
            ("=\"a;b\"", "\"'=\"\"a;b\"\"\"\n"),
            ("'=1", "'=1\n"),
            ("a=1", "a=1\n"),
        ] {
            assert_eq!(row(&[(Kind::Text, value)]), written);
        }
    }

    #[test]
    fn typed_columns_are_never_touched() {
        for kind in [
            Kind::Identifier,
            Kind::Code,
            Kind::Choice(&[]),
            Kind::Time,
            Kind::Amount,
            Kind::Currency,
            Kind::Count,
            Kind::LastFour,
        ] {
            assert_eq!(row(&[(kind, "-5.00")]), "-5.00\n");
        }
    }

    proptest! {
        #[test]
        fn any_values_come_back_from_an_ordinary_reader(values in prop::collection::vec(any::<String>(), 2..20)) {
            let columns: Vec<_> = values.iter().map(|value| (Kind::Code, value.as_str())).collect();
            prop_assert_eq!(read(&row(&columns)), values);
        }

        #[test]
        fn no_text_is_read_as_a_formula(start in "[=+@\t\r'\"-]{0,2}", rest in any::<String>()) {
            let value = start + &rest;
            let values = read(&row(&[(Kind::Text, &value), (Kind::Text, "x")]));
            prop_assert!(!begins_formula(&values[0]));
            prop_assert_eq!(values[0].strip_prefix('\'').filter(|_| begins_formula(&value)).unwrap_or(&values[0]), value);
        }
    }
}
