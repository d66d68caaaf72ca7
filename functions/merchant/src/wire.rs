//! The answers of this API.

use jiff::Timestamp;
use serde::Serialize;
use shared::domain::{
    export::{Export, State, Status},
    id::ExportId,
};

/// The export object.
#[derive(Debug, Serialize)]
pub struct ExportObject {
    export_id: String,
    r#type: &'static str,
    format: &'static str,
    status: &'static str,
    filters: Filters,
    download_url: Option<String>,
    failure_message: Option<String>,
    /// Unix seconds.
    created_at: i64,
    requester_id: String,
    requester_email: String,
}

#[derive(Debug, Serialize)]
struct Filters {
    /// As it was sent: the contact's id or its external id.
    contact_id: String,
}

/// One page of a list. `next` and `previous` are the bodies to send for those pages.
#[derive(Debug, Serialize)]
pub struct Page {
    pub page: Vec<ExportObject>,
    pub next: Option<PageBody>,
    pub previous: Option<PageBody>,
}

/// A body of `list-exports`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct PageBody {
    per_page: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

impl PageBody {
    pub fn after(per_page: usize, last: &ExportId) -> Self {
        Self {
            per_page,
            after: Some(last.to_string()),
            before: None,
        }
    }

    pub fn before(per_page: usize, first: &ExportId) -> Self {
        Self {
            per_page,
            after: None,
            before: Some(first.to_string()),
        }
    }
}

impl ExportObject {
    /// The export as it is at `now`.
    pub fn of(export: &Export, now: Timestamp, download_url: Option<String>) -> Self {
        let contact = export.filters.contact.as_ref();
        Self {
            export_id: export.id.to_string(),
            r#type: "payout_by_contact",
            format: "csv",
            status: match export.status(now) {
                Status::Pending => "pending",
                Status::Ready => "completed",
                // The contract has four statuses.
                Status::Failed | Status::Cancelled => "failed",
                Status::Expired => "expired",
            },
            filters: Filters {
                contact_id: contact
                    .map(|contact| contact.named.clone())
                    .unwrap_or_default(),
            },
            download_url,
            failure_message: match &export.state {
                State::Failed { reason } => Some(reason.clone()),
                State::Cancelled(_) => Some("The export was cancelled.".to_owned()),
                State::Pending { .. } | State::Ready(_) | State::Expired { .. } => None,
            },
            created_at: export.created_at.as_second(),
            requester_id: export.requester_id.clone(),
            requester_email: export.requester_email.to_string(),
        }
    }
}
