//! What has happened to exports, and is not known yet to be told where it must be.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{audit::AuditItem, due::DueKind};
use crate::{
    domain::{audit::AuditEvent, event::Event, id::ExportId},
    wire::export_event::EventObject,
};

/// The beginning of every such item's partition.
pub const OUTBOX_PREFIX: &str = "outbox#";

/// After how long the reconciler tells it itself.
const UNTOLD_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Something to tell: on the bus, in the audit trail, or in both. It is written in the transaction that brings it about, so
/// that no crash can lose it, and deleted once it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxItem {
    partition: String,
    sort: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<EventObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audit: Option<AuditItem>,
    /// Absent in what an older release has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    /// Unix seconds.
    due_at: i64,
}

impl OutboxItem {
    /// What the bus is told. One item an event, under the event's tenant and export type.
    pub fn of(event: &Event) -> Self {
        Self {
            event: Some(EventObject::from(event)),
            ..Self::empty(&event.tenant_id, &event.export_id, &event.id, event.at)
        }
    }

    /// What the audit trail is told.
    pub fn of_audit(audit: &AuditEvent) -> Self {
        let empty = Self::empty(&audit.tenant_id, &audit.export_id, &audit.id, audit.at);
        empty.and(audit)
    }

    /// The same act for the audit trail too.
    pub fn and(self, audit: &AuditEvent) -> Self {
        Self {
            audit: Some(AuditItem::from(audit)),
            ..self
        }
    }

    fn empty(tenant_id: &str, export_id: &ExportId, id: &str, at: jiff::Timestamp) -> Self {
        let export_type = export_id.dataset().export_type;
        Self {
            partition: format!("{OUTBOX_PREFIX}{tenant_id}#{export_type}"),
            sort: id.to_owned(),
            event: None,
            audit: None,
            due_shard: Some(DueKind::Event.shard(id)),
            due_at: (at + UNTOLD_AFTER).as_second(),
        }
    }

    /// Whether the item is one of the outbox at all.
    pub fn is_of_outbox(&self) -> bool {
        self.partition.starts_with(OUTBOX_PREFIX)
    }

    /// The event as it goes to the bus.
    pub fn event(&self) -> Option<&EventObject> {
        self.event.as_ref()
    }

    /// The event as it goes to the audit trail.
    pub fn audit(&self) -> Option<&AuditItem> {
        self.audit.as_ref()
    }

    /// The item's key: partition and sort.
    pub fn key(&self) -> (&str, &str) {
        (&self.partition, &self.sort)
    }
}
