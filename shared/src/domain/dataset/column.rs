//! The columns of a file.

/// One column of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// In the file's header, and the attribute of the ledger's record.
    pub name: &'static str,
    pub kind: Kind,
    /// Whether every record has a value here.
    pub is_required: bool,
    /// Whether a supplier's file leaves the column out.
    pub is_operators_only: bool,
    /// Whether a value gets a leading `'` if a spreadsheet would take it for a formula: third parties can write it.
    pub is_guarded: bool,
}

/// What a column's values are, which the importer checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id that the platform gave: letters, digits and `_ - . :`, beginning with a letter or digit.
    Identifier,
    /// A word of the platform's own, such as a payment method; the same characters as an identifier.
    Code {
        /// Some of the words, for generated records.
        examples: &'static [&'static str],
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An RFC 3339 time.
    Time,
    Amount,
    /// Three capital letters, as ISO 4217 has them.
    Currency,
    /// A whole number from zero up.
    Count,
    /// The last four characters of an account number. Only these are kept.
    LastFour,
    /// Any text.
    Text,
}
