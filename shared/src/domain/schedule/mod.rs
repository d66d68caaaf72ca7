//! A schedule: exports that are made again and again, each of the period before.
//!
//! The periods of a schedule follow each other without a gap and without an overlap. How far they have been exported is one
//! instant, [`Schedule::next_from`], which moves with each run; so no period is exported twice, and what a run has missed is
//! in the next one.

mod id;
mod period;
mod when;

use jiff::Timestamp;

pub use id::{NotAScheduleId, ScheduleId};
pub use period::Period;
pub use when::{DayOfMonth, Every, Run, WeekDay, When};

use super::{
    address::EmailAddress,
    caller::{Act, Caller},
    dataset::{Dataset, Visibility},
    export::{Export, Scope},
    file_format::FileFormat,
    filters::Filters,
    id::ExportId,
};

/// Most schedules of a tenant.
pub const MOST_SCHEDULES: u32 = 50;

/// Most characters of a schedule's name.
pub const LONGEST_NAME: usize = 100;

/// Exports to make again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    pub id: ScheduleId,
    pub owner: Owner,
    /// For people: in the mails.
    pub name: String,
    pub dataset: &'static Dataset,
    /// Without bounds of time, which each run's period gives.
    pub filters: Filters,
    pub format: FileFormat,
    pub cc: Vec<EmailAddress>,
    pub when: When,
    pub activity: Activity,
    pub created_at: Timestamp,
    /// Where the next run's period begins: what is earlier was exported, or is not this schedule's.
    pub next_from: Timestamp,
    pub last_run: Option<LastRun>,
    /// Grows with each change that its owner makes.
    pub version: u64,
}

/// Who made a schedule, in which role: its exports are this user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub tenant_id: String,
    pub user_id: String,
    pub email: EmailAddress,
    pub scope: Scope,
}

/// Whether a schedule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    Active,
    /// By its owner.
    Paused,
    /// Because no key of its owner may make its exports any more.
    Stopped {
        at: Timestamp,
        /// Whether its owner was told by mail.
        is_told: bool,
    },
}

/// The last export that a schedule made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    pub export_id: ExportId,
    pub at: Timestamp,
    pub period: Period,
}

/// What an export knows of the schedule that made it, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledRun {
    pub schedule_id: ScheduleId,
    pub name: String,
    pub period: Period,
}

impl Owner {
    pub fn of(caller: &Caller) -> Self {
        Self {
            tenant_id: caller.tenant_id.clone(),
            user_id: caller.user_id.clone(),
            email: caller.email.clone(),
            scope: Scope::of(caller),
        }
    }

    fn is(&self, caller: &Caller) -> bool {
        self.tenant_id == caller.tenant_id
            && self.user_id == caller.user_id
            && self.scope == Scope::of(caller)
    }
}

impl Schedule {
    /// Whether this user made it in this role.
    pub fn is_owned_by(&self, caller: &Caller) -> bool {
        self.owner.is(caller)
    }

    /// Whether a caller sees it: whoever sees its exports.
    pub fn is_visible_to(&self, caller: &Caller) -> bool {
        match self.dataset.visibility {
            Visibility::Tenant => self.owner.tenant_id == caller.tenant_id,
            Visibility::Requester => self.is_owned_by(caller),
        }
    }

    /// Whether this user's key allows its runs.
    pub fn may_run_for(&self, caller: &Caller) -> bool {
        self.owner.is(caller) && caller.may(Act::Create, self.dataset)
    }

    pub fn is_active(&self) -> bool {
        self.activity == Activity::Active
    }

    /// Begins anew at `now`: the next run is the first, and exports its own period only.
    pub fn begin(&mut self, now: Timestamp) {
        if let Some(first) = self.when.runs_after(now).next() {
            self.next_from = first.period.start;
        }
    }

    /// Begins again at `now` after a pause: what was missed meanwhile is left out, and what was exported before is not
    /// exported a second time.
    pub fn resume(&mut self, now: Timestamp) {
        let exported_until = self.next_from;
        self.begin(now);
        self.next_from = self.next_from.max(exported_until);
    }

    /// The run that is due at `now`. If runs before it were missed, its period begins where the last exported one ended.
    pub fn due(&self, now: Timestamp) -> Option<Run> {
        let latest = self.when.latest_run(now)?;
        (self.is_active() && latest.period.end > self.next_from).then(|| self.with_missed(latest))
    }

    /// The runs to come, and before them the one that is due and not done yet. A paused schedule has none.
    pub fn next_runs(&self, now: Timestamp) -> impl Iterator<Item = Run> {
        let due = self.due(now);
        let is_due = due.is_some();
        // There is no end to the runs of a schedule, so nothing but this may end the list.
        let later = self.is_active().then(|| self.when.runs_after(now));
        let later = later
            .into_iter()
            .flatten()
            .skip_while(|run| run.period.end <= self.next_from)
            .enumerate()
            .map(move |(index, run)| match index {
                0 if !is_due => self.with_missed(run),
                _ => run,
            });
        due.into_iter().chain(later)
    }

    fn with_missed(&self, run: Run) -> Run {
        Run {
            period: run.period.from(self.next_from, &self.when.zone),
            ..run
        }
    }

    /// The export of a run: as if its owner had asked for it now, for the run's period.
    pub fn export(&self, owner: &Caller, run: &Run, now: Timestamp, random: [u8; 10]) -> Export {
        let filters = Filters {
            created_at_from: Some(run.period.start),
            created_at_to: Some(run.period.last_second()),
            ..self.filters.clone()
        };
        let cc = super::address::distinct_cc(&owner.email, self.cc.clone());
        Export {
            format: self.format.clone(),
            schedule: Some(ScheduledRun {
                schedule_id: self.id.clone(),
                name: self.name.clone(),
                period: run.period.clone(),
            }),
            ..Export::request(owner, self.dataset, cc, filters, now, random)
        }
    }
}

#[cfg(test)]
pub mod examples {
    //! Schedules to test with.

    pub use super::period::examples::october;
    use super::*;
    use crate::domain::{
        dataset::FUNDING_TRANSFERS,
        export::examples::{at, operator},
    };

    /// Yesterday's funding transfers at 06:30 in Paris, from 20 November 2026 on.
    pub fn daily() -> Schedule {
        let created_at = at("2026-11-20T09:30:00Z");
        let mut schedule = Schedule {
            id: ScheduleId::new(created_at, [7; 10]),
            owner: Owner::of(&operator()),
            name: "Morning file".to_owned(),
            dataset: &FUNDING_TRANSFERS,
            filters: Filters::default(),
            format: FileFormat::default(),
            cc: vec![EmailAddress::parse("finance@northwind.example").unwrap()],
            when: when::examples::in_zone(Every::Day, "06:30", "Europe/Paris"),
            activity: Activity::Active,
            created_at,
            next_from: created_at,
            last_run: None,
            version: 1,
        };
        schedule.begin(created_at);
        schedule
    }
}

#[cfg(test)]
mod tests {
    use super::{examples::daily, *};
    use crate::domain::{
        export::examples::{at, operator, supplier},
        time::to_seconds,
    };

    fn shown(run: &Run) -> String {
        let Run { at, period } = run;
        let last = to_seconds(period.last_second());
        format!("{}: {} {last}", to_seconds(*at), to_seconds(period.start))
    }

    /// The schedule after its run at `now`.
    fn run(schedule: &Schedule, now: &str) -> Schedule {
        let due = schedule.due(at(now)).expect("a run is due");
        Schedule {
            next_from: due.period.end,
            ..schedule.clone()
        }
    }

    #[test]
    fn the_first_run_is_the_next_one_and_each_is_due_once() {
        let schedule = daily();
        assert_eq!(schedule.due(at("2026-11-20T09:30:00Z")), None);
        assert_eq!(schedule.due(at("2026-11-21T05:29:59Z")), None);
        let due = schedule.due(at("2026-11-21T05:30:00Z")).unwrap();
        assert_eq!(
            shown(&due),
            "2026-11-21T05:30:00Z: 2026-11-19T23:00:00Z 2026-11-20T22:59:59Z"
        );
        let schedule = run(&schedule, "2026-11-21T05:30:00Z");
        assert_eq!(schedule.due(at("2026-11-21T05:30:00Z")), None);
        assert_eq!(schedule.due(at("2026-11-22T05:29:59Z")), None);
        assert!(schedule.due(at("2026-11-22T05:30:00Z")).is_some());
    }

    #[test]
    fn what_was_missed_is_in_one_export_with_what_is_due() {
        let schedule = run(&daily(), "2026-11-21T05:31:00Z");
        let due = schedule.due(at("2026-11-24T12:00:00Z")).unwrap();
        assert_eq!(
            shown(&due),
            "2026-11-24T05:30:00Z: 2026-11-20T23:00:00Z 2026-11-23T22:59:59Z"
        );
        let schedule = run(&schedule, "2026-11-24T12:00:00Z");
        assert_eq!(schedule.due(at("2026-11-24T12:00:00Z")), None);
    }

    #[test]
    fn a_first_run_that_was_missed_is_made_up_for_as_well() {
        let due = daily().due(at("2026-11-22T06:00:00Z")).unwrap();
        assert_eq!(
            shown(&due),
            "2026-11-22T05:30:00Z: 2026-11-19T23:00:00Z 2026-11-21T22:59:59Z"
        );
    }

    #[test]
    fn what_a_pause_left_out_is_not_made_up_for() {
        let mut schedule = run(&daily(), "2026-11-21T05:31:00Z");
        schedule.activity = Activity::Paused;
        assert_eq!(schedule.due(at("2026-11-25T12:00:00Z")), None);
        assert_eq!(schedule.next_runs(at("2026-11-25T12:00:00Z")).count(), 0);
        schedule.activity = Activity::Active;
        schedule.resume(at("2026-11-25T12:00:00Z"));
        assert_eq!(schedule.due(at("2026-11-25T12:00:00Z")), None);
        let next = schedule
            .next_runs(at("2026-11-25T12:00:00Z"))
            .next()
            .unwrap();
        assert_eq!(
            shown(&next),
            "2026-11-26T05:30:00Z: 2026-11-24T23:00:00Z 2026-11-25T22:59:59Z"
        );
    }

    #[test]
    fn a_short_pause_exports_nothing_a_second_time() {
        let mut schedule = run(&daily(), "2026-11-21T05:31:00Z");
        // Later the same day, with another time that is still to come.
        schedule.when.at = jiff::civil::time(20, 0, 0, 0);
        schedule.resume(at("2026-11-21T12:00:00Z"));
        assert_eq!(schedule.due(at("2026-11-21T20:00:00Z")), None);
        let next = schedule
            .next_runs(at("2026-11-21T12:00:00Z"))
            .next()
            .unwrap();
        assert_eq!(
            shown(&next),
            "2026-11-22T19:00:00Z: 2026-11-20T23:00:00Z 2026-11-21T22:59:59Z"
        );
    }

    #[test]
    fn the_next_runs_begin_with_the_one_that_is_due() {
        let schedule = daily();
        let runs = |now: &str| -> Vec<_> {
            let runs = schedule.next_runs(at(now)).take(2);
            runs.map(|run| shown(&run)).collect()
        };
        assert_eq!(
            runs("2026-11-23T05:30:00Z"),
            [
                "2026-11-23T05:30:00Z: 2026-11-19T23:00:00Z 2026-11-22T22:59:59Z",
                "2026-11-24T05:30:00Z: 2026-11-22T23:00:00Z 2026-11-23T22:59:59Z",
            ]
        );
        assert_eq!(
            runs("2026-11-20T09:30:00Z"),
            [
                "2026-11-21T05:30:00Z: 2026-11-19T23:00:00Z 2026-11-20T22:59:59Z",
                "2026-11-22T05:30:00Z: 2026-11-20T23:00:00Z 2026-11-21T22:59:59Z",
            ]
        );
    }

    #[test]
    fn a_run_exports_its_period_for_its_owner() {
        let schedule = daily();
        let run = schedule.due(at("2026-11-21T05:30:00Z")).unwrap();
        let export = schedule.export(&operator(), &run, at("2026-11-21T05:30:02Z"), [1; 10]);
        assert!(export.is_launched_by(&operator()));
        assert_eq!(
            export.filters.created_at_from,
            Some(at("2026-11-19T23:00:00Z"))
        );
        assert_eq!(
            export.filters.created_at_to,
            Some(at("2026-11-20T22:59:59Z"))
        );
        assert_eq!(export.cc, schedule.cc);
        assert_eq!(export.schedule.unwrap().period, run.period);
    }

    #[test]
    fn only_a_key_of_its_owner_in_its_role_and_with_its_permission_runs_it() {
        let schedule = daily();
        assert!(schedule.may_run_for(&operator()));
        let others = [
            supplier(),
            Caller {
                role: supplier().role,
                ..operator()
            },
            Caller {
                permissions: vec!["funding-transfers:read".to_owned()],
                ..operator()
            },
            Caller {
                tenant_id: "harbour-goods".to_owned(),
                ..operator()
            },
        ];
        assert!(others.iter().all(|caller| !schedule.may_run_for(caller)));
    }
}
