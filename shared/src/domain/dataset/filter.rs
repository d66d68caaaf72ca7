//! The filters of a dataset.

/// A filter that a request may set.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    /// In requests: `statuses`.
    pub name: &'static str,
    /// In mails.
    pub label: &'static str,
    pub test: FilterTest,
}

/// What a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterTest {
    CreatedAtFrom,
    CreatedAtTo,
    /// When the ledger received the record's last change.
    ChangedSince,
    AmountMin,
    AmountMax,
    /// The supplier whom a record belongs to, with a list.
    Suppliers,
    /// Another column, with a list or with a single value.
    OneOf {
        column: &'static str,
        is_list: bool,
    },
}

impl FilterTest {
    /// Whether a request may give more than one value.
    pub fn takes_a_list(self) -> bool {
        matches!(
            self,
            FilterTest::Suppliers | FilterTest::OneOf { is_list: true, .. }
        )
    }
}
