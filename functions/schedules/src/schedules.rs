//! `/v1/schedules` and `/v1/schedules/{scheduleId}`.

use http::{StatusCode, header};
use shared::{
    aws::{exports::ExportsTable, scheduler::Scheduler},
    copies,
    domain::{
        address::distinct_cc,
        caller::{Act, Caller},
        schedule::{Activity, Owner, Schedule, ScheduleId},
        time,
    },
    http::{Answer, Request, require},
    items::schedule::UNTOLD_AFTER,
    random,
    scheduling::tell,
    wire::{
        problem::Problem,
        schedule::{ScheduleList, ScheduleObject},
        schedule_request::{NewSchedule, ScheduleChange, dataset_of},
    },
};
use tracing::error;

use crate::route::Route;

const TOO_MANY: &str = "A tenant may have 50 schedules. Delete one that is no longer needed.";

/// How often a change is tried again that met another one.
const MOST_TRIES: usize = 5;

/// The clients of this function.
pub struct Schedules {
    pub exports: ExportsTable,
    pub scheduler: Scheduler,
}

impl Schedules {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        let route = Route::of(&request.method, &request.path)
            .ok_or(Problem::NotFound("There is nothing at this path."))?;
        match route {
            Route::Create => self.create(caller, request.json_body()?).await,
            Route::List => self.list(caller).await,
            Route::Show(id) => self.show(caller, id).await,
            Route::Change(id) => self.change(caller, id, request.json_body()?).await,
            Route::Delete(id) => self.delete(caller, id).await,
        }
    }

    async fn create(&self, caller: &Caller, body: &[u8]) -> Result<Answer, Problem> {
        if let Some(dataset) = dataset_of(body) {
            require(caller, Act::Create, dataset)?;
        }
        let new = NewSchedule::parse(body, caller).map_err(Problem::InvalidRequest)?;
        copies::require_domains(&self.exports, caller, &new.cc).await?;
        let now = time::now();
        let mut schedule = Schedule {
            id: ScheduleId::new(now, random::bytes()),
            owner: Owner::of(caller),
            name: new.name,
            dataset: new.dataset,
            filters: new.filters,
            format: new.format,
            cc: distinct_cc(&caller.email, new.cc),
            when: new.when,
            activity: Activity::Active,
            created_at: now,
            next_from: now,
            last_run: None,
            version: 1,
        };
        schedule.begin(now);
        self.exports
            .create_schedule(&schedule, now + UNTOLD_AFTER)
            .await?
            .map_err(|_| Problem::LimitReached(TOO_MANY))?;
        self.tell(&schedule).await;
        // Relative to the request's own URL, as of exports.
        let location = format!("schedules/{}", schedule.id);
        let object = ScheduleObject::of(&schedule, now);
        Ok(Answer::json(StatusCode::CREATED, &object)?.with_header(header::LOCATION, location))
    }

    async fn list(&self, caller: &Caller) -> Result<Answer, Problem> {
        let now = time::now();
        let mut schedules = self.exports.schedules(&caller.tenant_id).await?;
        schedules.retain(|schedule| {
            caller.may(Act::Read, schedule.dataset) && schedule.is_visible_to(caller)
        });
        let shown = schedules
            .iter()
            .map(|schedule| ScheduleObject::of(schedule, now));
        let items = shown.collect();
        Answer::json(StatusCode::OK, &ScheduleList { items })
    }

    async fn show(&self, caller: &Caller, id: Option<ScheduleId>) -> Result<Answer, Problem> {
        let schedule = self.find(caller, id.as_ref(), Act::Read).await?;
        if !schedule.is_visible_to(caller) {
            return Err(of_another_user());
        }
        let object = ScheduleObject::of(&schedule, time::now());
        Answer::json(StatusCode::OK, &object)
    }

    /// Changes a schedule. If it is changed or run at the same moment, the change is made to what it is then.
    async fn change(
        &self,
        caller: &Caller,
        id: Option<ScheduleId>,
        body: &[u8],
    ) -> Result<Answer, Problem> {
        for _ in 0..MOST_TRIES {
            let seen = self.find_own(caller, id.as_ref()).await?;
            let change = ScheduleChange::parse(body, caller, seen.dataset)
                .map_err(Problem::InvalidRequest)?;
            let cc = change.cc.as_deref().unwrap_or_default();
            copies::require_domains(&self.exports, caller, cc).await?;
            let now = time::now();
            let after = change.applied_to(&seen, &caller.email, now);
            let due_at = Some(now + UNTOLD_AFTER);
            let replaced = self.exports.replace_schedule(&seen, &after, due_at).await?;
            if replaced.is_ok() {
                self.tell(&after).await;
                return Answer::json(StatusCode::OK, &ScheduleObject::of(&after, now));
            }
        }
        Err(Problem::TooManyRequests { retry_after: 1 })
    }

    /// The item goes first: a call of the Scheduler for a schedule that is gone does nothing but remove itself.
    async fn delete(&self, caller: &Caller, id: Option<ScheduleId>) -> Result<Answer, Problem> {
        let schedule = self.find_own(caller, id.as_ref()).await?;
        let deleted = self.exports.delete_schedule(&schedule).await?;
        deleted.map_err(|_| not_found())?;
        if let Err(cause) = self.scheduler.forget(&schedule.id).await {
            error!(%cause, scheduleId = %schedule.id, "the Scheduler still calls for a deleted schedule");
        }
        Ok(Answer {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: String::new(),
        })
    }

    async fn find(
        &self,
        caller: &Caller,
        id: Option<&ScheduleId>,
        act: Act,
    ) -> Result<Schedule, Problem> {
        let id = id.ok_or_else(not_found)?;
        let schedule = self.exports.find_schedule(&caller.tenant_id, id).await?;
        let schedule = schedule.ok_or_else(not_found)?;
        require(caller, act, schedule.dataset)?;
        Ok(schedule)
    }

    async fn find_own(
        &self,
        caller: &Caller,
        id: Option<&ScheduleId>,
    ) -> Result<Schedule, Problem> {
        let schedule = self.find(caller, id, Act::Create).await?;
        if schedule.is_owned_by(caller) {
            Ok(schedule)
        } else {
            Err(of_another_user())
        }
    }

    /// Lets the Scheduler know of a schedule that was made or changed. If it cannot be told, the sweep tells it, and makes what
    /// is due meanwhile.
    async fn tell(&self, schedule: &Schedule) {
        if let Err(cause) = tell(&self.exports, &self.scheduler, schedule).await {
            error!(%cause, scheduleId = %schedule.id, "the schedule waits for the sweep");
        }
    }
}

fn not_found() -> Problem {
    Problem::NotFound("There is no such schedule.")
}

fn of_another_user() -> Problem {
    Problem::Forbidden("This schedule was made by another user.")
}
