//! The mails about an export.

use jiff::Timestamp;

use super::{address::EmailAddress, link::LinkId};

/// A mail that SES accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Of the link that it carries. `None` for a mail that was sent before links had ids.
    pub link_id: Option<LinkId>,
    pub sent_at: Timestamp,
    pub recipients: Vec<EmailAddress>,
    /// SES's own.
    pub message_id: String,
}
