//! A schedule as callers see it.

use jiff::Timestamp;
use serde::Serialize;

use super::{export::FiltersObject, file_format::ProfileObject, when::WhenObject};
use crate::domain::{
    schedule::{Activity, LastRun, Period, Run, Schedule},
    time::to_seconds,
};

/// How many of its next runs a schedule shows.
const SHOWN_RUNS: usize = 5;

const STOPPED: &str = "No key of the user who made this schedule may make its exports any more.";

/// The schedule object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleObject {
    schedule_id: String,
    name: String,
    dataset: &'static str,
    filters: FiltersObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
    cc: Vec<String>,
    when: WhenObject,
    paused: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_reason: Option<&'static str>,
    created_at: String,
    next_runs: Vec<RunObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run: Option<LastRunObject>,
}

/// Every schedule of a tenant that the caller sees.
#[derive(Debug, Serialize)]
pub struct ScheduleList {
    pub items: Vec<ScheduleObject>,
}

/// What a run exports.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodObject {
    from: String,
    to: String,
    first_day: String,
    last_day: String,
    time_zone: String,
}

#[derive(Debug, Serialize)]
struct RunObject {
    at: String,
    period: PeriodObject,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LastRunObject {
    export_id: String,
    at: String,
    period: PeriodObject,
}

impl ScheduleObject {
    /// The schedule as it is at `now`.
    pub fn of(schedule: &Schedule, now: Timestamp) -> Self {
        let is_stopped = matches!(schedule.activity, Activity::Stopped { .. });
        Self {
            schedule_id: schedule.id.to_string(),
            name: schedule.name.clone(),
            dataset: schedule.dataset.slug,
            filters: FiltersObject::of_dataset(&schedule.filters, schedule.dataset),
            columns: schedule.format.columns.clone(),
            profile: schedule.format.profile.map(ProfileObject::from),
            compression: schedule.format.compression.map(Into::into),
            cc: schedule.cc.iter().map(ToString::to_string).collect(),
            when: WhenObject::from(&schedule.when),
            paused: !schedule.is_active(),
            paused_reason: is_stopped.then_some(STOPPED),
            created_at: to_seconds(schedule.created_at),
            next_runs: schedule
                .next_runs(now)
                .take(SHOWN_RUNS)
                .map(RunObject::from)
                .collect(),
            last_run: schedule.last_run.as_ref().map(LastRunObject::from),
        }
    }
}

impl From<&Period> for PeriodObject {
    fn from(period: &Period) -> Self {
        Self {
            from: to_seconds(period.start),
            to: to_seconds(period.last_second()),
            first_day: period.first_day.to_string(),
            last_day: period.last_day.to_string(),
            time_zone: period.time_zone.clone(),
        }
    }
}

impl From<Run> for RunObject {
    fn from(run: Run) -> Self {
        Self {
            at: to_seconds(run.at),
            period: PeriodObject::from(&run.period),
        }
    }
}

impl From<&LastRun> for LastRunObject {
    fn from(run: &LastRun) -> Self {
        Self {
            export_id: run.export_id.to_string(),
            at: to_seconds(run.at),
            period: PeriodObject::from(&run.period),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::examples::{at, pending},
        schedule::examples::daily,
    };

    fn shown(schedule: &Schedule, now: &str) -> String {
        serde_json::to_string_pretty(&ScheduleObject::of(schedule, at(now))).unwrap()
    }

    #[test]
    fn a_schedule_shows_its_next_runs_and_its_last_one() {
        let mut schedule = daily();
        let run = schedule.due(at("2026-11-21T05:30:00Z")).unwrap();
        schedule.next_from = run.period.end;
        schedule.last_run = Some(LastRun {
            export_id: pending().id,
            at: at("2026-11-21T05:30:02Z"),
            period: run.period,
        });
        insta::assert_snapshot!(shown(&schedule, "2026-11-21T12:00:00Z"));
    }

    #[test]
    fn a_stopped_schedule_says_why_and_has_no_next_runs() {
        let activity = Activity::Stopped {
            at: at("2026-11-21T05:30:00Z"),
            is_told: true,
        };
        let schedule = Schedule {
            activity,
            ..daily()
        };
        insta::assert_snapshot!(shown(&schedule, "2026-11-21T12:00:00Z"));
    }
}
