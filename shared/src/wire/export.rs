//! An export as callers see it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::manifest::Manifest;
use crate::domain::{
    amount::Amount,
    export::{Export, State},
    filters::Filters,
    time::to_seconds,
};

/// The export object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportObject {
    export_id: String,
    r#type: &'static str,
    status: &'static str,
    created_at: String,
    recipients: Vec<String>,
    filters: FiltersObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Manifest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    #[serde(flatten)]
    download: Option<Download>,
}

/// Where a READY export's file can be fetched now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Download {
    download_url: String,
    download_url_expires_at: String,
}

/// One page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportList {
    pub items: Vec<ExportObject>,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    rows_written: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FiltersObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_to: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supplier_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_min: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_max: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_balance_account_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_balance_account_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payment_methods: Vec<String>,
    /// As the merchant API's callers named it; no other export has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
}

impl ExportObject {
    /// The export as it is at `now`.
    pub fn of(export: &Export, now: Timestamp) -> Self {
        let (progress, delivery, failure_reason) = match &export.state {
            State::Pending { rows_written, .. } => (
                Some(Progress {
                    rows_written: *rows_written,
                }),
                None,
                None,
            ),
            State::Ready(delivery) | State::Expired(delivery) => (None, Some(delivery), None),
            State::Failed { reason } => (None, None, Some(reason.clone())),
        };
        Self {
            export_id: export.id.to_string(),
            r#type: export.dataset().export_type,
            status: export.status(now).into(),
            created_at: to_seconds(export.created_at),
            recipients: export.recipients().map(ToString::to_string).collect(),
            filters: FiltersObject::from(&export.filters),
            progress,
            row_count: delivery.map(|delivery| delivery.file.rows),
            file_size: delivery.map(|delivery| delivery.file.size),
            ready_at: delivery.map(|delivery| to_seconds(delivery.ready_at)),
            expires_at: delivery.map(|delivery| to_seconds(delivery.expires_at)),
            manifest: delivery.map(|delivery| Manifest::of(export, &delivery.file)),
            failure_reason,
            download: None,
        }
    }

    /// Adds where the file can be fetched until `expires_at`.
    pub fn with_download(mut self, url: String, expires_at: Timestamp) -> Self {
        self.download = Some(Download {
            download_url: url,
            download_url_expires_at: to_seconds(expires_at),
        });
        self
    }
}

impl From<&Filters> for FiltersObject {
    fn from(filters: &Filters) -> Self {
        Self {
            created_at_from: filters.created_at_from.map(to_seconds),
            created_at_to: filters.created_at_to.map(to_seconds),
            statuses: filters.statuses.clone(),
            supplier_ids: filters.supplier_ids.clone(),
            amount_min: filters.amount_min.map(number),
            amount_max: filters.amount_max.map(number),
            source_balance_account_type: filters.source_balance_account_type.clone(),
            target_balance_account_type: filters.target_balance_account_type.clone(),
            payment_methods: filters.payment_methods.clone(),
            contact_id: filters
                .contact
                .as_ref()
                .map(|contact| contact.named.clone()),
        }
    }
}

/// A JSON number with the amount's own digits.
fn number(amount: Amount) -> Box<RawValue> {
    RawValue::from_string(amount.to_string()).expect("a plain decimal is a JSON number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::{at, pending, ready};

    fn shown(export: &Export, now: &str) -> String {
        serde_json::to_string_pretty(&ExportObject::of(export, at(now))).unwrap()
    }

    #[test]
    fn a_pending_export_shows_its_progress() {
        let filters = Filters {
            created_at_to: Some(at("2026-03-31T23:59:59Z")),
            statuses: vec!["FAILED".to_owned()],
            amount_min: Some("0.10".parse().unwrap()),
            ..Filters::default()
        };
        insta::assert_snapshot!(shown(
            &Export {
                filters,
                ..pending()
            },
            "2026-11-20T09:30:01Z"
        ));
    }

    #[test]
    fn a_ready_export_shows_its_file() {
        let object = ExportObject::of(&ready(), at("2026-11-20T09:31:00Z")).with_download(
            "https://bucket.example/file?X-Amz-Signature=1".to_owned(),
            at("2026-11-20T09:36:00Z"),
        );
        insta::assert_snapshot!(serde_json::to_string_pretty(&object).unwrap());
    }

    #[test]
    fn an_expired_export_says_so_whatever_is_stored() {
        assert!(shown(&ready(), "2026-11-27T09:30:05Z").contains(r#""status": "EXPIRED""#));
    }

    #[test]
    fn a_failed_export_shows_its_reason() {
        let state = State::Failed {
            reason: "The email could not be delivered.".to_owned(),
        };
        insta::assert_snapshot!(shown(
            &Export { state, ..pending() },
            "2026-11-20T09:30:01Z"
        ));
    }
}
