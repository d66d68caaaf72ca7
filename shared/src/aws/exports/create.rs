//! Recording an accepted request.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use jiff::SignedDuration;

use super::{
    AwsError, CONFLICT_RETRIES, ExportsTable, Item, failed_condition, from_item, is_conflict,
    number, pause, to_item,
};
use crate::{
    domain::{export::Export, id::ExportId},
    items::{
        export::ExportItem,
        idempotency::{Idempotency, IdempotencyItem},
        lock::LockItem,
    },
};

/// The result of a request.
#[derive(Debug, PartialEq)]
pub enum Creation {
    Created,
    /// The same request came before under the same idempotency key: this is its export.
    Repeated(ExportId),
    /// Another request came before under the same idempotency key.
    KeyReused,
    /// The user has a pending export of the type.
    Blocked(ExportId),
}

impl ExportsTable {
    /// Records the export, its user's lock and the idempotency key in one transaction. Of requests that race, one wins.
    pub async fn create(
        &self,
        export: &Export,
        idempotency: Option<&Idempotency>,
        history_lifetime: SignedDuration,
    ) -> Result<Creation, AwsError> {
        let parts = self.creation(export, idempotency, history_lifetime)?;
        let Some(reasons) = self.cancelled(parts).await? else {
            return Ok(Creation::Created);
        };
        match refusal(&reasons, idempotency)? {
            // The SDK sent the transaction again after an answer that was lost.
            Some(Creation::Repeated(id) | Creation::Blocked(id)) if id == export.id => {
                Ok(Creation::Created)
            }
            Some(refusal) => Ok(refusal),
            None => Err(AwsError::unexpected(
                "TransactWriteItems",
                "an export of this id is there already",
            )),
        }
    }

    /// The parts of the transaction: the export, its user's lock, and the idempotency key if there is one.
    pub(super) fn creation(
        &self,
        export: &Export,
        idempotency: Option<&Idempotency>,
        history_lifetime: SignedDuration,
    ) -> Result<Vec<TransactWriteItem>, AwsError> {
        let now = export.created_at.as_second();
        let mut puts = vec![
            self.guarded_put(to_item(&ExportItem::new(export, history_lifetime))?)
                .condition_expression("attribute_not_exists(#partition)"),
            self.guarded_put(to_item(&LockItem::of(export))?)
                .condition_expression("attribute_not_exists(#partition) OR blocksUntil <= :now")
                .expression_attribute_values(":now", number(now)),
        ];
        if let Some(idempotency) = idempotency {
            let item = to_item(&IdempotencyItem::of(export, idempotency))?;
            puts.push(
                self.guarded_put(item)
                    .condition_expression("attribute_not_exists(#partition) OR forgottenAt <= :now")
                    .expression_attribute_values(":now", number(now)),
            );
        }
        puts.into_iter()
            .map(|put| Ok(TransactWriteItem::builder().put(put.build()?).build()))
            .collect::<Result<_, aws_sdk_dynamodb::error::BuildError>>()
            .map_err(|error| AwsError::unexpected("TransactWriteItems", error))
    }

    /// Makes a transaction. Returns why each part was refused, if a condition did not hold.
    pub(super) async fn cancelled(
        &self,
        parts: Vec<TransactWriteItem>,
    ) -> Result<Option<Vec<CancellationReason>>, AwsError> {
        let mut attempt = 0;
        loop {
            let result = self
                .client
                .transact_write_items()
                .set_transact_items(Some(parts.clone()))
                .send()
                .await;
            let Err(error) = result else {
                return Ok(None);
            };
            let reasons = cancellation_reasons(&error);
            if is_conflict(reasons) && attempt < CONFLICT_RETRIES {
                pause(attempt).await;
                attempt += 1;
            } else if reasons.iter().any(failed_condition) {
                return Ok(Some(reasons.to_vec()));
            } else {
                return Err(AwsError::new("TransactWriteItems")(error));
            }
        }
    }

    fn guarded_put(&self, item: Item) -> aws_sdk_dynamodb::types::builders::PutBuilder {
        Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .expression_attribute_names("#partition", "partition")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// Why each part of a transaction was refused; empty if it failed for another reason.
pub(super) fn cancellation_reasons(
    error: &SdkError<TransactWriteItemsError>,
) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    }
}

/// Reads why a request was refused: the idempotency key is looked up before the pending check.
pub(super) fn refusal(
    reasons: &[CancellationReason],
    idempotency: Option<&Idempotency>,
) -> Result<Option<Creation>, AwsError> {
    let in_the_way = |index: usize| {
        reasons
            .get(index)
            .filter(|reason| failed_condition(reason))
            .and_then(|reason| reason.item.clone())
    };
    if let (Some(idempotency), Some(item)) = (idempotency, in_the_way(2)) {
        let earlier: IdempotencyItem = from_item(item)?;
        return Ok(Some(if earlier.is_same_request(idempotency) {
            Creation::Repeated(earlier.export_id()?)
        } else {
            Creation::KeyReused
        }));
    }
    if let Some(item) = in_the_way(1) {
        let lock: LockItem = from_item(item)?;
        return Ok(Some(Creation::Blocked(lock.export_id()?)));
    }
    Ok(None)
}
