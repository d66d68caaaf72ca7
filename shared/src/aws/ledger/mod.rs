//! The table `ledger`: the records that are exported.

mod completeness;
mod contacts;
mod direct;
mod insertions;
mod items;
mod latest;
mod layout;
mod placeholders;
mod query;
mod records;
mod row_write;
mod suppliers;
mod write;

use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, types::AttributeValue};

pub use items::ItemPage;
pub use layout::Layout;
pub use query::{Lane, LedgerPage, LedgerQuery, Span};
pub use records::{RecordPage, StoredRecord};
pub use suppliers::FoundSupplier;
pub use write::{BATCH, Outcome, Written};

use super::AwsError;
pub use super::raw_answer::Inflate;
use crate::{
    domain::{received::Margin, suppliers::KnownSuppliers},
    items::ledger::{Item, PARTITION, SORT},
};
use direct::Direct;

#[derive(Clone, Debug)]
pub struct LedgerTable {
    client: Client,
    name: String,
    /// For the calls that insert records.
    direct: Direct,
    margin: Arc<Margin>,
    suppliers: Arc<Mutex<KnownSuppliers>>,
    /// For pages that come compressed. Without it none is asked for.
    inflate: Option<Inflate>,
}

impl LedgerTable {
    pub fn new(aws: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(aws),
            name,
            direct: Direct::default(),
            margin: Arc::default(),
            suppliers: Arc::default(),
            inflate: None,
        }
    }

    /// Pages come compressed from now on. Lambda's network, and not its processor, is what large exports wait for.
    pub fn compressed(self, inflate: Inflate) -> Self {
        Self {
            inflate: Some(inflate),
            ..self
        }
    }

    async fn get(
        &self,
        partition: String,
        sort: impl Into<String>,
    ) -> Result<Option<Item>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .key(PARTITION, AttributeValue::S(partition))
            .key(SORT, AttributeValue::S(sort.into()))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        Ok(answer.item)
    }
}
