//! The columns of a file.

/// One column, as every dataset declares its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// In the file's header, and the attribute of the ledger's record.
    pub name: &'static str,
    pub kind: Kind,
    /// Whether every record has a value here.
    pub is_required: bool,
    /// Left out of a supplier's file.
    pub is_operators_only: bool,
}

/// What a column's values are: how the importer checks them and whether the file guards them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id that the platform gave: letters, digits and `_ - . :`, beginning with a letter or digit.
    Identifier,
    /// A word of the platform's own, such as a payment method; the same characters as an identifier.
    Code,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An RFC 3339 time.
    Time,
    Amount,
    /// Three capital letters, as ISO 4217 has them.
    Currency,
    /// A whole number from zero up.
    Count,
    /// The last four characters of an account number, whatever was given.
    LastFour,
    /// Text that a third party can write: guarded against spreadsheets that would run it.
    Text,
}

impl Kind {
    /// Whether a value gets a leading `'` when a spreadsheet would take it for a formula.
    pub const fn is_guarded(self) -> bool {
        matches!(self, Kind::Text)
    }
}

impl Column {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            is_required: true,
            is_operators_only: false,
        }
    }

    pub const fn identifier(name: &'static str) -> Self {
        Self::new(name, Kind::Identifier)
    }

    pub const fn code(name: &'static str) -> Self {
        Self::new(name, Kind::Code)
    }

    pub const fn choice(name: &'static str, values: &'static [&'static str]) -> Self {
        Self::new(name, Kind::Choice(values))
    }

    pub const fn time(name: &'static str) -> Self {
        Self::new(name, Kind::Time)
    }

    pub const fn amount(name: &'static str) -> Self {
        Self::new(name, Kind::Amount)
    }

    pub const fn currency(name: &'static str) -> Self {
        Self::new(name, Kind::Currency)
    }

    pub const fn count(name: &'static str) -> Self {
        Self::new(name, Kind::Count)
    }

    pub const fn last_four(name: &'static str) -> Self {
        Self::new(name, Kind::LastFour)
    }

    pub const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    /// A record may have no value here.
    pub const fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    pub const fn operators_only(mut self) -> Self {
        self.is_operators_only = true;
        self
    }
}
