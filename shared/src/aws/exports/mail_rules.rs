//! What keeps a tenant's mails from some addresses.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::{AwsError, ExportsTable, Item, from_item, key};
use crate::{
    domain::{address::EmailAddress, cc_domains::CcDomains, sending::MailRules},
    items::{
        cc_domains::{CC_DOMAINS, CcDomainsItem, cc_domains_partition},
        suppressed_address::{SuppressedAddressItem, suppressed_partition, suppressed_sort},
    },
};

impl ExportsTable {
    /// Where the tenant's copies may go, as it is set now: one consistent read. `None`: everywhere.
    pub async fn cc_domains(&self, tenant_id: &str) -> Result<Option<CcDomains>, AwsError> {
        let item = self.get(cc_domains_key(tenant_id)).await?;
        item.map(read_cc_domains).transpose()
    }

    /// What is to be known before the tenant's mails are sent to any of these addresses: one consistent read.
    pub async fn mail_rules(
        &self,
        tenant_id: &str,
        addresses: &[EmailAddress],
    ) -> Result<MailRules, AwsError> {
        let suppressed = addresses.iter().map(|address| {
            key(
                suppressed_partition(tenant_id),
                suppressed_sort(address.as_str()),
            )
        });
        let keys = suppressed.chain([cc_domains_key(tenant_id)]).collect();
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|error| AwsError::unexpected("BatchGetItem", error))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.name, keys)
            .send()
            .await
            .map_err(AwsError::new("BatchGetItem"))?;
        // So few small items are answered as a whole, unless the table is throttled.
        if answer
            .unprocessed_keys
            .is_some_and(|unprocessed| !unprocessed.is_empty())
        {
            return Err(AwsError::unexpected(
                "BatchGetItem",
                "the table is throttled",
            ));
        }
        let items = answer.responses.unwrap_or_default().remove(&self.name);
        let mut rules = MailRules::default();
        for item in items.unwrap_or_default() {
            let is_cc_domains = item
                .get("sort")
                .and_then(|sort| sort.as_s().ok())
                .is_some_and(|sort| sort == CC_DOMAINS);
            if is_cc_domains {
                rules.cc_domains = Some(read_cc_domains(item)?);
            } else {
                let item: SuppressedAddressItem = from_item(item)?;
                rules.suppressed.push(item.address()?);
            }
        }
        Ok(rules)
    }
}

fn cc_domains_key(tenant_id: &str) -> Item {
    key(cc_domains_partition(tenant_id), CC_DOMAINS)
}

fn read_cc_domains(item: Item) -> Result<CcDomains, AwsError> {
    Ok(CcDomains::try_from(from_item::<CcDomainsItem>(item)?)?)
}
