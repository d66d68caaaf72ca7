//! What others are told about an export's life.

use jiff::Timestamp;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{
    export::{Export, Status},
    id::{ExportId, ulid},
    schedule::ScheduleId,
};

/// What happened to an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, IntoStaticStr, VariantArray)]
pub enum EventType {
    #[strum(serialize = "export.ready")]
    Ready,
    #[strum(serialize = "export.failed")]
    Failed,
    #[strum(serialize = "export.cancelled")]
    Cancelled,
    #[strum(serialize = "export.expired")]
    Expired,
    /// For the first time.
    #[strum(serialize = "export.downloaded")]
    Downloaded,
}

/// Something that happened to an export, once. It has ids and states, never rows, links or addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `evt_` and a ULID in lower case: the same however often the event is told.
    pub id: String,
    pub event_type: EventType,
    pub at: Timestamp,
    pub tenant_id: String,
    pub export_id: ExportId,
    /// The export's status since then.
    pub status: Status,
    pub requester_id: String,
    pub retry_of: Option<ExportId>,
    /// The schedule that made the export.
    pub schedule_id: Option<ScheduleId>,
}

impl Event {
    /// `random` holds 80 bits from the operating system's generator.
    pub fn of(export: &Export, event_type: EventType, at: Timestamp, random: [u8; 10]) -> Self {
        Self {
            id: new_id(at, random),
            event_type,
            at,
            tenant_id: export.tenant_id.clone(),
            export_id: export.id.clone(),
            status: event_type.status(),
            requester_id: export.requester_id.clone(),
            retry_of: export.retry_of.clone(),
            schedule_id: export.schedule.as_ref().map(|run| run.schedule_id.clone()),
        }
    }
}

/// An event's id, which sorts by time. `random` holds 80 bits from the operating system's generator.
pub fn new_id(at: Timestamp, random: [u8; 10]) -> String {
    format!("evt_{}", ulid(at, random))
}

impl EventType {
    fn status(self) -> Status {
        match self {
            EventType::Ready | EventType::Downloaded => Status::Ready,
            EventType::Failed => Status::Failed,
            EventType::Cancelled => Status::Cancelled,
            EventType::Expired => Status::Expired,
        }
    }
}
