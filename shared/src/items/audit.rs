//! An event of the audit trail, as it waits in the outbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, read_id};
use crate::domain::audit::AuditEvent;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditItem {
    pub id: String,
    pub action: String,
    /// Unix milliseconds.
    at: i64,
    pub tenant_id: String,
    pub export_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_of: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

impl From<&AuditEvent> for AuditItem {
    fn from(event: &AuditEvent) -> Self {
        Self {
            id: event.id.clone(),
            action: event.action.to_string(),
            at: event.at.as_millisecond(),
            tenant_id: event.tenant_id.clone(),
            export_id: event.export_id.to_string(),
            user_id: event.user_id.clone(),
            retry_of: event.retry_of.as_ref().map(ToString::to_string),
            recipients: event.recipients.clone(),
            link_id: event.link_id.clone(),
            address_prefix: event.address_prefix.clone(),
            user_agent: event.user_agent.clone(),
        }
    }
}

impl TryFrom<&AuditItem> for AuditEvent {
    type Error = UnreadableItem;

    fn try_from(item: &AuditItem) -> Result<Self, UnreadableItem> {
        let unreadable =
            |what: &str| UnreadableItem(format!("{what} of the audit event {}", item.id));
        let action = item.action.parse();
        let at = Timestamp::from_millisecond(item.at);
        Ok(Self {
            id: item.id.clone(),
            action: action.map_err(|_| unreadable("the action"))?,
            at: at.map_err(|_| unreadable("the time"))?,
            tenant_id: item.tenant_id.clone(),
            export_id: read_id(&item.export_id)?,
            user_id: item.user_id.clone(),
            retry_of: item.retry_of.as_deref().map(read_id).transpose()?,
            recipients: item.recipients.clone(),
            link_id: item.link_id.clone(),
            address_prefix: item.address_prefix.clone(),
            user_agent: item.user_agent.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        audit::Action,
        event::{Event, EventType},
        export::examples::{at, pending, ready},
    };
    use crate::items::outbox::OutboxItem;

    #[test]
    fn an_event_is_read_as_it_was_written() {
        let event = AuditEvent {
            user_id: Some("ana".to_owned()),
            retry_of: Some(pending().id),
            recipients: vec!["ana@northwind.example".to_owned()],
            link_id: Some("lnk_1".to_owned()),
            address_prefix: Some("192.0.2.0/24".to_owned()),
            user_agent: Some("curl/8".to_owned()),
            ..AuditEvent::of(
                &ready(),
                Action::FileDownloaded,
                at("2026-11-20T09:30:05.250Z"),
                [7; 10],
            )
        };
        let stored = serde_dynamo::to_item::<_, serde_dynamo::Item>(OutboxItem::of_audit(&event));
        let item: OutboxItem = serde_dynamo::from_item(stored.unwrap()).unwrap();
        assert_eq!(item.event(), None);
        let audit = item.audit().unwrap();
        assert_eq!(AuditEvent::try_from(audit).unwrap(), event);
    }

    #[test]
    fn an_act_may_be_for_the_bus_and_for_the_trail() {
        let now = at("2026-11-20T09:30:05Z");
        let event = Event::of(&pending(), EventType::Cancelled, now, [7; 10]);
        let audit = AuditEvent::of(&pending(), Action::ExportCancelled, now, [8; 10]).by("ana");
        let item = OutboxItem::of(&event).and(&audit);
        assert_eq!(item.event().unwrap().id, event.id);
        assert_eq!(AuditEvent::try_from(item.audit().unwrap()).unwrap(), audit);
    }
}
