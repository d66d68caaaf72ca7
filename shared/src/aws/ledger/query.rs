//! Reading records, a page at a time.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{Layout, LedgerTable, placeholders::Placeholders};
use crate::{
    aws::{
        AwsError,
        raw_answer::{Body, RawAnswer},
    },
    domain::{
        dataset::Dataset,
        order::Order,
        selection::{Condition, Selection, Source},
        time::to_milliseconds,
    },
    items::ledger::{
        self, AMOUNT_VALUE, BY_CONTACT, BY_POSITION, BY_SUPPLIER, CREATED_AT, POSITION,
        RECEIVED_AT, VISIBLE_FROM, VISIBLE_UNTIL,
    },
};

/// One partition of an index, whose records come in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    index: &'static str,
    partition_attribute: &'static str,
    partition: String,
}

/// The query that every lane gets.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerQuery {
    span: Span,
    filter: String,
    projection: String,
    placeholders: Placeholders,
}

/// The positions that a query looks at, both inclusive, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub least: String,
    pub greatest: String,
    pub order: Order,
}

/// The answer to a query: DynamoDB's JSON as it was sent, with up to 1 MB of items.
#[derive(Debug)]
pub struct LedgerPage(Body);

impl Layout {
    /// The partitions that hold the selected records.
    pub fn lanes(&self, tenant_id: &str, dataset: &Dataset, source: &Source) -> Vec<Lane> {
        let lane = |index, partition_attribute, partition| Lane {
            index,
            partition_attribute,
            partition,
        };
        match source {
            Source::Shards => (0..self.shards)
                .map(|shard| {
                    let partition = ledger::partition(tenant_id, dataset, shard);
                    lane(BY_POSITION, ledger::PARTITION, partition)
                })
                .collect(),
            Source::Suppliers(supplier_ids) => supplier_ids
                .iter()
                .map(|id| ledger::supplier_partition(tenant_id, dataset, id))
                .map(|partition| lane(BY_SUPPLIER, ledger::SUPPLIER_PARTITION, partition))
                .collect(),
            Source::Contact(contact_id) => vec![lane(
                BY_CONTACT,
                ledger::CONTACT_PARTITION,
                ledger::contact_partition(tenant_id, dataset, contact_id),
            )],
        }
    }
}

impl LedgerTable {
    /// One page of a lane: the first records of the span. The query looks at `limit` records at most.
    pub async fn page(
        &self,
        lane: &Lane,
        query: &LedgerQuery,
        span: &Span,
        limit: Option<i32>,
    ) -> Result<LedgerPage, AwsError> {
        let answer = RawAnswer::new(self.inflate);
        self.client
            .query()
            .table_name(&self.name)
            .index_name(lane.index)
            .key_condition_expression(
                "#partition = :partition AND #position BETWEEN :least AND :greatest",
            )
            .set_filter_expression(Some(query.filter.clone()))
            .set_projection_expression(Some(query.projection.clone()))
            .set_expression_attribute_names(Some(query.placeholders.names.clone()))
            .expression_attribute_names("#partition", lane.partition_attribute)
            .set_expression_attribute_values(Some(query.placeholders.values.clone()))
            .expression_attribute_values(":partition", AttributeValue::S(lane.partition.clone()))
            .expression_attribute_values(":least", AttributeValue::S(span.least.clone()))
            .expression_attribute_values(":greatest", AttributeValue::S(span.greatest.clone()))
            .scan_index_forward(span.order == Order::OldestFirst)
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
}

impl AsRef<[u8]> for LedgerPage {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl LedgerQuery {
    /// The positions that a selected record can have, in the order of the file.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// A query for the selected records with these attributes, none of which may come twice, and the position.
    pub fn new<'a>(selection: &Selection, attributes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut placeholders = Placeholders::default();
        let mut projection = placeholders.name(POSITION);
        for attribute in attributes {
            // DynamoDB refuses a projection that names an attribute twice.
            if attribute != POSITION {
                projection.push_str(", ");
                projection.push_str(&placeholders.name(attribute));
            }
        }
        // The position has whole seconds: within the last one, the record's own time decides.
        let created_at = placeholders.name(CREATED_AT);
        let to = placeholders.value(AttributeValue::S(to_milliseconds(selection.to)));
        let (visible_from, visible_until) = (
            placeholders.name(VISIBLE_FROM),
            placeholders.name(VISIBLE_UNTIL),
        );
        let as_of = placeholders.value(number(selection.as_of.as_second()));
        let mut filter = format!(
            "{created_at} <= {to} \
             AND (attribute_not_exists({visible_from}) OR {visible_from} <= {as_of}) \
             AND (attribute_not_exists({visible_until}) OR {visible_until} > {as_of})"
        );
        for condition in &selection.conditions {
            filter.push_str(" AND ");
            filter.push_str(&test(&mut placeholders, condition, &as_of));
        }
        Self {
            span: Span {
                least: ledger::least_position(selection.from.unwrap_or(Timestamp::UNIX_EPOCH)),
                greatest: ledger::greatest_position(selection.to),
                order: Order::OldestFirst,
            },
            filter,
            projection,
            placeholders,
        }
    }
}

/// The condition as an expression.
fn test(placeholders: &mut Placeholders, condition: &Condition, as_of: &str) -> String {
    let mut amount = |comparison: &str, amount: String| {
        let name = placeholders.name(AMOUNT_VALUE);
        let value = placeholders.value(AttributeValue::N(amount));
        format!("{name} {comparison} {value}")
    };
    match condition {
        Condition::AmountAtLeast(least) => amount(">=", least.to_string()),
        Condition::AmountAtMost(most) => amount("<=", most.to_string()),
        // A change counts from `receivedAt` on, a second that is not over when the source sends it. So what was sent in
        // the second `since` or later is received after it.
        Condition::ChangedSince(since) => {
            let name = placeholders.name(RECEIVED_AT);
            let since = placeholders.value(number(since.as_second()));
            format!("{name} > {since} AND {name} <= {as_of}")
        }
        Condition::OneOf { column, values } => {
            let name = placeholders.name(column);
            let values: Vec<_> = values
                .iter()
                .map(|value| placeholders.value(AttributeValue::S(value.clone())))
                .collect();
            format!("{name} IN ({})", values.join(", "))
        }
    }
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
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
            as_of: at("2026-11-20T09:30:00.250Z"),
            conditions: vec![
                Condition::OneOf {
                    column: "status",
                    values: vec!["FAILED".to_owned(), "PENDING".to_owned()],
                },
                Condition::AmountAtLeast("0.1".parse().unwrap()),
                Condition::ChangedSince(at("2026-11-19T09:30:00.9Z")),
            ],
        };
        let query = LedgerQuery::new(&selection, ["transferId", "status", POSITION]);
        assert_eq!(query.span.least, "2026-01-01T00:00:00Z");
        assert_eq!(query.span.greatest, "2026-11-20T09:30:00Z#~");
        assert_eq!(query.projection, "#position, #transferId, #status");
        assert_eq!(
            query.filter,
            "#createdAt <= :value0 \
             AND (attribute_not_exists(#visibleFrom) OR #visibleFrom <= :value1) \
             AND (attribute_not_exists(#visibleUntil) OR #visibleUntil > :value1) \
             AND #status IN (:value2, :value3) AND #amountValue >= :value4 \
             AND #receivedAt > :value5 AND #receivedAt <= :value1"
        );
        let values = &query.placeholders.values;
        assert_eq!(
            values[":value0"],
            AttributeValue::S("2026-11-20T09:30:00.250Z".to_owned())
        );
        assert_eq!(values[":value1"], number(1_795_167_000));
        assert_eq!(values[":value4"], AttributeValue::N("0.1".to_owned()));
        assert_eq!(values[":value5"], number(1_795_080_600));
    }
}
