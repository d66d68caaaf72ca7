//! Events that are recorded, and not known to be on the bus yet.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{domain::event::Event, wire::export_event::EventObject};

/// The beginning of every such item's partition.
pub const OUTBOX_PREFIX: &str = "outbox#";

/// What the reconciler has to do with such an item, in the index of what is due.
pub const EVENT: &str = "EVENT";

/// After how long the reconciler publishes an event itself.
const UNPUBLISHED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// An event to publish. It is written in the transaction that brings the event about, so that no crash can lose it, and
/// deleted once it is on the bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxItem {
    partition: String,
    sort: String,
    event: EventObject,
    due_kind: String,
    /// Unix seconds.
    due_at: i64,
}

impl OutboxItem {
    /// One item an event, under the event's tenant and export type.
    pub fn of(event: &Event) -> Self {
        Self {
            partition: format!(
                "{OUTBOX_PREFIX}{}#{}",
                event.tenant_id,
                event.export_id.dataset().export_type
            ),
            sort: event.id.clone(),
            event: EventObject::from(event),
            due_kind: EVENT.to_owned(),
            due_at: (event.at + UNPUBLISHED_AFTER).as_second(),
        }
    }

    /// Whether the item is one of the outbox at all.
    pub fn is_event(&self) -> bool {
        self.partition.starts_with(OUTBOX_PREFIX)
    }

    /// The event as it goes to the bus.
    pub fn event(&self) -> &EventObject {
        &self.event
    }

    /// The item's key: partition and sort.
    pub fn key(&self) -> (&str, &str) {
        (&self.partition, &self.sort)
    }
}
