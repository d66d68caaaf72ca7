//! What became of a schedule that was looked at.

use shared::domain::{id::ExportId, schedule::Schedule};

/// What became of a schedule, which is as this says now.
#[derive(Debug)]
pub enum Outcome {
    /// Its run was made: this is the export.
    Made(Schedule, ExportId),
    /// This export of its owner and type is still being made: the run is made after it.
    Waits(Schedule, ExportId),
    /// Nothing is due, or it does not run.
    Rests(Schedule),
    /// It has stopped, because no key of its owner may make its exports.
    Stopped(Schedule),
    /// It was run or changed by somebody else at the same moment.
    Superseded,
}

impl Outcome {
    pub fn schedule(&self) -> Option<&Schedule> {
        match self {
            Self::Made(schedule, _)
            | Self::Waits(schedule, _)
            | Self::Rests(schedule)
            | Self::Stopped(schedule) => Some(schedule),
            Self::Superseded => None,
        }
    }

    pub fn export_id(&self) -> Option<&ExportId> {
        match self {
            Self::Made(_, id) | Self::Waits(_, id) => Some(id),
            _ => None,
        }
    }

    /// For the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Made(..) => "MADE",
            Self::Waits(..) => "WAITS",
            Self::Rests(_) => "RESTS",
            Self::Stopped(_) => "STOPPED",
            Self::Superseded => "SUPERSEDED",
        }
    }
}
