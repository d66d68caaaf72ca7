//! Links as callers see them.

use serde::Serialize;
use shared::domain::{link::Link, time::to_seconds};

/// All links of an export.
#[derive(Debug, Serialize)]
pub struct LinkList {
    pub items: Vec<LinkObject>,
}

/// One link. The token is not part of it: only its mail has that.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkObject {
    link_id: String,
    created_at: String,
    recipients: Vec<String>,
    sending_message_id: Option<String>,
    uses: u64,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

impl LinkObject {
    pub fn of(link: &Link) -> Self {
        Self {
            link_id: link.id.to_string(),
            created_at: to_seconds(link.created_at),
            recipients: link.recipients.iter().map(ToString::to_string).collect(),
            sending_message_id: link.message_id.clone(),
            uses: link.uses,
            last_used_at: link.last_used_at.map(to_seconds),
            revoked_at: link.revoked_at.map(to_seconds),
        }
    }
}
