//! What DynamoDB holds, and the way to and from the domain's types.

pub mod api_key;
pub mod export;
pub mod filters;
pub mod ledger;
pub mod side;

/// An item that is not what the table's writers write.
#[derive(Debug, thiserror::Error)]
#[error("an item of the table cannot be read: {0}")]
pub struct UnreadableItem(pub String);
