//! Endpoints: each change is one conditional write.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        transact_write_items::TransactWriteItemsError,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{
        AttributeValue, CancellationReason, Delete, Put, ReturnValue, TransactWriteItem, Update,
    },
};
use jiff::Timestamp;

use super::{AwsError, Item, WebhooksTable, key, number, text};
use crate::{
    aws::exports::{CONFLICT_RETRIES, failed_condition, from_item, is_conflict, pause, to_item},
    domain::webhook::{
        Disabled, DisabledReason, MOST_WEBHOOKS, Webhook, WebhookChange, id::WebhookId,
        secret::Secret,
    },
    items::{
        webhook::{COUNT, WEBHOOK_PREFIX, WebhookItem, webhooks_partition},
        webhook_secret::{WebhookSecretItem, secrets_partition},
    },
};

/// What became of a new endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    Created,
    /// The tenant has as many as it may have.
    TooMany,
}

impl WebhooksTable {
    /// Records the endpoint, its secret, and that the tenant has one more.
    pub async fn create(&self, webhook: &Webhook, secret: &Secret) -> Result<Creation, AwsError> {
        let count = self
            .count(&webhook.tenant_id, 1)?
            .condition_expression("attribute_not_exists(#count) OR #count < :most")
            .expression_attribute_values(":most", number(MOST_WEBHOOKS));
        let secret = WebhookSecretItem::first(&webhook.tenant_id, &webhook.id, secret);
        let puts = [
            (&self.name, to_item(&WebhookItem::of(webhook))?),
            (&self.secrets, to_item(&secret)?),
        ];
        let mut items = vec![
            TransactWriteItem::builder()
                .update(built(count.build())?)
                .build(),
        ];
        for (table, item) in puts {
            let put = Put::builder()
                .table_name(table)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(#partition)")
                .expression_attribute_names("#partition", "partition");
            items.push(
                TransactWriteItem::builder()
                    .put(built(put.build())?)
                    .build(),
            );
        }
        match self.transact(items).await? {
            Transaction::Done => Ok(Creation::Created),
            Transaction::Refused { first: true } => Ok(Creation::TooMany),
            Transaction::Refused { first: false } => Err(AwsError::unexpected(
                "TransactWriteItems",
                "another webhook has the id",
            )),
        }
    }

    /// Removes an endpoint with its secrets. Says whether there was one.
    pub async fn remove(&self, tenant_id: &str, id: &WebhookId) -> Result<bool, AwsError> {
        let endpoint = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(webhook_key(tenant_id, id)))
            .condition_expression("attribute_exists(#partition)")
            .expression_attribute_names("#partition", "partition");
        let secret = Delete::builder()
            .table_name(&self.secrets)
            .set_key(Some(key(secrets_partition(tenant_id), id.as_str())));
        let items = vec![
            TransactWriteItem::builder()
                .delete(built(endpoint.build())?)
                .build(),
            TransactWriteItem::builder()
                .delete(built(secret.build())?)
                .build(),
            TransactWriteItem::builder()
                .update(built(self.count(tenant_id, -1)?.build())?)
                .build(),
        ];
        Ok(matches!(self.transact(items).await?, Transaction::Done))
    }

    /// The endpoint of this tenant and id, as it is now.
    pub async fn find(&self, tenant_id: &str, id: &WebhookId) -> Result<Option<Webhook>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(webhook_key(tenant_id, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        answer.item.map(read).transpose()
    }

    /// A tenant's endpoints, the earliest first.
    pub async fn all(&self, tenant_id: &str) -> Result<Vec<Webhook>, AwsError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#partition = :partition AND begins_with(#sort, :prefix)")
            .expression_attribute_names("#partition", "partition")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":partition", text(webhooks_partition(tenant_id)))
            .expression_attribute_values(":prefix", text(WEBHOOK_PREFIX))
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(read)
            .collect()
    }

    /// Changes an endpoint as its operators wish. `None` if there is none.
    pub async fn change(
        &self,
        tenant_id: &str,
        id: &WebhookId,
        change: &WebhookChange,
        now: Timestamp,
    ) -> Result<Option<Webhook>, AwsError> {
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        let mut update = self.update(tenant_id, id);
        if let Some(target) = &change.target {
            sets.push("#url = :url");
            removes.push("failingSince");
            update = update
                .expression_attribute_names("#url", "url")
                .expression_attribute_values(":url", text(target));
        }
        match &change.events {
            Some(Some(events)) => {
                sets.push("events = :events");
                let events = events.iter().map(text).collect();
                update = update.expression_attribute_values(":events", AttributeValue::L(events));
            }
            Some(None) => removes.push("events"),
            None => {}
        }
        match &change.description {
            Some(Some(description)) => {
                sets.push("description = :description");
                update = update.expression_attribute_values(":description", text(description));
            }
            Some(None) => removes.push("description"),
            None => {}
        }
        match change.is_enabled {
            Some(true) => {
                removes.extend([
                    "disabledAt",
                    "disabledReason",
                    "isNoticeDue",
                    "failingSince",
                ]);
            }
            Some(false) => {
                sets.extend([
                    "disabledAt = if_not_exists(disabledAt, :now)",
                    "disabledReason = if_not_exists(disabledReason, :reason)",
                ]);
                update = update
                    .expression_attribute_values(":now", text(now))
                    .expression_attribute_values(":reason", text(DisabledReason::ByOperator));
            }
            None => {}
        }
        removes.sort_unstable();
        removes.dedup();
        if sets.is_empty() && removes.is_empty() {
            return self.find(tenant_id, id).await;
        }
        let clause = |word: &str, parts: &[&str]| {
            (!parts.is_empty()).then(|| format!("{word} {}", parts.join(", ")))
        };
        let clauses: Vec<_> = [clause("SET", &sets), clause("REMOVE", &removes)]
            .into_iter()
            .flatten()
            .collect();
        let changed = update
            .update_expression(clauses.join(" "))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match changed {
            Ok(answer) => answer.attributes.map(read).transpose(),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(AwsError::new("UpdateItem")(error)),
        }
    }

    /// Notes that an attempt succeeded.
    pub async fn note_success(&self, webhook: &Webhook) -> Result<(), AwsError> {
        let update = self
            .update(&webhook.tenant_id, &webhook.id)
            .update_expression("REMOVE failingSince");
        unless_refused(update).await
    }

    /// Notes that an attempt failed. Only the first failure after a success counts.
    pub async fn note_failure(&self, webhook: &Webhook, now: Timestamp) -> Result<(), AwsError> {
        let update = self
            .update(&webhook.tenant_id, &webhook.id)
            .update_expression("SET failingSince = if_not_exists(failingSince, :now)")
            .expression_attribute_values(":now", text(now));
        unless_refused(update).await
    }

    /// Disables an endpoint for what its attempts came to, unless it has been disabled or has succeeded meanwhile. Its owner
    /// is to be told.
    pub async fn disable(&self, webhook: &Webhook, disabled: Disabled) -> Result<(), AwsError> {
        let mut update = self
            .update(&webhook.tenant_id, &webhook.id)
            .update_expression(
                "SET disabledAt = :at, disabledReason = :reason, isNoticeDue = :true",
            )
            .expression_attribute_values(":at", text(disabled.at))
            .expression_attribute_values(":reason", text(disabled.reason))
            .expression_attribute_values(":true", AttributeValue::Bool(true));
        let mut condition =
            "attribute_exists(#partition) AND attribute_not_exists(disabledAt)".to_owned();
        if let (DisabledReason::Failing, Some(since)) = (disabled.reason, webhook.failing_since) {
            condition.push_str(" AND failingSince = :since");
            update = update.expression_attribute_values(":since", text(since));
        }
        unless_refused(update.condition_expression(condition)).await
    }

    /// Notes that the owner was told that the endpoint is disabled.
    pub async fn note_notice(&self, webhook: &Webhook) -> Result<(), AwsError> {
        let update = self
            .update(&webhook.tenant_id, &webhook.id)
            .update_expression("REMOVE isNoticeDue");
        unless_refused(update).await
    }

    /// An update of an endpoint that exists.
    fn update(&self, tenant_id: &str, id: &WebhookId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(webhook_key(tenant_id, id)))
            .condition_expression("attribute_exists(#partition)")
            .expression_attribute_names("#partition", "partition")
    }

    /// So many endpoints more.
    fn count(
        &self,
        tenant_id: &str,
        more: i64,
    ) -> Result<aws_sdk_dynamodb::types::builders::UpdateBuilder, AwsError> {
        Ok(Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(webhooks_partition(tenant_id), COUNT)))
            .update_expression("ADD #count :more")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":more", number(more)))
    }

    async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<Transaction, AwsError> {
        let mut attempt = 0;
        loop {
            let result = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .send()
                .await;
            let error = match result {
                Ok(_) => return Ok(Transaction::Done),
                Err(error) => error,
            };
            let reasons = cancellation_reasons(&error);
            if reasons.iter().any(failed_condition) {
                return Ok(Transaction::Refused {
                    first: reasons.first().is_some_and(failed_condition),
                });
            }
            if !is_conflict(reasons) || attempt == CONFLICT_RETRIES {
                return Err(AwsError::new("TransactWriteItems")(error));
            }
            pause(attempt).await;
            attempt += 1;
        }
    }
}

enum Transaction {
    Done,
    /// A condition did not hold; `first` says whether it was that of the first item.
    Refused {
        first: bool,
    },
}

fn cancellation_reasons(error: &SdkError<TransactWriteItemsError>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    }
}

fn built<T>(part: Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T, AwsError> {
    part.map_err(|error| AwsError::unexpected("TransactWriteItems", error))
}

fn webhook_key(tenant_id: &str, id: &WebhookId) -> Item {
    key(webhooks_partition(tenant_id), id.as_str())
}

fn read(item: Item) -> Result<Webhook, AwsError> {
    Ok(Webhook::try_from(from_item::<WebhookItem>(item)?)?)
}

pub(super) fn is_refused(error: &SdkError<UpdateItemError>) -> bool {
    error
        .as_service_error()
        .is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// A change that need not be made if its condition no longer holds.
async fn unless_refused(update: UpdateItemFluentBuilder) -> Result<(), AwsError> {
    match update.send().await {
        Ok(_) => Ok(()),
        Err(error) if is_refused(&error) => Ok(()),
        Err(error) => Err(AwsError::new("UpdateItem")(error)),
    }
}
