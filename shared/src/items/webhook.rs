//! Endpoints of webhooks, and how many of them a tenant has.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::UnreadableItem;
use crate::domain::{
    address::EmailAddress,
    webhook::{Disabled, Owner, Webhook, id::WebhookId, target::Target},
};

/// The sort key of the item that counts a tenant's endpoints, beside them.
pub const COUNT: &str = "count";

/// What the sort key of an endpoint begins with.
pub const WEBHOOK_PREFIX: &str = "whk_";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookItem {
    partition: String,
    sort: String,
    tenant_id: String,
    tenant_name: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    created_at: Timestamp,
    owner_id: String,
    owner_email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    #[serde(default)]
    is_notice_due: bool,
}

pub fn webhooks_partition(tenant_id: &str) -> String {
    format!("webhooks#{tenant_id}")
}

impl WebhookItem {
    pub fn of(webhook: &Webhook) -> Self {
        Self {
            partition: webhooks_partition(&webhook.tenant_id),
            sort: webhook.id.to_string(),
            tenant_id: webhook.tenant_id.clone(),
            tenant_name: webhook.tenant_name.clone(),
            url: webhook.target.to_string(),
            events: webhook
                .events
                .as_ref()
                .map(|events| events.iter().map(ToString::to_string).collect()),
            description: webhook.description.clone(),
            created_at: webhook.created_at,
            owner_id: webhook.owner.user_id.clone(),
            owner_email: webhook.owner.email.to_string(),
            disabled_at: webhook.disabled.map(|disabled| disabled.at),
            disabled_reason: webhook.disabled.map(|disabled| disabled.reason.to_string()),
            failing_since: webhook.failing_since,
            is_notice_due: webhook.is_notice_due,
        }
    }
}

impl TryFrom<WebhookItem> for Webhook {
    type Error = UnreadableItem;

    fn try_from(item: WebhookItem) -> Result<Self, UnreadableItem> {
        let unreadable = |what: &str| UnreadableItem(format!("the webhook {what}"));
        let id: WebhookId = item.sort.parse().map_err(|_| unreadable("id"))?;
        let target = Target::from_stored(&item.url).ok_or_else(|| unreadable("URL"))?;
        // A type that an earlier release knew is left out.
        let events = item.events.map(|events| {
            events
                .iter()
                .filter_map(|event| event.parse().ok())
                .collect()
        });
        let disabled = match (item.disabled_at, item.disabled_reason) {
            (Some(at), Some(reason)) => Some(Disabled {
                at,
                reason: reason.parse().map_err(|_| unreadable("reason"))?,
            }),
            _ => None,
        };
        Ok(Self {
            id,
            tenant_id: item.tenant_id,
            tenant_name: item.tenant_name,
            target,
            events,
            description: item.description,
            created_at: item.created_at,
            owner: Owner {
                user_id: item.owner_id,
                email: EmailAddress::parse(&item.owner_email).map_err(|_| unreadable("owner"))?,
            },
            disabled,
            failing_since: item.failing_since,
            is_notice_due: item.is_notice_due,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        event::EventType,
        webhook::{DisabledReason, examples::webhook},
    };

    #[test]
    fn an_endpoint_comes_back_as_it_was() {
        let changed = Webhook {
            events: Some(vec![EventType::Ready, EventType::Failed]),
            description: Some("The ledger".to_owned()),
            disabled: Some(Disabled {
                at: webhook().created_at,
                reason: DisabledReason::Failing,
            }),
            failing_since: Some(webhook().created_at),
            is_notice_due: true,
            ..webhook()
        };
        for webhook in [webhook(), changed] {
            let item = WebhookItem::of(&webhook);
            let stored: serde_dynamo::Item = serde_dynamo::to_item(&item).unwrap();
            let read: WebhookItem = serde_dynamo::from_item(stored).unwrap();
            assert_eq!(Webhook::try_from(read).unwrap(), webhook);
        }
    }
}
