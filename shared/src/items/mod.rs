//! The items in DynamoDB, with their conversions to and from the domain's types.

pub mod api_key;
pub mod audit;
pub mod cc_domains;
pub mod download;
pub mod due;
pub mod expiry_marker;
pub mod export;
pub mod file_format;
pub mod filters;
pub mod idempotency;
pub mod ledger;
pub mod ledger_head;
pub mod link;
pub mod lock;
pub mod outbox;
pub mod schedule;
pub mod sending;
pub mod suppressed_address;
pub mod webhook;
pub mod webhook_delivery;
pub mod webhook_secret;

use crate::domain::{address::EmailAddress, id::ExportId};

/// An item that does not have the form in which this project writes it.
#[derive(Debug, thiserror::Error)]
#[error("an item of the table cannot be read: {0}")]
pub struct UnreadableItem(pub String);

fn read_id(text: &str) -> Result<ExportId, UnreadableItem> {
    text.parse()
        .map_err(|_| UnreadableItem(format!("the export id {text}")))
}

fn read_address(text: &str) -> Result<EmailAddress, UnreadableItem> {
    EmailAddress::parse(text).map_err(|_| UnreadableItem("an address".to_owned()))
}
