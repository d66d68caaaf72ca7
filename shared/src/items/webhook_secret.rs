//! The secrets of webhooks, in a table of their own: whoever manages endpoints may write them and not read them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::webhook::{
    id::WebhookId,
    secret::{Secret, Secrets},
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecretItem {
    partition: String,
    sort: String,
    current: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_until: Option<Timestamp>,
}

pub fn secrets_partition(tenant_id: &str) -> String {
    format!("secrets#{tenant_id}")
}

impl WebhookSecretItem {
    pub fn first(tenant_id: &str, webhook: &WebhookId, secret: &Secret) -> Self {
        Self {
            partition: secrets_partition(tenant_id),
            sort: webhook.to_string(),
            current: secret.reveal().to_owned(),
            previous: None,
            previous_until: None,
        }
    }
}

impl From<WebhookSecretItem> for Secrets {
    fn from(item: WebhookSecretItem) -> Self {
        let previous = item.previous.map(Secret::from_stored);
        Self {
            current: Secret::from_stored(item.current),
            previous: previous.zip(item.previous_until),
        }
    }
}
