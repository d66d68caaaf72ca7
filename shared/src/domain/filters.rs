//! What a request narrows its rows to.

use jiff::Timestamp;

use super::amount::Amount;

/// Most suppliers that one request may name.
pub const MOST_SUPPLIERS: usize = 100;

/// The filters of an export, valid for its dataset. One that is not set lets every row pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Inclusive.
    pub created_at_from: Option<Timestamp>,
    /// Inclusive, as the whole second that it names.
    pub created_at_to: Option<Timestamp>,
    pub statuses: Vec<String>,
    pub supplier_ids: Vec<String>,
    /// Inclusive.
    pub amount_min: Option<Amount>,
    /// Inclusive.
    pub amount_max: Option<Amount>,
    pub source_balance_account_type: Option<String>,
    pub target_balance_account_type: Option<String>,
    pub payment_methods: Vec<String>,
    /// The contact whose payouts are exported, by its own id and as the caller named it.
    pub contact: Option<Contact>,
}

/// A merchant's contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: String,
    /// The id or the external id, as the request had it.
    pub named: String,
}
