//! Reading the table `ledger`, a page at a time.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;

use super::{AwsError, raw_answer::RawAnswer};
use crate::{
    domain::{
        dataset::Dataset,
        selection::{Condition, Selection, Source},
        time::to_milliseconds,
    },
    items::ledger::{self, AMOUNT_VALUE, BY_CONTACT, BY_SUPPLIER, CONTACT_ID, CREATED_AT, Item},
};

#[derive(Clone, Debug)]
pub struct LedgerTable {
    client: Client,
    name: String,
}

/// One partition of the table or of an index, whose records come in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    index: Option<&'static str>,
    partition_attribute: &'static str,
    partition: String,
}

/// The query that every lane gets.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerQuery {
    /// Sort keys, inclusive.
    least: String,
    greatest: String,
    filter: String,
    projection: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

/// The answer to a query: DynamoDB's JSON as it was sent, with up to 1 MB of items.
#[derive(Debug)]
pub struct LedgerPage(SdkBody);

impl LedgerTable {
    pub fn new(aws: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(aws),
            name,
        }
    }

    /// The partitions that hold the selected records. Empty if the tenant has no records of the type.
    pub async fn lanes(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
        source: &Source,
    ) -> Result<Vec<Lane>, AwsError> {
        let lane = |index, partition_attribute, partition| Lane {
            index,
            partition_attribute,
            partition,
        };
        Ok(match source {
            Source::Shards => (0..self.shards(tenant_id, dataset).await?)
                .map(|shard| {
                    lane(
                        None,
                        ledger::PARTITION,
                        ledger::partition(tenant_id, dataset, shard),
                    )
                })
                .collect(),
            Source::Suppliers(supplier_ids) => supplier_ids
                .iter()
                .map(|id| ledger::supplier_partition(tenant_id, dataset, id))
                .map(|partition| lane(Some(BY_SUPPLIER), ledger::SUPPLIER_PARTITION, partition))
                .collect(),
            Source::Contact(contact_id) => vec![lane(
                Some(BY_CONTACT),
                ledger::CONTACT_PARTITION,
                ledger::contact_partition(tenant_id, dataset, contact_id),
            )],
        })
    }

    /// One page of a lane: records from this sort key on. The query looks at `limit` records at most.
    pub async fn page(
        &self,
        lane: &Lane,
        query: &LedgerQuery,
        least: &str,
        limit: Option<i32>,
    ) -> Result<LedgerPage, AwsError> {
        let answer = RawAnswer::default();
        self.client
            .query()
            .table_name(&self.name)
            .set_index_name(lane.index.map(str::to_owned))
            .key_condition_expression(
                "#partition = :partition AND #sort BETWEEN :least AND :greatest",
            )
            .set_filter_expression(Some(query.filter.clone()))
            .set_projection_expression(Some(query.projection.clone()))
            .set_expression_attribute_names(Some(query.names.clone()))
            .expression_attribute_names("#partition", lane.partition_attribute)
            .set_expression_attribute_values(Some(query.values.clone()))
            .expression_attribute_values(":partition", AttributeValue::S(lane.partition.clone()))
            .expression_attribute_values(":least", AttributeValue::S(least.to_owned()))
            .expression_attribute_values(":greatest", AttributeValue::S(query.greatest.clone()))
            .set_limit(limit)
            .customize()
            .interceptor(answer.clone())
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        answer
            .take()
            .map(LedgerPage)
            .ok_or_else(|| AwsError::unexpected("Query", "an answer without a body"))
    }

    /// The id of the tenant's contact that has this id or external id.
    pub async fn find_contact(
        &self,
        tenant_id: &str,
        name: &str,
    ) -> Result<Option<String>, AwsError> {
        for sort in [
            ledger::contact_sort(name),
            ledger::contact_external_sort(name),
        ] {
            if let Some(item) = self
                .get(ledger::contacts_partition(tenant_id), sort)
                .await?
            {
                let id = item.get(CONTACT_ID).and_then(|id| id.as_s().ok()).cloned();
                return Ok(id);
            }
        }
        Ok(None)
    }

    async fn shards(&self, tenant_id: &str, dataset: &Dataset) -> Result<u32, AwsError> {
        let (partition, sort) = ledger::layout_key(tenant_id, dataset);
        let Some(item) = self.get(partition, sort).await? else {
            return Ok(0);
        };
        item.get(ledger::SHARDS)
            .and_then(|shards| shards.as_n().ok())
            .and_then(|shards| shards.parse().ok())
            .ok_or_else(|| {
                AwsError::unexpected("reading the ledger's layout", "no number of shards")
            })
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
            .key(ledger::PARTITION, AttributeValue::S(partition))
            .key(ledger::SORT, AttributeValue::S(sort.into()))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        Ok(answer.item)
    }
}

impl AsRef<[u8]> for LedgerPage {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes().unwrap_or_default()
    }
}

impl LedgerQuery {
    /// The least sort key that a selected record can have.
    pub fn least(&self) -> &str {
        &self.least
    }

    /// A query for the selected records, with the given columns and the sort key.
    pub fn new<'a>(selection: &Selection, columns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut query = Self {
            least: ledger::least_sort(selection.from.unwrap_or(Timestamp::UNIX_EPOCH)),
            greatest: ledger::greatest_sort(selection.to),
            filter: String::new(),
            projection: "#sort".to_owned(),
            names: HashMap::from([("#sort".to_owned(), ledger::SORT.to_owned())]),
            values: HashMap::new(),
        };
        for column in columns {
            let name = query.name(column);
            query.projection.push_str(", ");
            query.projection.push_str(&name);
        }
        // The sort key has whole seconds: within the last one, the record's own time decides.
        let created_at = query.name(CREATED_AT);
        let to = query.value(AttributeValue::S(to_milliseconds(selection.to)));
        query.filter = format!("{created_at} <= {to}");
        for condition in &selection.conditions {
            let condition = query.condition(condition);
            query.filter.push_str(" AND ");
            query.filter.push_str(&condition);
        }
        query
    }

    fn condition(&mut self, condition: &Condition) -> String {
        let amount = |query: &mut Self, comparison: &str, amount: String| {
            let name = query.name(AMOUNT_VALUE);
            let value = query.value(AttributeValue::N(amount));
            format!("{name} {comparison} {value}")
        };
        match condition {
            Condition::AmountAtLeast(least) => amount(self, ">=", least.to_string()),
            Condition::AmountAtMost(most) => amount(self, "<=", most.to_string()),
            Condition::OneOf { column, values } => {
                let name = self.name(column);
                let values: Vec<_> = values
                    .iter()
                    .map(|value| self.value(AttributeValue::S(value.clone())))
                    .collect();
                format!("{name} IN ({})", values.join(", "))
            }
        }
    }

    /// A placeholder, because `status` and other words are reserved in DynamoDB.
    fn name(&mut self, attribute: &str) -> String {
        let name = format!("#{attribute}");
        self.names.insert(name.clone(), attribute.to_owned());
        name
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let name = format!(":value{}", self.values.len());
        self.values.insert(name.clone(), value);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    #[test]
    fn everything_that_can_be_is_pushed_down() {
        let selection = Selection {
            source: Source::Shards,
            from: Some(at("2026-01-01T00:00:00Z")),
            to: at("2026-11-20T09:30:00.250Z"),
            conditions: vec![
                Condition::OneOf {
                    column: "status",
                    values: vec!["FAILED".to_owned(), "PENDING".to_owned()],
                },
                Condition::AmountAtLeast("0.1".parse().unwrap()),
            ],
        };
        let query = LedgerQuery::new(&selection, ["transferId", "status"]);
        assert_eq!(query.least, "2026-01-01T00:00:00Z");
        assert_eq!(query.greatest, "2026-11-20T09:30:00Z#~");
        assert_eq!(query.projection, "#sort, #transferId, #status");
        assert_eq!(
            query.filter,
            "#createdAt <= :value0 AND #status IN (:value1, :value2) AND #amountValue >= :value3"
        );
        assert_eq!(
            query.values[":value0"],
            AttributeValue::S("2026-11-20T09:30:00.250Z".to_owned())
        );
        assert_eq!(query.values[":value3"], AttributeValue::N("0.1".to_owned()));
    }
}
