//! Keeps EventBridge Scheduler as the table says, for several functions.

use tracing::warn;

use crate::{
    aws::{AwsError, exports::ExportsTable, scheduler::Scheduler},
    domain::{schedule::Schedule, time},
    items::schedule::due_at,
};

/// How often a schedule is told again that was changed meanwhile. The sweep tells what is left.
const MOST_TIMES: usize = 5;

/// Lets the Scheduler know of a schedule as the table has it, and then has the sweep look at it only after its next run.
///
/// Of two changes the later one is told last, whichever call of the Scheduler comes first: who finds that the schedule was
/// changed meanwhile tells what it has become. Safe to repeat.
pub async fn tell(
    exports: &ExportsTable,
    scheduler: &Scheduler,
    schedule: &Schedule,
) -> Result<(), AwsError> {
    let mut schedule = schedule.clone();
    for _ in 0..MOST_TIMES {
        scheduler.follow(&schedule).await?;
        let due_at = due_at(&schedule, time::now());
        let told = exports
            .replace_schedule(&schedule, &schedule, due_at)
            .await?;
        if told.is_ok() {
            return Ok(());
        }
        let tenant_id = &schedule.owner.tenant_id;
        match exports.find_schedule(tenant_id, &schedule.id).await? {
            Some(changed) => schedule = changed,
            None => return scheduler.forget(&schedule.id).await,
        }
    }
    warn!(scheduleId = %schedule.id, "the schedule waits for the sweep");
    Ok(())
}
