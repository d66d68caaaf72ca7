//! The slots of a tenant, and the exports that wait for one.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::{Attempt, AwsError, ExportsTable, Item, Superseded, key, number, text};
use crate::{
    domain::{
        dataset::{self, Dataset},
        export::Status,
        id::ExportId,
        slots::{Taken, Taking, taking},
    },
    items::export::partition,
};

/// The sort key of a tenant's slots, in a partition of their own.
const SLOTS: &str = "slots";

/// How often a slot is tried for that others take or leave in the same moment.
const TRIES: u32 = 10;

/// After how long the reconciler sends a waiting export's message. It is woken before, unless its message was lost.
const WAITING_IS_LOOKED_AT_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// For how long a slot is kept for an export that is woken.
const KEPT_FOR: SignedDuration = SignedDuration::from_secs(60);

/// The end of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// The export has no slot, or another invocation of the same export has it by now.
    Passed,
    /// Nobody is known to wait for it.
    Free,
    /// Exports may wait for it. The number changes with each that begins to wait.
    Wanted(i64),
}

impl ExportsTable {
    /// Takes a slot for an export until a time, also if an earlier invocation of the export still has one. Returns whether
    /// there was one: no more than `most` exports of the tenant have a slot.
    pub async fn take_slot(
        &self,
        tenant_id: &str,
        id: &ExportId,
        until: Timestamp,
        most: usize,
        now: Timestamp,
    ) -> Result<bool, AwsError> {
        let until = number(until.as_millisecond());
        for _ in 0..TRIES {
            let take = self
                .slots(tenant_id, id)
                .update_expression("SET taken.#id = :until")
                .condition_expression(
                    "attribute_exists(taken.#id) OR (attribute_exists(taken) AND size(taken) < :most)",
                )
                .expression_attribute_values(":until", until.clone())
                .expression_attribute_values(":most", count(most));
            let Err(there) = written(take).await? else {
                return Ok(true);
            };
            let other = match taking(there.as_ref().and_then(taken).as_ref(), most, now) {
                Taking::Full => return Ok(false),
                Taking::Again => continue,
                Taking::First => {
                    let first = HashMap::from([(id.to_string(), until.clone())]);
                    self.update_slots(tenant_id)
                        .update_expression("SET taken = :first")
                        .condition_expression("attribute_not_exists(taken)")
                        .expression_attribute_values(":first", AttributeValue::M(first))
                }
                Taking::From {
                    export_id,
                    until: over,
                } => self
                    .slots(tenant_id, id)
                    .update_expression("SET taken.#id = :until REMOVE taken.#over")
                    .condition_expression("taken.#over = :over")
                    .expression_attribute_names("#over", export_id)
                    .expression_attribute_values(":until", until.clone())
                    .expression_attribute_values(":over", number(over)),
            };
            if written(other).await?.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives back the slot that an export has until a time, or whatever slot it has.
    pub async fn release_slot(
        &self,
        tenant_id: &str,
        id: &ExportId,
        until: Option<Timestamp>,
    ) -> Result<Released, AwsError> {
        let release = self
            .slots(tenant_id, id)
            .update_expression("REMOVE taken.#id")
            .return_values(ReturnValue::AllNew);
        let release = match until {
            Some(until) => release
                .condition_expression("taken.#id = :until")
                .expression_attribute_values(":until", number(until.as_millisecond())),
            None => release.condition_expression("attribute_exists(taken.#id)"),
        };
        let after = match written(release).await? {
            Ok(after) => after,
            // The SDK sent the write again after an answer that was lost.
            Err(Some(there))
                if until.is_some()
                    && taken(&there).is_some_and(|taken| !taken.contains_key(id.as_str())) =>
            {
                Some(there)
            }
            Err(_) => return Ok(Released::Passed),
        };
        let wanted_at = after.and_then(|item| as_number(item.get("wantedAt")?));
        Ok(wanted_at.map_or(Released::Free, Released::Wanted))
    }

    /// Takes back that an attempt has begun, because there is no slot for it: the attempt does not count. The export waits, and
    /// its readers are told for what.
    pub async fn wait_for_slot(
        &self,
        attempt: &Attempt,
        waiting_for: &str,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let looked_at = now + WAITING_IS_LOOKED_AT_AFTER;
        let update = self
            .fenced(attempt)
            .update_expression(
                "SET fence = fence + :one, tries = :tries, waitsForSlot = :true, waitingFor = :waitingFor, dueAt = :lookedAt \
                 REMOVE leaseUntil",
            )
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tries", super::count(attempt.tries.saturating_sub(1)))
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":waitingFor", text(waiting_for))
            .expression_attribute_values(":lookedAt", number(looked_at.as_second()));
        self.change(update).await
    }

    /// Lets whoever gives a slot back know that an export waits for it. Refused if there is a free slot: then nobody may come
    /// to give one back.
    pub async fn want_slot(
        &self,
        tenant_id: &str,
        most: usize,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let want = self
            .update_slots(tenant_id)
            .update_expression("SET wantedAt = :now")
            .condition_expression("size(taken) >= :most")
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":most", count(most));
        Ok(written(want).await?.map(drop).map_err(|_| Superseded))
    }

    /// The tenant's export that waits for a slot and was requested first, with a slot that is kept for it. Returns `None` if
    /// none waits, or if another export has taken the slot.
    ///
    /// `wanted_at` is what [`Released::Wanted`] said.
    pub async fn next_waiting(
        &self,
        tenant_id: &str,
        wanted_at: i64,
        most: usize,
        now: Timestamp,
    ) -> Result<Option<ExportId>, AwsError> {
        let first_of = |dataset| self.first_waiting(tenant_id, dataset);
        let waiting = try_join_all(dataset::ALL.into_iter().map(first_of)).await?;
        // Ids begin with the time of the request.
        let Some(id) = waiting.into_iter().flatten().min() else {
            let forget = self
                .update_slots(tenant_id)
                .update_expression("REMOVE wantedAt")
                .condition_expression("wantedAt = :wantedAt")
                .expression_attribute_values(":wantedAt", number(wanted_at));
            // This is refused if an export has begun to wait meanwhile.
            let _ = written(forget).await?;
            return Ok(None);
        };
        let is_kept = self
            .take_slot(tenant_id, &id, now + KEPT_FOR, most, now)
            .await?;
        Ok(is_kept.then_some(id))
    }

    async fn first_waiting(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
    ) -> Result<Option<ExportId>, AwsError> {
        let mut waiting = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("by-status")
            .consistent_read(true)
            .key_condition_expression(
                "#partition = :partition AND begins_with(statusSort, :pending)",
            )
            .filter_expression("attribute_exists(waitsForSlot)")
            .projection_expression("#sort")
            .expression_attribute_names("#partition", "partition")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":partition", text(partition(tenant_id, dataset)))
            .expression_attribute_values(":pending", text(format!("{}#", Status::Pending)))
            .limit(25)
            .into_paginator()
            .items()
            .send();
        let Some(item) = waiting.next().await else {
            return Ok(None);
        };
        let item = item.map_err(AwsError::new("Query"))?;
        let id = item.get("sort").and_then(|sort| sort.as_s().ok());
        Ok(id.and_then(|id| id.parse().ok()))
    }

    fn slots(&self, tenant_id: &str, id: &ExportId) -> UpdateItemFluentBuilder {
        self.update_slots(tenant_id)
            .expression_attribute_names("#id", id.as_str())
    }

    fn update_slots(&self, tenant_id: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(format!("slots#{tenant_id}"), SLOTS)))
    }
}

/// Makes a conditional write. Returns the attributes that it asks for or, if it is refused, the item that is there.
async fn written(
    update: UpdateItemFluentBuilder,
) -> Result<Result<Option<Item>, Option<Item>>, AwsError> {
    let result = update
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    match result {
        Ok(answer) => Ok(Ok(answer.attributes)),
        Err(error) => match refused(&error) {
            Some(there) => Ok(Err(there)),
            None => Err(AwsError::new("UpdateItem")(error)),
        },
    }
}

/// The item that is there, if a condition refused the write.
fn refused(error: &SdkError<UpdateItemError>) -> Option<Option<Item>> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused.item.clone()),
        _ => None,
    }
}

/// The slots that are taken. `None` if none was ever taken.
fn taken(item: &Item) -> Option<Taken> {
    let taken = item.get("taken")?.as_m().ok()?;
    let slots = taken.iter();
    Some(
        slots
            .filter_map(|(id, until)| Some((id.clone(), as_number(until)?)))
            .collect(),
    )
}

fn as_number(value: &AttributeValue) -> Option<i64> {
    value.as_n().ok()?.parse().ok()
}

fn count(value: usize) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
