//! The directory of a tenant's suppliers, which writing keeps: whoever filters by supplier finds one by id or name.

use std::sync::PoisonError;

use aws_sdk_dynamodb::types::AttributeValue;
use foldhash::HashMap;
use futures::{StreamExt, TryStreamExt, stream};

use super::{LedgerTable, Outcome};
use crate::{
    aws::AwsError,
    domain::{
        change::{Change, Content},
        suppliers::Supplier,
    },
    items::ledger::{
        Item, PARTITION, SUPPLIER_ID, SUPPLIER_NAME, SUPPLIER_WORDS, suppliers_partition,
    },
};

/// How many suppliers are recorded at the same time.
const IN_FLIGHT: usize = 4;

/// The most pages, of 1 MB or some thousand suppliers each, that one search reads.
const MOST_PAGES: usize = 8;

/// A supplier of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSupplier {
    pub id: String,
    pub name: Option<String>,
}

impl LedgerTable {
    /// Suppliers, by their ids, whose id or name has the text in it, in upper or lower case. At most `limit`.
    pub async fn find_suppliers(
        &self,
        tenant_id: &str,
        text: &str,
        limit: usize,
    ) -> Result<Vec<FoundSupplier>, AwsError> {
        let mut found = Vec::new();
        let mut start = None;
        for _ in 0..MOST_PAGES {
            let partition = AttributeValue::S(suppliers_partition(tenant_id));
            let mut query = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("#partition = :partition")
                .expression_attribute_names("#partition", PARTITION)
                .expression_attribute_values(":partition", partition)
                .set_exclusive_start_key(start);
            if !text.is_empty() {
                query = query
                    .filter_expression("contains(#words, :text)")
                    .expression_attribute_names("#words", SUPPLIER_WORDS)
                    .expression_attribute_values(":text", AttributeValue::S(text.to_lowercase()));
            }
            let page = query.send().await.map_err(AwsError::new("Query"))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(read));
            start = page.last_evaluated_key;
            if start.is_none() || found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Records the suppliers of changes, all of one tenant, that this process has not recorded yet. The latest record's name
    /// counts.
    pub(super) async fn note_suppliers(
        &self,
        changes: &[&Change],
        outcomes: &[Outcome],
    ) -> Result<(), AwsError> {
        let Some(change) = changes.first() else {
            return Ok(());
        };
        let tenant_id = &change.tenant_id;
        stream::iter(self.news(tenant_id, changes, outcomes))
            .map(async |(supplier, outcome)| {
                self.note_supplier(tenant_id, &supplier, outcome).await?;
                let mut known = self
                    .suppliers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                known.remember(tenant_id, &supplier);
                Ok(())
            })
            .buffer_unordered(IN_FLIGHT)
            .try_collect()
            .await
    }

    /// Each supplier that is news, once, as its latest record has it.
    fn news<'a>(
        &self,
        tenant_id: &str,
        changes: &[&'a Change],
        outcomes: &[Outcome],
    ) -> Vec<(Supplier<'a>, Outcome)> {
        let mut news: HashMap<&str, (Supplier, Outcome)> = HashMap::default();
        let known = self
            .suppliers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = known.of(tenant_id);
        for (change, outcome) in changes.iter().zip(outcomes) {
            if let Content::Record(record) = &change.content
                && let Some(supplier) = Supplier::of(record)
                && known.is_news(&supplier)
            {
                let latest = news.entry(supplier.id).or_insert((supplier, *outcome));
                if latest.0.as_of < supplier.as_of {
                    *latest = (supplier, *outcome);
                }
            }
        }
        news.into_values().collect()
    }

    async fn note_supplier(
        &self,
        tenant_id: &str,
        supplier: &Supplier<'_>,
        outcome: Outcome,
    ) -> Result<(), AwsError> {
        let words = supplier.words();
        let attributes = [
            (SUPPLIER_ID, Some(supplier.id)),
            (SUPPLIER_NAME, supplier.name),
            (SUPPLIER_WORDS, Some(words.as_str())),
        ];
        let (partition, sort) = (suppliers_partition(tenant_id), supplier.id.to_owned());
        self.note_latest(partition, sort, supplier.as_of, outcome, &attributes)
            .await
    }
}

fn read(item: &Item) -> Option<FoundSupplier> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(FoundSupplier {
        id: text(SUPPLIER_ID)?,
        name: text(SUPPLIER_NAME),
    })
}
