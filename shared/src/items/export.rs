//! An export's item in the table `exports`.
//!
//! The partition is tenant and type, the sort key the id: the history in order of time. The sort keys of the local
//! indexes put requester and status before the id, so that a list of one's own, or of a rare status, reads only what it
//! shows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    UnreadableItem,
    due::DueKind,
    file_format::{ProfileItem, compression_word, read_compression},
    filters::FiltersItem,
    read_id,
    schedule::ScheduledRunItem,
};
use crate::domain::{
    address::EmailAddress,
    dataset::Dataset,
    export::{ByUser, Content, Delivery, Export, File, Scope, State, Status},
    file_format::{FileFormat, Profile},
    id::ExportId,
    schedule::ScheduledRun,
};

/// After how long the reconciler looks again at an export whose message it has sent. If the queue is that long, another
/// message would not help.
pub const RESENT_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// How long the reconciler waits for the removal of an expiry marker before it expires the export itself. TTL takes up to
/// days. Readers see EXPIRED meanwhile, so this only limits how long the file stays.
pub const EXPIRY_GRACE: SignedDuration = SignedDuration::from_mins(10);

/// When a failed or cancelled export is cleaned up again: by then no attempt can still be running.
pub const CLEAN_UP_AFTER: SignedDuration = SignedDuration::from_mins(16);

/// After how long the reconciler looks at a new export, in case its message was never sent.
pub const UNSENT_AFTER: SignedDuration = SignedDuration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportItem {
    partition: String,
    sort: String,
    requester_sort: String,
    status_sort: String,
    requester_status_sort: String,
    tenant_id: String,
    tenant_name: String,
    requester_id: String,
    requester_email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supplier_scope: Option<String>,
    #[serde(default)]
    cc: Vec<String>,
    filters: FiltersItem,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compression: Option<String>,
    /// To the millisecond: it bounds the rows of the file.
    created_at: Timestamp,
    status: String,
    #[serde(default)]
    rows_written: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<FileItem>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ready_at: Option<i64>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    /// What the export waits for until the next attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting_for: Option<String>,
    /// Whether others of the tenant have to be made first. [`crate::aws::exports`] writes it.
    #[serde(default, skip_serializing)]
    waits_for_slot: bool,
    /// Grows with each attempt. [`crate::aws::exports`] sees to it.
    #[serde(default, skip_serializing)]
    fence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_of: Option<String>,
    /// The user who cancelled the export or deleted its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    /// When that was. Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resends: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduledRunItem>,
    /// When its file was fetched for the first time, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    downloaded_at: Option<i64>,
    /// What the reconciler has to do, and from when on (Unix seconds). Absent when nothing is left to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    /// Unix seconds.
    time_to_live: i64,
}

/// A complete file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileItem {
    key: String,
    rows: u64,
    size: u64,
    sha256: String,
    /// Of the text within a compressed file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uncompressed: Option<ContentItem>,
    totals: BTreeMap<String, String>,
    #[serde(default)]
    rows_not_in_totals: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ledger_complete_until: Option<Timestamp>,
    made_at: Timestamp,
}

/// Bytes, by their number and SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ContentItem {
    size: u64,
    sha256: String,
}

/// `{tenantId}#{type}`.
pub fn partition(tenant_id: &str, dataset: &Dataset) -> String {
    format!("{tenant_id}#{}", dataset.export_type)
}

/// The user who requested an export, and the role, in the form of the local indexes.
///
/// A user id has no `|`, so two pairs never have the same text.
pub fn requester(user_id: &str, scope: &Scope) -> String {
    match scope {
        Scope::Tenant => user_id.to_owned(),
        Scope::Supplier(supplier_id) => format!("{user_id}|{supplier_id}"),
    }
}

/// The sort keys of the local indexes, which change with the status.
pub struct StatusSorts {
    pub status: String,
    pub requester_status: String,
}

impl StatusSorts {
    pub fn of(export: &Export, status: Status) -> Self {
        Self {
            status: format!("{status}#{}", export.id),
            requester_status: format!(
                "{}#{status}#{}",
                requester(&export.requester_id, &export.scope),
                export.id
            ),
        }
    }
}

impl ExportItem {
    /// The item of a new export.
    pub fn new(export: &Export, history_lifetime: SignedDuration) -> Self {
        let status = Status::Pending;
        let sorts = StatusSorts::of(export, status);
        Self {
            partition: partition(&export.tenant_id, export.dataset()),
            sort: export.id.to_string(),
            requester_sort: format!(
                "{}#{}",
                requester(&export.requester_id, &export.scope),
                export.id
            ),
            status_sort: sorts.status,
            requester_status_sort: sorts.requester_status,
            tenant_id: export.tenant_id.clone(),
            tenant_name: export.tenant_name.clone(),
            requester_id: export.requester_id.clone(),
            requester_email: export.requester_email.to_string(),
            supplier_scope: match &export.scope {
                Scope::Tenant => None,
                Scope::Supplier(supplier_id) => Some(supplier_id.clone()),
            },
            cc: export.cc.iter().map(ToString::to_string).collect(),
            filters: FiltersItem::from(&export.filters),
            columns: export.format.columns.clone(),
            profile: export.format.profile.map(ProfileItem::from),
            compression: export.format.compression.map(compression_word),
            created_at: export.created_at,
            status: status.to_string(),
            rows_written: 0,
            file: None,
            ready_at: None,
            expires_at: None,
            failure_reason: None,
            waiting_for: None,
            waits_for_slot: false,
            fence: 0,
            retry_of: export.retry_of.as_ref().map(ToString::to_string),
            ended_by: None,
            ended_at: None,
            resends: Vec::new(),
            schedule: export.schedule.as_ref().map(ScheduledRunItem::from),
            downloaded_at: None,
            due_shard: Some(DueKind::Pending.shard(export.id.as_str())),
            due_at: Some((export.created_at + UNSENT_AFTER).as_second()),
            time_to_live: (export.created_at + history_lifetime).as_second(),
        }
    }
}

impl From<&File> for FileItem {
    fn from(file: &File) -> Self {
        Self {
            key: file.key.clone(),
            rows: file.rows,
            size: file.size,
            sha256: file.sha256.clone(),
            uncompressed: file.uncompressed.as_ref().map(|text| ContentItem {
                size: text.size,
                sha256: text.sha256.clone(),
            }),
            totals: file.totals.clone(),
            rows_not_in_totals: file.rows_not_in_totals,
            ledger_complete_until: file.ledger_complete_until,
            made_at: file.made_at,
        }
    }
}

impl TryFrom<ExportItem> for Export {
    type Error = UnreadableItem;

    fn try_from(item: ExportItem) -> Result<Self, UnreadableItem> {
        let unreadable = |what: &str| UnreadableItem(format!("{what} of export {}", item.sort));
        let address =
            |text: &String| EmailAddress::parse(text).map_err(|_| unreadable("an address"));
        let time =
            |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let file = item.file.clone().map(|file| File {
            key: file.key,
            rows: file.rows,
            size: file.size,
            sha256: file.sha256,
            uncompressed: file.uncompressed.map(|text| Content {
                size: text.size,
                sha256: text.sha256,
            }),
            totals: file.totals,
            rows_not_in_totals: file.rows_not_in_totals,
            ledger_complete_until: file.ledger_complete_until,
            made_at: file.made_at,
        });
        let delivery = match (file, time(item.ready_at), time(item.expires_at)) {
            (Some(file), Some(ready_at), Some(expires_at)) => Some(Delivery {
                file,
                ready_at,
                expires_at,
            }),
            _ => None,
        };
        let ended = match (&item.ended_by, time(item.ended_at)) {
            (Some(user_id), Some(at)) => Some(ByUser {
                user_id: user_id.clone(),
                at,
            }),
            _ => None,
        };
        let status: Status = item.status.parse().map_err(|_| unreadable("the status"))?;
        let state = match status {
            Status::Pending => State::Pending {
                is_begun: item.fence > 0 && !item.waits_for_slot,
                rows_written: item.rows_written,
                waiting_for: item.waiting_for.clone(),
                delivery,
            },
            Status::Ready => State::Ready(delivery.ok_or_else(|| unreadable("the file"))?),
            Status::Cancelled => {
                State::Cancelled(ended.ok_or_else(|| unreadable("who cancelled"))?)
            }
            Status::Expired => State::Expired {
                delivery: delivery.ok_or_else(|| unreadable("the file"))?,
                deleted: ended,
            },
            Status::Failed => State::Failed {
                reason: item
                    .failure_reason
                    .clone()
                    .ok_or_else(|| unreadable("the failure"))?,
            },
        };
        let id: ExportId = item.sort.parse().map_err(|_| unreadable("the id"))?;
        let filters = item.filters.read(id.dataset())?;
        Ok(Self {
            id,
            requester_email: address(&item.requester_email)?,
            cc: item.cc.iter().map(address).collect::<Result<_, _>>()?,
            state,
            tenant_id: item.tenant_id,
            tenant_name: item.tenant_name,
            requester_id: item.requester_id,
            scope: item.supplier_scope.map_or(Scope::Tenant, Scope::Supplier),
            filters,
            format: FileFormat {
                columns: item.columns,
                profile: item.profile.map(Profile::try_from).transpose()?,
                compression: item
                    .compression
                    .as_deref()
                    .map(read_compression)
                    .transpose()?,
            },
            created_at: item.created_at,
            schedule: item.schedule.map(ScheduledRun::try_from).transpose()?,
            retry_of: item.retry_of.as_deref().map(read_id).transpose()?,
            downloaded_at: time(item.downloaded_at),
            kept_until: Timestamp::from_second(item.time_to_live).ok(),
            resends: item
                .resends
                .iter()
                .map(|seconds| Timestamp::from_second(*seconds).map_err(|_| unreadable("a resend")))
                .collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::examples::{at, one_of, operator, pending, supplier},
        file_format::{Compression, Locale},
        filters::Filters,
        schedule::examples::daily,
    };

    const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

    fn stored(export: &Export) -> ExportItem {
        ExportItem::new(export, LIFETIME)
    }

    /// The export as it is read again: it says when it leaves the history, to the second.
    fn kept(export: &Export) -> Export {
        let leaves_at = (export.created_at + LIFETIME).as_second();
        Export {
            kept_until: Some(Timestamp::from_second(leaves_at).unwrap()),
            ..export.clone()
        }
    }

    #[test]
    fn an_export_comes_back_as_it_was_stored() {
        let filters = Filters {
            created_at_from: Some(at("2026-01-01T00:00:00Z")),
            amount_max: Some("10.50".parse().unwrap()),
            one_of: one_of(&[
                ("statuses", &["COMPLETED", "FAILED"]),
                ("sourceBalanceAccountType", &["MARKETPLACE"]),
            ]),
            ..Filters::default()
        };
        let export = Export::request(
            &supplier(),
            pending().dataset(),
            pending().cc,
            filters,
            at("2026-11-20T09:30:00.250Z"),
            [1; 10],
        );
        let item: ExportItem = serde_dynamo::from_item(
            serde_dynamo::to_item::<_, serde_dynamo::Item>(stored(&export)).unwrap(),
        )
        .unwrap();
        assert_eq!(Export::try_from(item).unwrap(), kept(&export));
    }

    #[test]
    fn an_export_keeps_its_format_and_an_older_item_has_none() {
        for profile in [Profile::Standard, Profile::Spreadsheet(Locale::French)] {
            let format = FileFormat {
                columns: Some(vec!["amount".to_owned(), "transferId".to_owned()]),
                profile: Some(profile),
                compression: Some(Compression::Gzip),
            };
            let export = Export {
                format,
                ..pending()
            };
            let item: serde_dynamo::Item = serde_dynamo::to_item(stored(&export)).unwrap();
            let read: ExportItem = serde_dynamo::from_item(item).unwrap();
            assert_eq!(Export::try_from(read).unwrap(), kept(&export));
            let mut item = serde_json::to_value(stored(&export)).unwrap();
            for name in ["columns", "profile", "compression"] {
                item.as_object_mut().unwrap().remove(name).unwrap();
            }
            let read: ExportItem = serde_json::from_value(item).unwrap();
            assert_eq!(Export::try_from(read).unwrap(), kept(&pending()));
        }
    }

    #[test]
    fn an_export_keeps_the_schedule_that_made_it() {
        let schedule = daily();
        let run = schedule.due(at("2026-11-21T06:00:00Z")).unwrap();
        let export = schedule.export(&operator(), &run, at("2026-11-21T06:00:00Z"), [1; 10]);
        let item: serde_dynamo::Item = serde_dynamo::to_item(stored(&export)).unwrap();
        let item: ExportItem = serde_dynamo::from_item(item).unwrap();
        assert_eq!(Export::try_from(item).unwrap(), kept(&export));
    }

    #[test]
    fn an_item_that_lacks_what_its_status_promises_is_refused() {
        let item = ExportItem {
            status: "READY".to_owned(),
            ..stored(&pending())
        };
        assert!(Export::try_from(item).is_err());
    }
}
