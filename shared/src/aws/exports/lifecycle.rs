//! The changes of an export after it was accepted. Each is conditional on its status and, while it is made, on the
//! fence of the attempt that makes it, so that a late or duplicate attempt changes nothing.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::UpdateItemError,
    types::{
        AttributeValue, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update, builders::UpdateBuilder,
    },
};
use jiff::{SignedDuration, Timestamp};

use super::{
    AwsError, CONFLICT_RETRIES, Checkpoint, ExportsTable, Item, count,
    create::cancellation_reasons, export_key, failed_condition, is_conflict, key, number, pause,
    read_export, text, to_item,
};
use crate::{
    domain::{
        audit::{Action, AuditEvent},
        event::EventType,
        export::{Delivery, Export, Status},
        file_format::Compression,
        id::ExportId,
        link::NewLink,
        sending::Sending,
    },
    items::{
        due::DueKind,
        expiry_marker::{ExpiryMarkerItem, expiry_partition},
        export::{CLEAN_UP_AFTER, EXPIRY_GRACE, FileItem, StatusSorts, UNSENT_AFTER},
        lock::{LOCK, lock_partition},
    },
    random,
};

/// How long a lease lasts after it was renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// See [`ExportsTable::without_file`].
const WITHOUT_FILE: &str = "#status = :status, statusSort = :statusSort, requesterStatusSort = :requesterStatusSort, \
     dueShard = :dueShard, dueAt = :due \
     REMOVE dueKind, leaseUntil, tries, waitingFor, waitsForSlot, checkpoint, #file, readyAt, expiresAt";

/// The right to work on an export until its lease ends, given to one attempt at a time.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub export: Export,
    /// Grows when an attempt begins and when it releases its lease; a write with an older one is refused.
    pub fence: u64,
    /// The number of attempts since the last checkpoint, with this one.
    pub tries: u64,
    /// How often the file was started again.
    pub restarts: u64,
    /// The last checkpoint.
    pub checkpoint: Option<Checkpoint>,
    lease: Lease,
}

impl Attempt {
    /// Whether no attempt at the export has begun before.
    pub fn is_first(&self) -> bool {
        let is_resumed = self.checkpoint.is_some() || self.export.delivery().is_some();
        self.tries == 1 && self.restarts == 0 && !is_resumed
    }
}

/// When an attempt's lease was renewed last, in Unix milliseconds.
#[derive(Clone, Debug)]
struct Lease(Arc<AtomicI64>);

impl Lease {
    fn begun_at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_millisecond())))
    }

    fn is_to_be_renewed(&self, now: Timestamp) -> bool {
        let age = now.as_millisecond() - self.0.load(Ordering::Relaxed);
        SignedDuration::from_millis(age) >= LEASE / 2
    }

    fn renewed_at(&self, now: Timestamp) {
        self.0.store(now.as_millisecond(), Ordering::Relaxed);
    }
}

/// What became of a claim.
#[derive(Clone, Debug)]
pub enum Claim {
    Begun(Box<Attempt>),
    /// Another attempt has the export, or the next one is not to begin yet.
    Held,
    /// The export has ended, or there is no such export.
    Over,
}

/// Another attempt has the export, or the export has ended. This attempt must stop and change nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("another attempt has taken the export over")]
pub struct Superseded;

impl ExportsTable {
    /// Claims a pending export for an attempt.
    pub async fn claim(
        &self,
        tenant_id: &str,
        id: &ExportId,
        now: Timestamp,
    ) -> Result<Claim, AwsError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(export_key(tenant_id, id)))
            .update_expression(
                "SET fence = if_not_exists(fence, :zero) + :one, tries = if_not_exists(tries, :zero) + :one, \
                 leaseUntil = :lease, dueAt = :due REMOVE waitingFor, waitsForSlot",
            )
            .condition_expression(
                "#status = :pending AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":lease", number((now + LEASE).as_millisecond()))
            .expression_attribute_values(":due", number((now + LEASE).as_second() + 1))
            .expression_attribute_values(":pending", text(Status::Pending.to_string()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match result {
            Ok(answer) => {
                let attempt = read_attempt(answer.attributes.unwrap_or_default(), now)?;
                Ok(Claim::Begun(Box::new(attempt)))
            }
            Err(error) if is_refused(&error) => Ok(if is_pending(&error) {
                Claim::Held
            } else {
                Claim::Over
            }),
            // If a transaction changes the export now, another attempt has it.
            Err(error) if is_in_transaction(&error) => Ok(Claim::Held),
            Err(error) => Err(AwsError::new("UpdateItem")(error)),
        }
    }

    /// Records the attempt's progress, and renews its lease if that is due.
    pub async fn record_progress(
        &self,
        attempt: &Attempt,
        rows_written: u64,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        self.change_leased(attempt, now, "rowsWritten = :rows", |update| {
            update.expression_attribute_values(":rows", count(rows_written))
        })
        .await
    }

    /// A change of an attempt that sets what `set` says. It renews the lease when half of it is over: each renewal moves the
    /// export in the index of what is due.
    pub(super) async fn change_leased(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        set: &str,
        with_values: impl FnOnce(UpdateBuilder) -> UpdateBuilder,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let renews = attempt.lease.is_to_be_renewed(now);
        let update = if renews {
            self.leased(attempt, now)
                .update_expression(format!("SET {set}, leaseUntil = :lease, dueAt = :due"))
        } else {
            self.fenced(attempt).update_expression(format!("SET {set}"))
        };
        let changed = self.change(with_values(update)).await?;
        if renews && changed.is_ok() {
            attempt.lease.renewed_at(now);
        }
        Ok(changed)
    }

    /// Releases the lease at `retry_at`, when the next message comes. A message that comes earlier is dropped. Until then
    /// readers are told what the export waits for.
    ///
    /// The fence grows, so that a write of this attempt that is still on its way cannot renew the lease: the next message
    /// would be dropped because of it, and the export would wait for the reconciler.
    pub async fn release(
        &self,
        attempt: &Attempt,
        retry_at: Timestamp,
        waiting_for: Option<&str>,
    ) -> Result<Result<(), Superseded>, AwsError> {
        // The message's delay is in whole seconds, so it may come up to a second early.
        let not_before = retry_at - SignedDuration::from_secs(1);
        let update = self
            .fenced(attempt)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":notBefore", number(not_before.as_millisecond()))
            .expression_attribute_values(":due", number((retry_at + UNSENT_AFTER).as_second()));
        let update = match waiting_for {
            Some(waiting_for) => update
                .update_expression(
                    "SET fence = fence + :one, leaseUntil = :notBefore, dueAt = :due, \
                     waitingFor = :waitingFor",
                )
                .expression_attribute_values(":waitingFor", text(waiting_for)),
            None => update.update_expression(
                "SET fence = fence + :one, leaseUntil = :notBefore, dueAt = :due",
            ),
        };
        self.change(update).await
    }

    /// Records the finished file, its expiry and the link for the mail. From then on the link works.
    pub async fn record_delivery(
        &self,
        attempt: &Attempt,
        delivery: &Delivery,
        link: Option<&NewLink>,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let export = &attempt.export;
        let file: AttributeValue = serde_dynamo::to_attribute_value(FileItem::from(&delivery.file))
            .map_err(|error| AwsError::unexpected("writing an item", error))?;
        let update = self
            .leased(attempt, now)
            .update_expression(
                "SET #file = :file, rowsWritten = :rows, readyAt = :readyAt, expiresAt = :expiresAt, \
                 leaseUntil = :lease, dueAt = :due REMOVE checkpoint",
            )
            .expression_attribute_names("#file", "file")
            .expression_attribute_values(":file", file)
            .expression_attribute_values(":rows", count(delivery.file.rows))
            .expression_attribute_values(":readyAt", number(delivery.ready_at.as_second()))
            .expression_attribute_values(":expiresAt", number(delivery.expires_at.as_second()));
        let marker = to_item(&ExpiryMarkerItem::of(export, delivery.expires_at))?;
        let mut parts = vec![update_part(update)?, self.put(marker)?];
        if let Some(link) = link {
            parts.extend(self.new_link_parts(export, delivery, link)?);
        }
        self.write(parts).await
    }

    /// Ends the export READY and records the mail that was accepted.
    pub async fn mark_ready(
        &self,
        attempt: &Attempt,
        delivery: &Delivery,
        sending: &Sending,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let update = self
            .to_status(self.fenced(attempt), &attempt.export, Status::Ready)
            .update_expression(
                "SET #status = :status, statusSort = :statusSort, requesterStatusSort = :requesterStatusSort, \
                 dueShard = :dueShard, dueAt = :due REMOVE dueKind, leaseUntil, tries, waitingFor",
            )
            .expression_attribute_values(":dueShard", due_shard(DueKind::Expiry, &attempt.export))
            .expression_attribute_values(":due", number(delivery.expires_at.as_second()));
        let audit = AuditEvent::of(
            &attempt.export,
            Action::EmailSent,
            sending.sent_at,
            random::bytes(),
        );
        let audit = audit.to(&sending.recipients);
        let mut parts = self.sending_parts(&attempt.export, sending)?;
        parts.push(self.event_and_audit(&attempt.export, EventType::Ready, &audit)?);
        self.end(update, &attempt.export, parts).await
    }

    /// Ends a pending export FAILED and deletes its file and link from the record.
    ///
    /// With the fence of an attempt, it must still be the export's. Without a fence the export ends even if an attempt has
    /// it, whose next write is then refused.
    pub async fn mark_failed(
        &self,
        export: &Export,
        fence: Option<u64>,
        reason: &str,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let update = match fence {
            Some(fence) => self.fenced_by(export, fence),
            None => self.pending(export),
        };
        let update = self
            .without_file(update, export, Status::Failed, now)
            .update_expression(format!("SET failureReason = :reason, {WITHOUT_FILE}"))
            .expression_attribute_values(":reason", text(reason));
        let parts = vec![
            self.delete(expiry_partition(export), export.id.as_str())?,
            self.event(export, EventType::Failed, now)?,
        ];
        self.end(update, export, parts).await
    }

    /// Ends a pending export CANCELLED, also if an attempt has it, whose next write is then refused.
    pub async fn mark_cancelled(
        &self,
        export: &Export,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let update = self
            .without_file(self.pending(export), export, Status::Cancelled, now)
            .update_expression(format!(
                "SET endedBy = :endedBy, endedAt = :endedAt, {WITHOUT_FILE}"
            ))
            .expression_attribute_values(":endedBy", text(user_id))
            .expression_attribute_values(":endedAt", number(now.as_second()));
        let audit = AuditEvent::of(export, Action::ExportCancelled, now, random::bytes());
        let audit = audit.by(user_id);
        let parts = vec![
            self.delete(expiry_partition(export), export.id.as_str())?,
            self.event_and_audit(export, EventType::Cancelled, &audit)?,
        ];
        self.end(update, export, parts).await
    }

    /// Lets a READY export expire now, at a user's request. From then on every reader sees it EXPIRED and no link works;
    /// [`crate::ending::expire`] does the rest, if need be when the reconciler calls it.
    pub async fn expire_now(
        &self,
        export: &Export,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let update = self
            .update(export)
            .update_expression(
                "SET expiresAt = :now, endedBy = :endedBy, endedAt = :now, dueAt = :due",
            )
            .condition_expression("#status = :ready AND expiresAt > :now")
            .expression_attribute_values(":ready", text(Status::Ready.to_string()))
            .expression_attribute_values(":endedBy", text(user_id))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":due", number((now - EXPIRY_GRACE).as_second()));
        let audit = AuditEvent::of(export, Action::FileDeleted, now, random::bytes());
        self.write(vec![update_part(update)?, self.audit(&audit.by(user_id))?])
            .await
    }

    /// Ends a READY export EXPIRED, from the second of its expiry.
    pub async fn mark_expired(
        &self,
        export: &Export,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let update = self
            .to_status(self.update(export), export, Status::Expired)
            .update_expression(
                "SET #status = :status, statusSort = :statusSort, requesterStatusSort = :requesterStatusSort \
                 REMOVE dueShard, dueKind, dueAt",
            )
            .condition_expression("#status = :ready AND expiresAt <= :now")
            .expression_attribute_values(":ready", text(Status::Ready.to_string()))
            .expression_attribute_values(":now", number(now.as_second()));
        self.write(vec![
            update_part(update)?,
            self.delete(expiry_partition(export), export.id.as_str())?,
            self.event(export, EventType::Expired, now)?,
        ])
        .await
    }

    /// A pending export's end without a file: the expression has [`WITHOUT_FILE`]. What attempts left is cleaned up again
    /// when none can be running any more.
    fn without_file(
        &self,
        update: UpdateBuilder,
        export: &Export,
        status: Status,
        now: Timestamp,
    ) -> UpdateBuilder {
        self.to_status(update, export, status)
            .expression_attribute_values(":dueShard", due_shard(DueKind::CleanUp, export))
            .expression_attribute_values(":due", number((now + CLEAN_UP_AFTER).as_second()))
            .expression_attribute_names("#file", "file")
    }

    /// Ends an export and releases its user's lock in the same transaction. If another export holds the lock by now, the
    /// lock stays.
    async fn end(
        &self,
        update: UpdateBuilder,
        export: &Export,
        more: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let release = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key(lock_partition(export), LOCK)))
            .condition_expression("attribute_not_exists(exportId) OR exportId = :exportId")
            .expression_attribute_values(":exportId", text(export.id.as_str()))
            .build()
            .map_err(|error| AwsError::unexpected("TransactWriteItems", error))?;
        let update = update_part(update)?;
        let mut parts = vec![update.clone()];
        parts.extend(more.clone());
        parts.push(TransactWriteItem::builder().delete(release).build());
        match self.transact(parts).await? {
            Outcome::Done => Ok(Ok(())),
            Outcome::Refused { first: true } => Ok(Err(Superseded)),
            Outcome::Refused { first: false } => {
                let mut parts = vec![update];
                parts.extend(more);
                self.write(parts).await
            }
        }
    }

    /// One conditional change of an export alone. It is retried if it conflicts with a transaction.
    pub(super) async fn change(
        &self,
        update: UpdateBuilder,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let update = built(update)?;
        let mut attempt = 0;
        loop {
            let result = self
                .client
                .update_item()
                .table_name(update.table_name())
                .set_key(Some(update.key().clone()))
                .update_expression(update.update_expression())
                .set_condition_expression(update.condition_expression().map(str::to_owned))
                .set_expression_attribute_names(update.expression_attribute_names().cloned())
                .set_expression_attribute_values(update.expression_attribute_values().cloned())
                .send()
                .await;
            match result {
                Ok(_) => return Ok(Ok(())),
                Err(error) if is_refused(&error) => return Ok(Err(Superseded)),
                Err(error) if is_in_transaction(&error) && attempt < CONFLICT_RETRIES => {
                    pause(attempt).await;
                    attempt += 1;
                }
                Err(error) => return Err(AwsError::new("UpdateItem")(error)),
            }
        }
    }

    /// A transaction whose first part alone has a condition.
    pub(super) async fn write(
        &self,
        parts: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Superseded>, AwsError> {
        Ok(match self.transact(parts).await? {
            Outcome::Done => Ok(()),
            Outcome::Refused { .. } => Err(Superseded),
        })
    }

    async fn transact(&self, parts: Vec<TransactWriteItem>) -> Result<Outcome, AwsError> {
        let mut attempt = 0;
        loop {
            let result = self
                .client
                .transact_write_items()
                .set_transact_items(Some(parts.clone()))
                .send()
                .await;
            let Err(error) = result else {
                return Ok(Outcome::Done);
            };
            let reasons = cancellation_reasons(&error);
            if is_conflict(reasons) && attempt < CONFLICT_RETRIES {
                pause(attempt).await;
                attempt += 1;
                continue;
            }
            if reasons.iter().any(failed_condition) {
                return Ok(Outcome::Refused {
                    first: reasons.first().is_some_and(failed_condition),
                });
            }
            return Err(AwsError::new("TransactWriteItems")(error));
        }
    }

    pub(super) fn update(&self, export: &Export) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(export_key(&export.tenant_id, &export.id)))
            .expression_attribute_names("#status", "status")
    }

    fn pending(&self, export: &Export) -> UpdateBuilder {
        self.update(export)
            .condition_expression("#status = :pending")
            .expression_attribute_values(":pending", text(Status::Pending.to_string()))
    }

    pub(super) fn fenced(&self, attempt: &Attempt) -> UpdateBuilder {
        self.fenced_by(&attempt.export, attempt.fence)
    }

    /// A change of an attempt that renews its lease: the expression has `leaseUntil = :lease, dueAt = :due`.
    pub(super) fn leased(&self, attempt: &Attempt, now: Timestamp) -> UpdateBuilder {
        self.fenced(attempt)
            .expression_attribute_values(":lease", number((now + LEASE).as_millisecond()))
            .expression_attribute_values(":due", number((now + LEASE).as_second() + 1))
    }

    fn fenced_by(&self, export: &Export, fence: u64) -> UpdateBuilder {
        self.pending(export)
            .condition_expression("#status = :pending AND fence = :fence")
            .expression_attribute_values(":fence", count(fence))
    }

    fn to_status(&self, update: UpdateBuilder, export: &Export, status: Status) -> UpdateBuilder {
        let sorts = StatusSorts::of(export, status);
        update
            .expression_attribute_values(":status", text(status.to_string()))
            .expression_attribute_values(":statusSort", text(sorts.status))
            .expression_attribute_values(":requesterStatusSort", text(sorts.requester_status))
    }

    pub(super) fn put(&self, item: Item) -> Result<TransactWriteItem, AwsError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .build()
            .map_err(|error| AwsError::unexpected("TransactWriteItems", error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn delete(&self, partition: String, sort: &str) -> Result<TransactWriteItem, AwsError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key(partition, sort)))
            .build()
            .map_err(|error| AwsError::unexpected("TransactWriteItems", error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

fn due_shard(kind: DueKind, export: &Export) -> AttributeValue {
    text(kind.shard(export.id.as_str()))
}

enum Outcome {
    Done,
    Refused {
        /// Whether it was the first part whose condition failed.
        first: bool,
    },
}

fn read_attempt(item: Item, now: Timestamp) -> Result<Attempt, AwsError> {
    let count = |name: &str| {
        item.get(name)
            .and_then(|value| value.as_n().ok())
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_default()
    };
    let (fence, tries, restarts) = (count("fence"), count("tries"), count("restarts"));
    // A checkpoint that another release wrote in another form counts as none: the file is made from the beginning.
    let checkpoint: Option<Checkpoint> = item
        .get("checkpoint")
        .and_then(|value| value.as_s().ok())
        .and_then(|json| serde_json::from_str(json).ok());
    let export = read_export(item)?;
    // So does one of plain text if the file is to be compressed: the other release knew no compression.
    let is_compressed = export.compression() == Compression::Gzip;
    let checkpoint = checkpoint.filter(|found| found.draft.is_compressed() == is_compressed);
    Ok(Attempt {
        export,
        fence,
        tries,
        restarts,
        checkpoint,
        lease: Lease::begun_at(now),
    })
}

fn is_refused(error: &SdkError<UpdateItemError>) -> bool {
    error
        .as_service_error()
        .is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// Whether the export that a refused write met is pending.
fn is_pending(error: &SdkError<UpdateItemError>) -> bool {
    let there = match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refused)) => refused.item(),
        _ => None,
    };
    there
        .and_then(|item| item.get("status")?.as_s().ok())
        .is_some_and(|status| *status == Status::Pending.to_string())
}

fn is_in_transaction(error: &SdkError<UpdateItemError>) -> bool {
    error
        .as_service_error()
        .is_some_and(UpdateItemError::is_transaction_conflict_exception)
}

fn built(update: UpdateBuilder) -> Result<Update, AwsError> {
    update
        .build()
        .map_err(|error| AwsError::unexpected("writing an update", error))
}

pub(super) fn update_part(update: UpdateBuilder) -> Result<TransactWriteItem, AwsError> {
    Ok(TransactWriteItem::builder().update(built(update)?).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_renewed_when_half_of_it_is_over() {
        let at = |second: i64| Timestamp::from_second(1_780_000_000 + second).unwrap();
        let lease = Lease::begun_at(at(0));
        assert!(!lease.is_to_be_renewed(at(29)));
        assert!(lease.is_to_be_renewed(at(30)));
        lease.renewed_at(at(31));
        assert!(!lease.is_to_be_renewed(at(60)));
        assert!(lease.is_to_be_renewed(at(61)));
    }
}
