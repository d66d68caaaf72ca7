//! The contacts whom payouts by contact name, as the merchant API looks them up.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    LedgerTable, Outcome, layout::unless_refused, placeholders::Placeholders, row_write::assignment,
};
use crate::{
    aws::AwsError,
    domain::{contacts::Contact, time::to_milliseconds},
    items::ledger::{
        CONTACT_AS_OF, CONTACT_EXTERNAL_ID, CONTACT_ID, CONTACT_NAME, PARTITION, SORT,
        contact_external_sort, contact_sort, contacts_partition,
    },
};

impl LedgerTable {
    /// The id of the tenant's contact that has this id or external id.
    pub async fn find_contact(
        &self,
        tenant_id: &str,
        name: &str,
    ) -> Result<Option<String>, AwsError> {
        for sort in [contact_sort(name), contact_external_sort(name)] {
            if let Some(item) = self.get(contacts_partition(tenant_id), sort).await? {
                let id = item.get(CONTACT_ID).and_then(|id| id.as_s().ok()).cloned();
                return Ok(id);
            }
        }
        Ok(None)
    }

    /// Records what a payout says of its contact, unless a later payout has said something. An external id leads to the
    /// contact of the latest payout that has it. If the payout itself was unchanged, an equally late one keeps its word: it
    /// may be a newer version of this payout.
    pub async fn note_contact(
        &self,
        tenant_id: &str,
        contact: &Contact,
        outcome: Outcome,
    ) -> Result<(), AwsError> {
        let known = [
            (CONTACT_ID, Some(contact.id.as_str())),
            (CONTACT_EXTERNAL_ID, contact.external_id.as_deref()),
            (CONTACT_NAME, contact.name.as_deref()),
        ];
        let comparison = match outcome {
            Outcome::Written => "<=",
            Outcome::Unchanged => "<",
        };
        let sort = contact_sort(&contact.id);
        self.note(tenant_id, sort, contact, comparison, &known)
            .await?;
        match &contact.external_id {
            Some(external_id) => {
                let sort = contact_external_sort(external_id);
                self.note(tenant_id, sort, contact, comparison, &known[..1])
                    .await
            }
            None => Ok(()),
        }
    }

    async fn note(
        &self,
        tenant_id: &str,
        sort: String,
        contact: &Contact,
        comparison: &str,
        attributes: &[(&str, Option<&str>)],
    ) -> Result<(), AwsError> {
        let mut placeholders = Placeholders::default();
        let as_of = AttributeValue::S(to_milliseconds(contact.as_of));
        let mut sets = vec![assignment(&mut placeholders, CONTACT_AS_OF, as_of.clone())];
        for (name, value) in attributes {
            if let Some(value) = value {
                let value = AttributeValue::S((*value).to_owned());
                sets.push(assignment(&mut placeholders, name, value));
            }
        }
        let (known, now) = (placeholders.name(CONTACT_AS_OF), placeholders.value(as_of));
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .key(PARTITION, AttributeValue::S(contacts_partition(tenant_id)))
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
