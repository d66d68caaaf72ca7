//! Schedules. Each change of one is conditional on its version, and each run also on where its period begins.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update, builders::UpdateBuilder};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::{
    AwsError, Creation, ExportsTable, Item, count,
    create::refusal,
    failed_condition, from_item, key,
    lifecycle::{Superseded, update_part},
    number, text, to_item,
};
use crate::{
    domain::{
        export::Export,
        schedule::{MOST_SCHEDULES, Schedule, ScheduleId},
    },
    items::{
        due::DueKind,
        schedule::{COUNT, ScheduleItem, count_partition, due_at, schedule_partition},
    },
};

/// The most schedules in one sweep; the next one continues.
const MOST_PER_SWEEP: i32 = 1000;

/// A tenant has as many schedules as it may.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tenant has {MOST_SCHEDULES} schedules")]
pub struct TooManySchedules;

impl ExportsTable {
    /// Records a new schedule and counts it; refused if the tenant has as many as it may. Of requests that race for the last
    /// place, one wins.
    pub async fn create_schedule(
        &self,
        schedule: &Schedule,
        due_at: Timestamp,
    ) -> Result<Result<(), TooManySchedules>, AwsError> {
        let count = self
            .count_schedules(&schedule.owner.tenant_id, 1)
            .condition_expression("attribute_not_exists(#count) OR #count < :most")
            .expression_attribute_values(":most", number(MOST_SCHEDULES.into()));
        let put = self.put(to_item(&ScheduleItem::new(schedule, Some(due_at)))?)?;
        let written = self.write(vec![update_part(count)?, put]).await?;
        Ok(written.map_err(|_| TooManySchedules))
    }

    /// The schedule of this tenant and id, as it is now: one consistent read.
    pub async fn find_schedule(
        &self,
        tenant_id: &str,
        id: &ScheduleId,
    ) -> Result<Option<Schedule>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(schedule_key(tenant_id, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        answer.item.map(read_schedule).transpose()
    }

    /// Every schedule of a tenant, the oldest first, as they are now.
    pub async fn schedules(&self, tenant_id: &str) -> Result<Vec<Schedule>, AwsError> {
        let mut items = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#partition = :partition")
            .expression_attribute_names("#partition", "partition")
            .expression_attribute_values(":partition", text(schedule_partition(tenant_id)))
            .into_paginator()
            .items()
            .send();
        let mut schedules = Vec::new();
        while let Some(item) = items.next().await {
            schedules.push(read_schedule(item.map_err(AwsError::new("Query"))?)?);
        }
        Ok(schedules)
    }

    /// Replaces a schedule by what it is after a change; refused if it was changed, run or deleted since it was seen.
    ///
    /// `due_at` is when the sweep looks at it next.
    pub async fn replace_schedule(
        &self,
        seen: &Schedule,
        after: &Schedule,
        due_at: Option<Timestamp>,
    ) -> Result<Result<(), Superseded>, AwsError> {
        self.write(vec![self.replacement(seen, after, due_at)?])
            .await
    }

    /// Removes a schedule from the table and from the count. Refused if it is gone.
    pub async fn delete_schedule(
        &self,
        schedule: &Schedule,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let tenant_id = &schedule.owner.tenant_id;
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(schedule_key(tenant_id, &schedule.id)))
            .condition_expression("attribute_exists(#partition)")
            .expression_attribute_names("#partition", "partition")
            .build()
            .map_err(|error| AwsError::unexpected("TransactWriteItems", error))?;
        let count = update_part(self.count_schedules(tenant_id, -1))?;
        self.write(vec![
            TransactWriteItem::builder().delete(delete).build(),
            count,
        ])
        .await
    }

    /// Records the export of a run, its user's lock, and that the schedule has made it, in one transaction: a run is made once,
    /// however often it is asked for. Refused if it was made, or if the schedule was changed since it was seen.
    pub async fn create_run(
        &self,
        export: &Export,
        seen: &Schedule,
        after: &Schedule,
        history_lifetime: SignedDuration,
    ) -> Result<Result<Creation, Superseded>, AwsError> {
        let mut parts = self.creation(export, None, history_lifetime)?;
        parts.push(self.replacement(seen, after, due_at(after, export.created_at))?);
        let Some(reasons) = self.cancelled(parts).await? else {
            return Ok(Ok(Creation::Created));
        };
        if reasons.last().is_some_and(failed_condition) {
            return Ok(Err(Superseded));
        }
        match refusal(&reasons, None)? {
            Some(refusal) => Ok(Ok(refusal)),
            None => Err(AwsError::unexpected(
                "TransactWriteItems",
                "an export of this id is there already",
            )),
        }
    }

    /// The schedules that the sweep has to look at, by tenant and id: those that are due for the longest time, and as many as
    /// one sweep can look at.
    pub async fn due_schedules(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(String, ScheduleId)>, AwsError> {
        let shards = DueKind::Schedule.shards();
        let pages = shards
            .iter()
            .map(|shard| self.due(shard, now, None, MOST_PER_SWEEP));
        let pages = try_join_all(pages).await?;
        let mut due: Vec<_> = pages.into_iter().flat_map(|page| page.due).collect();
        due.sort_by_key(|due| due.at);
        due.truncate(MOST_PER_SWEEP.unsigned_abs() as usize);
        let named = due.iter().map(|due| {
            let (tenant_id, id) = due.schedule()?;
            Ok((tenant_id.to_owned(), id))
        });
        named.collect()
    }

    fn count_schedules(&self, tenant_id: &str, more: i64) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(count_partition(tenant_id), COUNT)))
            .update_expression("ADD #count :more")
            .expression_attribute_names("#count", COUNT)
            .expression_attribute_values(":more", number(more))
    }

    fn replacement(
        &self,
        seen: &Schedule,
        after: &Schedule,
        due_at: Option<Timestamp>,
    ) -> Result<TransactWriteItem, AwsError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(to_item(&ScheduleItem::new(after, due_at))?))
            .condition_expression("version = :version AND nextFrom = :nextFrom")
            .expression_attribute_values(":version", count(seen.version))
            .expression_attribute_values(":nextFrom", text(seen.next_from.to_string()))
            .build()
            .map_err(|error| AwsError::unexpected("TransactWriteItems", error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn schedule_key(tenant_id: &str, id: &ScheduleId) -> Item {
    key(schedule_partition(tenant_id), id.as_str())
}

fn read_schedule(item: Item) -> Result<Schedule, AwsError> {
    Ok(Schedule::try_from(from_item::<ScheduleItem>(item)?)?)
}
