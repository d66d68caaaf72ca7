//! EventBridge Scheduler: one of its schedules for each active schedule of ours. The table says what is true; this follows.

use aws_config::SdkConfig;
use aws_sdk_scheduler::{
    Client,
    error::{BuildError, SdkError},
    operation::{
        create_schedule::CreateScheduleError, delete_schedule::DeleteScheduleError,
        update_schedule::UpdateScheduleError,
    },
    types::{
        DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState,
        Target,
    },
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::AwsError;
use crate::domain::schedule::{Schedule, ScheduleId};

/// For how long the Scheduler tries to reach the runner.
const RETRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What the Scheduler replaces by the time that the schedule names.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// Names of the stack's resources.
#[derive(Clone, Debug)]
pub struct SchedulerSettings {
    /// The group that all schedules are in.
    pub group: String,
    /// The function to call.
    pub runner_arn: String,
    /// The role that may call it.
    pub role_arn: String,
    /// The queue of calls that could not be made.
    pub dead_letter_queue_arn: String,
}

#[derive(Clone, Debug)]
pub struct Scheduler {
    client: Client,
    settings: SchedulerSettings,
}

/// What the runner is called with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    pub tenant_id: String,
    pub schedule_id: String,
    /// The version that the Scheduler knows.
    pub version: u64,
    /// The time that the call is for.
    pub scheduled_at: String,
}

impl Scheduler {
    pub fn new(aws: &SdkConfig, settings: SchedulerSettings) -> Self {
        Self {
            client: Client::new(aws),
            settings,
        }
    }

    /// Makes the Scheduler call at the schedule's times, or not at all if it does not run. Safe to repeat.
    pub async fn follow(&self, schedule: &Schedule) -> Result<(), AwsError> {
        if !schedule.is_active() {
            return self.forget(&schedule.id).await;
        }
        if self.update(schedule).await? || self.create(schedule).await? {
            return Ok(());
        }
        // Somebody else has created it in between.
        self.update(schedule).await?;
        Ok(())
    }

    /// Makes the Scheduler call no more. Safe to repeat.
    pub async fn forget(&self, id: &ScheduleId) -> Result<(), AwsError> {
        let result = self
            .client
            .delete_schedule()
            .name(id.as_str())
            .group_name(&self.settings.group)
            .send()
            .await;
        match result {
            Err(error) if !is(&error, DeleteScheduleError::is_resource_not_found_exception) => {
                Err(AwsError::new("DeleteSchedule")(error))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether it was there.
    async fn update(&self, schedule: &Schedule) -> Result<bool, AwsError> {
        let result = self
            .client
            .update_schedule()
            .name(schedule.id.as_str())
            .group_name(&self.settings.group)
            .schedule_expression(schedule.when.cron())
            .set_schedule_expression_timezone(schedule.when.zone.iana_name().map(str::to_owned))
            .flexible_time_window(exactly()?)
            .state(ScheduleState::Enabled)
            .target(self.target(schedule)?)
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) if is(&error, UpdateScheduleError::is_resource_not_found_exception) => {
                Ok(false)
            }
            Err(error) => Err(AwsError::new("UpdateSchedule")(error)),
        }
    }

    /// Returns whether it was not there.
    async fn create(&self, schedule: &Schedule) -> Result<bool, AwsError> {
        let result = self
            .client
            .create_schedule()
            .name(schedule.id.as_str())
            .group_name(&self.settings.group)
            .schedule_expression(schedule.when.cron())
            .set_schedule_expression_timezone(schedule.when.zone.iana_name().map(str::to_owned))
            .flexible_time_window(exactly()?)
            .state(ScheduleState::Enabled)
            .target(self.target(schedule)?)
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) if is(&error, CreateScheduleError::is_conflict_exception) => Ok(false),
            Err(error) => Err(AwsError::new("CreateSchedule")(error)),
        }
    }

    fn target(&self, schedule: &Schedule) -> Result<Target, AwsError> {
        let call = Call {
            tenant_id: schedule.owner.tenant_id.clone(),
            schedule_id: schedule.id.to_string(),
            version: schedule.version,
            scheduled_at: SCHEDULED_TIME.to_owned(),
        };
        let retries = RetryPolicy::builder()
            .maximum_event_age_in_seconds(i32::try_from(RETRIED_FOR.as_secs()).unwrap_or(i32::MAX))
            .maximum_retry_attempts(185)
            .build();
        let dead_letters = DeadLetterConfig::builder()
            .arn(&self.settings.dead_letter_queue_arn)
            .build();
        Target::builder()
            .arn(&self.settings.runner_arn)
            .role_arn(&self.settings.role_arn)
            .input(serde_json::to_string(&call).expect("a call is plain JSON"))
            .retry_policy(retries)
            .dead_letter_config(dead_letters)
            .build()
            .map_err(unbuilt)
    }
}

fn exactly() -> Result<FlexibleTimeWindow, AwsError> {
    FlexibleTimeWindow::builder()
        .mode(FlexibleTimeWindowMode::Off)
        .build()
        .map_err(unbuilt)
}

fn unbuilt(error: BuildError) -> AwsError {
    AwsError::unexpected("writing a schedule", error)
}

fn is<E>(error: &SdkError<E>, kind: impl Fn(&E) -> bool) -> bool {
    error.as_service_error().is_some_and(kind)
}
