//! The contacts whom payouts by contact name, as the merchant API looks them up.

use super::{LedgerTable, Outcome};
use crate::{
    aws::AwsError,
    domain::contacts::Contact,
    items::ledger::{
        CONTACT_EXTERNAL_ID, CONTACT_ID, CONTACT_NAME, contact_external_sort, contact_sort,
        contacts_partition,
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

    /// Records what a payout says of its contact. An external id leads to the contact of the latest payout that has it.
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
        let note = |sort, attributes| {
            let partition = contacts_partition(tenant_id);
            self.note_latest(partition, sort, contact.as_of, outcome, attributes)
        };
        note(contact_sort(&contact.id), &known[..]).await?;
        match &contact.external_id {
            Some(external_id) => note(contact_external_sort(external_id), &known[..1]).await,
            None => Ok(()),
        }
    }
}
