//! What the latest record says of somebody: of a contact, or of a supplier.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{
    LedgerTable, Outcome, layout::unless_refused, placeholders::Placeholders, row_write::assignment,
};
use crate::{
    aws::AwsError,
    domain::time::to_milliseconds,
    items::ledger::{AS_OF, PARTITION, SORT},
};

impl LedgerTable {
    /// Sets those attributes of an item that have a value, unless a later record has said what it holds. If the record itself
    /// was unchanged, an equally late one keeps its word: it may be a newer version of this record.
    pub(super) async fn note_latest(
        &self,
        partition: String,
        sort: String,
        as_of: Timestamp,
        outcome: Outcome,
        attributes: &[(&str, Option<&str>)],
    ) -> Result<(), AwsError> {
        let comparison = match outcome {
            Outcome::Written => "<=",
            Outcome::Unchanged => "<",
        };
        let mut placeholders = Placeholders::default();
        let as_of = AttributeValue::S(to_milliseconds(as_of));
        let mut sets = vec![assignment(&mut placeholders, AS_OF, as_of.clone())];
        for (name, value) in attributes {
            if let Some(value) = value {
                let value = AttributeValue::S((*value).to_owned());
                sets.push(assignment(&mut placeholders, name, value));
            }
        }
        let (known, now) = (placeholders.name(AS_OF), placeholders.value(as_of));
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .key(PARTITION, AttributeValue::S(partition))
            .key(SORT, AttributeValue::S(sort))
            .update_expression(format!("SET {}", sets.join(", ")))
            .condition_expression(format!(
                "attribute_not_exists({known}) OR {known} {comparison} {now}"
            ))
            .set_expression_attribute_names(Some(placeholders.names))
            .set_expression_attribute_values(Some(placeholders.values))
            .send()
            .await;
        unless_refused(answer).map(drop)
    }
}
