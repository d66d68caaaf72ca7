//! Makes the runs that are due.
//!
//! The table says which run is due, and not the call: so a call that comes twice, late, or for an older version makes no export
//! too many, and the sweep makes what no call came for.

use jiff::Timestamp;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    acceptance::Acceptance,
    aws::{
        AwsError,
        exports::{Creation, ExportsTable},
        mailer::Mailer,
        scheduler::Scheduler,
        users::Users,
    },
    domain::{
        export::{Export, Status},
        schedule::{Activity, LastRun, Owner, Run, Schedule, ScheduleId},
        time,
    },
    logging::{note_export, note_schedule, of_event},
    random,
    scheduling::tell,
};
use tracing::info;

use crate::{event::Event, outcome::Outcome};

/// The clients of this function.
pub struct Runner {
    pub acceptance: Acceptance,
    pub scheduler: Scheduler,
    pub users: Users,
    pub mailer: Mailer,
}

impl Runner {
    pub async fn handle(&self, event: Value) -> Result<(), Error> {
        match Event::read(event, time::now()) {
            Event::Call {
                tenant_id,
                id,
                version,
                now,
            } => Ok(of_event(self.attend(&tenant_id, &id, Some(version), now)).await?),
            Event::Sweep => of_event(self.sweep(time::now())).await,
        }
    }

    /// Looks at each schedule whose run was not made in time, or of which the Scheduler may not know. If one fails, the others
    /// are looked at all the same.
    async fn sweep(&self, now: Timestamp) -> Result<&'static str, Error> {
        let mut failed = 0;
        for (tenant_id, id) in self.exports().due_schedules(now).await? {
            let attended = of_event(self.attend(&tenant_id, &id, None, now)).await;
            failed += usize::from(attended.is_err());
        }
        if failed == 0 {
            Ok("SWEPT")
        } else {
            Err(format!("{failed} schedules could not be looked at").into())
        }
    }

    /// Makes the run that is due, and lets the Scheduler know of the schedule as it is, unless it called for this `version`.
    async fn attend(
        &self,
        tenant_id: &str,
        id: &ScheduleId,
        version: Option<u64>,
        now: Timestamp,
    ) -> Result<&'static str, AwsError> {
        note_schedule(tenant_id, id);
        let Some(seen) = self.exports().find_schedule(tenant_id, id).await? else {
            self.scheduler.forget(id).await?;
            return Ok("GONE");
        };
        let outcome = self.run(seen, now).await?;
        if let Some(export_id) = outcome.export_id() {
            note_export(tenant_id, export_id);
        }
        let Some(schedule) = outcome.schedule() else {
            return Ok(outcome.name());
        };
        let is_known = version == Some(schedule.version) && schedule.is_active();
        if !is_known && let Err(cause) = tell(self.exports(), &self.scheduler, schedule).await {
            info!(
                outcome = outcome.name(),
                "the Scheduler cannot be told what was done"
            );
            return Err(cause);
        }
        Ok(outcome.name())
    }

    async fn run(&self, seen: Schedule, now: Timestamp) -> Result<Outcome, AwsError> {
        if let Activity::Stopped { at, is_told: false } = seen.activity {
            return self.tell_owner(seen, at, now).await;
        }
        let Some(run) = seen.due(now) else {
            return Ok(Outcome::Rests(seen));
        };
        if let Some(pending) = self.pending(&seen, now).await? {
            return Ok(Outcome::Waits(seen, pending.id));
        }
        let Owner {
            tenant_id, user_id, ..
        } = &seen.owner;
        let callers = self.users.callers(tenant_id, user_id, now).await?;
        let Some(owner) = callers.iter().find(|caller| seen.may_run_for(caller)) else {
            return self.stop(seen, now).await;
        };
        let export = seen.export(owner, &run, now, random::bytes());
        let after = after(&seen, &run, &export);
        match self.acceptance.accept_run(&export, &seen, &after).await? {
            Ok(Creation::Created) => Ok(Outcome::Made(after, export.id)),
            Ok(Creation::Blocked(id)) => Ok(Outcome::Waits(seen, id)),
            Ok(Creation::Repeated(_) | Creation::KeyReused) => Err(AwsError::unexpected(
                "TransactWriteItems",
                "a run has no idempotency key",
            )),
            Err(_) => Ok(Outcome::Superseded),
        }
    }

    /// The export of the last run, while it is pending. The lock of its user and type lasts an hour only.
    async fn pending(
        &self,
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<Option<Export>, AwsError> {
        let Some(last) = &schedule.last_run else {
            return Ok(None);
        };
        let tenant_id = &schedule.owner.tenant_id;
        let export = self.exports().find(tenant_id, &last.export_id).await?;
        Ok(export.filter(|export| export.status(now) == Status::Pending))
    }

    pub fn exports(&self) -> &ExportsTable {
        &self.acceptance.exports
    }
}

/// The schedule after a run.
fn after(seen: &Schedule, run: &Run, export: &Export) -> Schedule {
    let mut after = seen.clone();
    after.next_from = run.period.end;
    // Where its mails went last is where a mail about its end can go.
    after.owner.email = export.requester_email.clone();
    after.last_run = Some(LastRun {
        export_id: export.id.clone(),
        at: export.created_at,
        period: run.period.clone(),
    });
    after
}
