//! Writing changes of records.
//!
//! A new record is one conditional insert, and a change of a record that is there one conditional update; 25 of them are
//! one call. Only a record that moves, or that has moved, takes a transaction of two or three writes; see
//! [`ledger_head`](crate::items::ledger_head).

use std::{future::ready, time::Duration};

use aws_sdk_dynamodb::{
    error::{BuildError, SdkError},
    operation::{
        batch_execute_statement::{BatchExecuteStatementError, BatchExecuteStatementOutput},
        transact_write_items::TransactWriteItemsError,
        update_item::UpdateItemError,
    },
    types::{
        AttributeValue, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
        BatchStatementResponse, Delete, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update, builders::PutBuilder,
    },
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::time::{Instant, sleep, timeout};

use super::{
    LedgerTable,
    insertions::{Insertions, read_codes, replace_body},
    placeholders::Placeholders,
    row_write::{RowWrite, assignment, is_still, second, text},
};
use crate::{
    aws::{AwsError, retry::with_limited_back_off},
    domain::{change::Change, received::Received, time},
    items::{
        ledger::{Item, TIME_TO_LIVE, VISIBLE_UNTIL},
        ledger_head::{Head, MOVES, Next, Place, ROW, ROW_PLACE},
    },
};

/// Most changes of one call of [`LedgerTable::write`]: BatchExecuteStatement takes 25 statements.
pub const BATCH: usize = 25;

/// The call that executes a batch of statements, in messages.
const BATCH_CALL: &str = "BatchExecuteStatement";

/// How many changes that are no part of a batch are on their way at the same time.
const CHANGES_IN_FLIGHT: usize = 4;

/// How often suppliers are tried again to be recorded.
const MOST_RETRIES: usize = 5;

/// How often a change is tried that other writes of its record overtake.
const MOST_RACES: u32 = 20;

/// How long a row that has ended is kept, in seconds: longer than any export takes.
const ENDED_ROW_LIFETIME: i64 = 7 * 24 * 60 * 60;

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Written,
    /// The ledger had a newer version, or this one.
    Unchanged,
}

/// What became of several changes, in their order.
#[derive(Debug)]
pub struct Written {
    pub outcomes: Vec<Outcome>,
    /// The exports that are requested from this second on hold all of them.
    pub counts_from: Received,
}

/// What a statement of a batch led to.
enum Answer {
    Done,
    /// What is there did not allow it; for an update, this is it.
    Refused(Option<Item>),
    /// It may succeed later.
    Busy,
}

/// How a write ended.
enum Attempt {
    Written,
    /// The head of the record did not allow it.
    Refused(Item),
    /// Another write of the record came first.
    Overtaken,
}

impl LedgerTable {
    /// Writes changes of at most [`BATCH`] records, which are of one tenant and dataset and differ from each other.
    /// Writing the same again changes nothing, so a call that failed may be repeated.
    pub async fn write(&self, shards: u32, changes: &[&Change]) -> Result<Written, AwsError> {
        let writes: Vec<_> = changes
            .iter()
            .map(|change| RowWrite::new(change, shards))
            .collect();
        let (margin, now) = (self.margin.get(), time::now());
        let received = Received::after(now, margin);
        let begun = Instant::now();
        let mut done = vec![None; writes.len()];
        // What is not done by then is left for a change with a later second.
        let batches = self.write_batches(&writes, received, &mut done);
        match timeout(received.time_to_store(now), batches).await {
            Ok(written) => {
                self.margin.was_enough(begun.elapsed());
                written?;
            }
            Err(_) => {
                self.margin.was_short(margin);
                done.fill(None);
            }
        }
        let mut counts_from = received;
        let mut others = stream::iter(done.iter_mut().zip(&writes))
            .filter(|(done, _)| ready(done.is_none()))
            .map(async |(done, write)| (done, self.change_in_time(write).await))
            .buffer_unordered(CHANGES_IN_FLIGHT);
        while let Some((done, changed)) = others.next().await {
            let (outcome, received) = changed?;
            *done = Some(outcome);
            counts_from = counts_from.max(received);
        }
        drop(others);
        let outcomes: Vec<_> = done.into_iter().flatten().collect();
        // Tried again by itself: repeated, the write would find that nothing is new.
        with_limited_back_off(MOST_RETRIES, || self.note_suppliers(changes, &outcomes)).await?;
        Ok(Written {
            outcomes,
            counts_from,
        })
    }

    /// Inserts the records whose ids are not known, then updates those that do not move: two calls at most. `done` says
    /// afterwards what became of these.
    async fn write_batches(
        &self,
        writes: &[RowWrite<'_>],
        received: Received,
        done: &mut [Option<Outcome>],
    ) -> Result<(), AwsError> {
        let mut insertions = Insertions::new(&self.name, writes.len());
        let mut records = Vec::with_capacity(writes.len());
        for (index, write) in writes.iter().enumerate() {
            if let Some(record) = write.record() {
                insertions.push(write, record, received);
                records.push(index);
            }
        }
        let answers = if records.is_empty() {
            Vec::new()
        } else {
            self.insert(insertions.into_body(), records.len()).await?
        };
        let mut known = Vec::new();
        for (index, answer) in records.into_iter().zip(answers) {
            match answer {
                Answer::Done => done[index] = Some(Outcome::Written),
                Answer::Refused(_) if writes[index].change.version.is_some() => known.push(index),
                Answer::Refused(_) | Answer::Busy => {}
            }
        }
        let updates = known
            .iter()
            .map(|index| writes[*index].update(&self.name, received));
        let answers = self.execute(updates).await?;
        for (index, answer) in known.into_iter().zip(answers) {
            let write = &writes[index];
            done[index] = match answer {
                Answer::Done => Some(Outcome::Written),
                Answer::Refused(Some(head)) => {
                    let next = Head::try_from(head)?.next(write.change, write.attributes());
                    (next == Next::Nothing).then_some(Outcome::Unchanged)
                }
                Answer::Refused(None) | Answer::Busy => None,
            };
        }
        Ok(())
    }

    /// Executes a body of so many insertions.
    async fn insert(&self, body: Bytes, statements: usize) -> Result<Vec<Answer>, AwsError> {
        if let Some(answer) = self.direct.send(body.clone()).await
            && let Some(codes) = read_codes(&answer)
            && codes.len() == statements
        {
            let codes = codes.iter();
            return codes.map(|code| read_code(code.as_deref(), None)).collect();
        }
        // Its body is replaced.
        let placeholder = BatchStatementRequest::builder().statement("").build();
        let call = self
            .client
            .batch_execute_statement()
            .set_statements(Some(Vec::from_iter(placeholder)))
            .customize()
            .mutate_request(replace_body(body))
            .interceptor(self.direct.clone());
        read_answer(call.send().await, statements)
    }

    /// Executes statements. Fails if one of them can never succeed.
    async fn execute(
        &self,
        statements: impl Iterator<Item = Result<BatchStatementRequest, BuildError>>,
    ) -> Result<Vec<Answer>, AwsError> {
        let statements: Result<Vec<_>, _> = statements.collect();
        let statements = statements.map_err(|error| AwsError::unexpected(BATCH_CALL, error))?;
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let count = statements.len();
        let batch = self.client.batch_execute_statement();
        read_answer(batch.set_statements(Some(statements)).send().await, count)
    }

    /// Writes a change. If there was too little time for it to be stored before it counts, it gets more.
    async fn change_in_time(&self, write: &RowWrite<'_>) -> Result<(Outcome, Received), AwsError> {
        loop {
            let (margin, now) = (self.margin.get(), time::now());
            let received = Received::after(now, margin);
            let begun = Instant::now();
            match timeout(received.time_to_store(now), self.change(write, received)).await {
                Ok(outcome) => {
                    self.margin.was_enough(begun.elapsed());
                    return Ok((outcome?, received));
                }
                Err(_) if self.margin.was_short(margin) => {}
                Err(_) => return Err(AwsError::late("writing a record")),
            }
        }
    }

    async fn change(&self, write: &RowWrite<'_>, received: Received) -> Result<Outcome, AwsError> {
        for race in 0..MOST_RACES {
            let mut attempt = if write.record().is_none() {
                self.delete(write, received).await?
            } else {
                self.update(write, received).await?
            };
            if let Attempt::Refused(item) = attempt {
                let head = Head::try_from(item)?;
                attempt = match head.next(write.change, write.attributes()) {
                    Next::Nothing => return Ok(Outcome::Unchanged),
                    Next::Update => Attempt::Overtaken,
                    next => self.transact(write, &head, next, received).await?,
                };
            }
            if matches!(attempt, Attempt::Written) {
                return Ok(Outcome::Written);
            }
            sleep(Duration::from_millis(u64::from(race) * 5)).await;
        }
        Err(AwsError::late("writing a record"))
    }

    /// Creates the record, or updates it where it is.
    async fn update(&self, write: &RowWrite<'_>, received: Received) -> Result<Attempt, AwsError> {
        let mut placeholders = Placeholders::default();
        let condition = write.is_new_or_older_in_place(&mut placeholders);
        let expression = write.assignments(&mut placeholders, write.change.id(), received);
        self.update_head(write, expression, condition, placeholders)
            .await
    }

    /// Leaves the head of a record without a row, if the record has not moved.
    async fn delete(&self, write: &RowWrite<'_>, received: Received) -> Result<Attempt, AwsError> {
        let mut placeholders = Placeholders::default();
        let condition = write.is_new_or_older(&mut placeholders);
        let expression = write.removal(&mut placeholders, received);
        self.update_head(write, expression, condition, placeholders)
            .await
    }

    async fn update_head(
        &self,
        write: &RowWrite<'_>,
        expression: String,
        condition: String,
        placeholders: Placeholders,
    ) -> Result<Attempt, AwsError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(write.key(write.change.id())))
            .update_expression(expression)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(placeholders.names))
            .set_expression_attribute_values(Some(placeholders.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(Attempt::Written);
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                // Without an item it was removed in the meantime.
                Ok(refusal
                    .item
                    .clone()
                    .map_or(Attempt::Overtaken, Attempt::Refused))
            }
            Some(UpdateItemError::TransactionConflictException(_)) => Ok(Attempt::Overtaken),
            _ => Err(AwsError::new("UpdateItem")(error)),
        }
    }

    /// Writes the head and the rows of a record together, unless the head is no longer what it was.
    async fn transact(
        &self,
        write: &RowWrite<'_>,
        head: &Head,
        next: Next,
        received: Received,
    ) -> Result<Attempt, AwsError> {
        let id = write.change.id();
        let parts = match next {
            Next::Nothing | Next::Update => return Ok(Attempt::Overtaken),
            Next::Restore => vec![self.put_head(write.head(head.moves, received), head)?],
            Next::Delete { row } => {
                let mut parts = vec![self.put_head(write.tombstone(head.moves, received), head)?];
                if let Some(row) = row {
                    parts.push(self.delete_part(write.key(&row))?);
                }
                parts
            }
            Next::UpdateRow { row } => {
                // The head is written in any case, so that the row is still its row.
                let mut placeholders = Placeholders::default();
                let mut sets = vec![assignment(&mut placeholders, ROW, text(&row))];
                sets.extend(write.version(&mut placeholders));
                let guard = is_still(head, &mut placeholders);
                let update = format!("SET {}", sets.join(", "));
                let mut of_row = Placeholders::default();
                let values = write.assignments(&mut of_row, &row, received);
                vec![
                    self.update_part(write.key(id), update, Some(guard), placeholders)?,
                    self.update_part(write.key(&row), values, None, of_row)?,
                ]
            }
            Next::Move { from, to, moves } => {
                let mut placeholders = Placeholders::default();
                let place = Place::of(write.attributes())
                    .ok_or_else(|| AwsError::unexpected("moving a record", "no position"))?;
                let mut sets = vec![
                    assignment(&mut placeholders, ROW, text(&to)),
                    assignment(&mut placeholders, ROW_PLACE, text(place.as_str())),
                    assignment(
                        &mut placeholders,
                        MOVES,
                        AttributeValue::N(moves.to_string()),
                    ),
                ];
                sets.extend(write.version(&mut placeholders));
                // One row ends when the other one begins.
                let ends = write.counts_from(received);
                let mut parts = Vec::new();
                match from {
                    None => sets.push(assignment(&mut placeholders, VISIBLE_UNTIL, second(ends))),
                    Some(row) => parts.push(self.end_row(write.key(&row), ends)?),
                }
                let guard = is_still(head, &mut placeholders);
                let update = format!("SET {}", sets.join(", "));
                parts.push(self.update_part(write.key(id), update, Some(guard), placeholders)?);
                parts.push(self.put_part(Put::builder().set_item(Some(write.row(&to, received))))?);
                parts
            }
        };
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(parts))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Attempt::Written),
            Err(error) if may_be_repeated(&error) => Ok(Attempt::Overtaken),
            Err(error) => Err(AwsError::new("TransactWriteItems")(error)),
        }
    }

    /// From this second on exports no longer hold a row that is not within a head. Later it is removed.
    fn end_row(&self, key: Item, received: Received) -> Result<TransactWriteItem, AwsError> {
        let mut placeholders = Placeholders::default();
        let removed = AttributeValue::N((received.second() + ENDED_ROW_LIFETIME).to_string());
        let sets = [
            assignment(&mut placeholders, VISIBLE_UNTIL, second(received)),
            assignment(&mut placeholders, TIME_TO_LIVE, removed),
        ];
        self.update_part(key, format!("SET {}", sets.join(", ")), None, placeholders)
    }

    /// Replaces a head that is still what it was.
    fn put_head(&self, item: Item, head: &Head) -> Result<TransactWriteItem, AwsError> {
        let mut placeholders = Placeholders::default();
        let guard = is_still(head, &mut placeholders);
        let values = (!placeholders.values.is_empty()).then_some(placeholders.values);
        let put = Put::builder()
            .set_item(Some(item))
            .condition_expression(guard)
            .set_expression_attribute_names(Some(placeholders.names))
            .set_expression_attribute_values(values);
        self.put_part(put)
    }

    fn put_part(&self, put: PutBuilder) -> Result<TransactWriteItem, AwsError> {
        let put = put.table_name(&self.name).build().map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn update_part(
        &self,
        key: Item,
        expression: String,
        condition: Option<String>,
        placeholders: Placeholders,
    ) -> Result<TransactWriteItem, AwsError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(placeholders.names))
            .set_expression_attribute_values(Some(placeholders.values))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn delete_part(&self, key: Item) -> Result<TransactWriteItem, AwsError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// Reads the answer to a batch of so many statements.
fn read_answer(
    answer: Result<BatchExecuteStatementOutput, SdkError<BatchExecuteStatementError>>,
    statements: usize,
) -> Result<Vec<Answer>, AwsError> {
    let answer = answer.map_err(AwsError::new(BATCH_CALL))?;
    let responses = answer.responses.unwrap_or_default();
    if responses.len() != statements {
        return Err(AwsError::unexpected(BATCH_CALL, "a response is missing"));
    }
    responses.into_iter().map(read_response).collect()
}

fn read_response(response: BatchStatementResponse) -> Result<Answer, AwsError> {
    match response.error {
        None => read_code(None, None),
        Some(error) => {
            // An error without a code is one of an unknown code.
            let code = error.code.as_ref().map_or("", Code::as_str);
            read_code(Some(code), error.item)
        }
    }
}

/// Reads what a statement of a batch led to, from the code of its error and the item that did not allow it. Source: the
/// codes of BatchStatementError in the API reference.
fn read_code(code: Option<&str>, item: Option<Item>) -> Result<Answer, AwsError> {
    match code.map(Code::from) {
        None => Ok(Answer::Done),
        Some(Code::DuplicateItem | Code::ConditionalCheckFailed) => Ok(Answer::Refused(item)),
        Some(
            Code::InternalServerError
            | Code::ProvisionedThroughputExceeded
            | Code::RequestLimitExceeded
            | Code::ThrottlingError
            | Code::TransactionConflict,
        ) => Ok(Answer::Busy),
        Some(code) => Err(AwsError::unexpected(BATCH_CALL, code.as_str())),
    }
}

/// Whether a transaction was cancelled by other writes, or by too many of them.
fn may_be_repeated(error: &SdkError<TransactWriteItemsError>) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = cancelled.cancellation_reasons();
            reasons
                .iter()
                .all(|reason| reason.code() != Some("ValidationError"))
        }
        Some(error) => error.is_transaction_in_progress_exception(),
        None => false,
    }
}

fn unbuilt(error: BuildError) -> AwsError {
    AwsError::unexpected("TransactWriteItems", error)
}
