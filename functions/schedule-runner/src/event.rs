//! What the function is called for.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use shared::{
    aws::scheduler::Call,
    domain::{schedule::ScheduleId, time},
};

/// How far this machine's clock may be behind the Scheduler's.
const CLOCKS_DIFFER_BY: SignedDuration = SignedDuration::from_mins(1);

/// What the function is called for.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A call of the Scheduler for one schedule.
    Call {
        tenant_id: String,
        id: ScheduleId,
        /// The version that the Scheduler knows.
        version: u64,
        now: Timestamp,
    },
    /// The clock's tick.
    Sweep,
}

impl Event {
    /// Reads an event that came at `now`. Whatever is no call is a tick.
    pub fn read(event: Value, now: Timestamp) -> Self {
        let Ok(call) = serde_json::from_value::<Call>(event) else {
            return Self::Sweep;
        };
        match call.schedule_id.parse() {
            Ok(id) => Self::Call {
                tenant_id: call.tenant_id,
                id,
                version: call.version,
                now: later(now, &call.scheduled_at),
            },
            Err(_) => Self::Sweep,
        }
    }
}

/// The present, or the time that the call is for if this machine's clock is a little behind: the run would not be due yet.
fn later(now: Timestamp, scheduled_at: &str) -> Timestamp {
    time::parse(scheduled_at)
        .filter(|scheduled| *scheduled > now && *scheduled <= now + CLOCKS_DIFFER_BY)
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        time::parse(text).unwrap()
    }

    fn now_of(scheduled_at: &str) -> Timestamp {
        let call = json!({"tenantId": "acme", "scheduleId": "sch_01kh0c8rm0e4t8v2zj6m3x9q5a", "version": 3,
            "scheduledAt": scheduled_at});
        match Event::read(call, at("2026-11-20T05:29:59Z")) {
            Event::Call {
                now, version: 3, ..
            } => now,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_clock_that_is_behind_does_not_lose_the_run() {
        assert_eq!(now_of("2026-11-20T05:30:00Z"), at("2026-11-20T05:30:00Z"));
        // A late call, a time that cannot be, and what a Scheduler says that does not know the time.
        for other in [
            "2026-11-20T05:00:00Z",
            "2026-12-20T05:30:00Z",
            "<aws.scheduler.scheduled-time>",
        ] {
            assert_eq!(now_of(other), at("2026-11-20T05:29:59Z"), "{other}");
        }
    }

    #[test]
    fn everything_else_is_a_tick() {
        for event in [
            json!({"source": "aws.events", "detail": {}}),
            json!({}),
            json!(null),
            json!({"tenantId": "acme", "scheduleId": "none", "version": 1, "scheduledAt": ""}),
        ] {
            assert_eq!(Event::read(event, at("2026-11-20T05:29:59Z")), Event::Sweep);
        }
    }
}
