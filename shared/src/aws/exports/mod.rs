//! The table `exports`: every change of an export is one conditional write here.

mod arrival;
mod checkpoint;
mod create;
mod download;
mod due;
mod history;
mod lifecycle;
mod link;
mod mail_rules;
mod outbox;
mod schedules;
mod sending;
mod slots;

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, CancellationReason},
};
use jiff::SignedDuration;
use serde::{Serialize, de::DeserializeOwned};

pub use arrival::{Learned, Told};
pub use checkpoint::{Checkpoint, UploadState};
pub use create::Creation;
pub use due::{DuePage, DuePlace};
pub use lifecycle::{Attempt, Claim, Superseded};
pub use link::{LinkedExport, Revoked};
pub use schedules::TooManySchedules;
pub use slots::Released;

use super::AwsError;
use crate::{
    domain::{export::Export, id::ExportId},
    items::export::{ExportItem, partition},
};

type Item = HashMap<String, AttributeValue>;

/// How often a transaction that conflicted with another is retried.
pub(in crate::aws) const CONFLICT_RETRIES: u32 = 5;

/// The table and the clients to it.
#[derive(Clone, Debug)]
pub struct ExportsTable {
    client: Client,
    name: String,
}

impl ExportsTable {
    pub fn new(aws: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(aws),
            name,
        }
    }

    /// The export of this tenant and id, as it is now: one consistent read.
    pub async fn find(&self, tenant_id: &str, id: &ExportId) -> Result<Option<Export>, AwsError> {
        let item = self.get(export_key(tenant_id, id)).await?;
        item.map(read_export).transpose()
    }

    /// An item as it is now.
    async fn get(&self, key: Item) -> Result<Option<Item>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        Ok(answer.item)
    }

    /// The items of a partition that belong to an export, as they are now, the greatest sort key first: all, or so many.
    async fn newest_first(
        &self,
        partition: String,
        id: &ExportId,
        limit: Option<i32>,
    ) -> Result<Vec<Item>, AwsError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("#partition = :partition AND begins_with(#sort, :id)")
            .expression_attribute_names("#partition", "partition")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":partition", text(partition))
            .expression_attribute_values(":id", text(format!("{id}#")));
        if let Some(limit) = limit {
            let answer = query
                .limit(limit)
                .send()
                .await
                .map_err(AwsError::new("Query"))?;
            return Ok(answer.items.unwrap_or_default());
        }
        let mut items = Vec::new();
        let mut pages = query.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(AwsError::new("Query"))?);
        }
        Ok(items)
    }
}

fn export_key(tenant_id: &str, id: &ExportId) -> Item {
    key(partition(tenant_id, id.dataset()), id.to_string())
}

fn key(partition: String, sort: impl Into<String>) -> Item {
    HashMap::from([
        ("partition".to_owned(), AttributeValue::S(partition)),
        ("sort".to_owned(), AttributeValue::S(sort.into())),
    ])
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn count(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(in crate::aws) fn to_item(item: &impl Serialize) -> Result<Item, AwsError> {
    serde_dynamo::to_item(item).map_err(|error| AwsError::unexpected("writing an item", error))
}

pub(in crate::aws) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, AwsError> {
    serde_dynamo::from_item(item).map_err(|error| AwsError::unexpected("reading an item", error))
}

fn read_export(item: Item) -> Result<Export, AwsError> {
    Ok(Export::try_from(from_item::<ExportItem>(item)?)?)
}

/// Whether a part of a cancelled transaction failed its own condition.
pub(in crate::aws) fn failed_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}

/// Whether a transaction was cancelled only because another one changed the same items. Then it may be retried.
pub(in crate::aws) fn is_conflict(reasons: &[CancellationReason]) -> bool {
    reasons
        .iter()
        .any(|reason| reason.code() == Some("TransactionConflict"))
        && !reasons.iter().any(failed_condition)
}

/// A growing pause with jitter before a transaction is retried.
pub(in crate::aws) async fn pause(attempt: u32) {
    let mut random = [0; 1];
    // A pause without jitter is still a pause.
    let _ = getrandom::fill(&mut random);
    let milliseconds = (10 << attempt) + u64::from(random[0]) % 20;
    let pause = SignedDuration::from_millis(milliseconds as i64);
    tokio::time::sleep(pause.unsigned_abs()).await;
}
