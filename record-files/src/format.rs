//! How a file is written.

use std::path::Path;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The form of a file's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header, then a record a row. `None`: the delimiter is told from the header.
    Csv { delimiter: Option<u8> },
    /// A JSON object a line.
    JsonLines,
}

impl Format {
    /// Tells the format from the file's name, or from its first bytes: JSON lines begin with a brace.
    pub fn of(name: &str, start: &[u8]) -> Self {
        let extension = Path::new(name)
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        if ["jsonl", "ndjson"].contains(&extension.to_ascii_lowercase().as_str()) {
            return Self::JsonLines;
        }
        let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
        if start.trim_ascii_start().starts_with(b"{") {
            Self::JsonLines
        } else {
            Self::Csv { delimiter: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_from_the_name_or_the_first_character() {
        let csv = Format::Csv { delimiter: None };
        assert_eq!(Format::of("a.JSONL", b"id"), Format::JsonLines);
        assert_eq!(Format::of("a.ndjson", b""), Format::JsonLines);
        assert_eq!(
            Format::of("a", b"\xEF\xBB\xBF \n{\"a\": 1}"),
            Format::JsonLines
        );
        assert_eq!(Format::of("a.csv", b"id,createdAt"), csv);
        assert_eq!(Format::of("a", b""), csv);
    }
}
