//! The secrets of endpoints. Whoever manages endpoints may write them, and whoever sends events may read them.

use jiff::Timestamp;

use super::{AwsError, WebhooksTable, endpoints::is_refused, key, text};
use crate::{
    aws::exports::from_item,
    domain::webhook::{
        Webhook,
        secret::{Secret, Secrets},
    },
    items::webhook_secret::{WebhookSecretItem, secrets_partition},
};

impl WebhooksTable {
    /// Gives an endpoint another secret. The one that it had signs too until `previous_until`; a still earlier one ends.
    /// `false` if there is no such endpoint any more.
    pub async fn rotate(
        &self,
        webhook: &Webhook,
        secret: &Secret,
        previous_until: Timestamp,
    ) -> Result<bool, AwsError> {
        // What stands on the right is as it was before the update, so nobody has to read a secret to move it.
        let rotated = self
            .client
            .update_item()
            .table_name(&self.secrets)
            .set_key(Some(key(
                secrets_partition(&webhook.tenant_id),
                webhook.id.as_str(),
            )))
            .update_expression(
                "SET previous = #current, previousUntil = :until, #current = :secret",
            )
            .condition_expression("attribute_exists(#current)")
            .expression_attribute_names("#current", "current")
            .expression_attribute_values(":until", text(previous_until))
            .expression_attribute_values(":secret", text(secret.reveal()))
            .send()
            .await;
        match rotated {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(AwsError::new("UpdateItem")(error)),
        }
    }

    /// An endpoint's secrets. `None` if it was removed.
    pub async fn secrets(&self, webhook: &Webhook) -> Result<Option<Secrets>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.secrets)
            .set_key(Some(key(
                secrets_partition(&webhook.tenant_id),
                webhook.id.as_str(),
            )))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        let item: Option<WebhookSecretItem> = answer.item.map(from_item).transpose()?;
        Ok(item.map(Secrets::from))
    }
}
