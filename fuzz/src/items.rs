//! Items of the tables, as streams and reads bring them. One that is not ours is an error or nothing, and one that is read can be
//! shown.

use serde_json::Value;
use shared::{
    domain::{
        audit::AuditEvent, caller::Caller, cc_domains::CcDomains, download::Download,
        export::Export, link::Link, schedule::Schedule, sending::Sending, webhook::Webhook,
    },
    items::{
        api_key::{ApiKeyItem, UserItem},
        cc_domains::CcDomainsItem,
        download::DownloadItem,
        expiry_marker::ExpiryMarkerItem,
        export::ExportItem,
        link::LinkRecordItem,
        outbox::OutboxItem,
        schedule::ScheduleItem,
        sending::SendingItem,
        webhook::WebhookItem,
    },
    wire::{export::ExportObject, schedule::ScheduleObject},
};

use crate::callers::now;

pub fn check(data: &[u8]) {
    let Ok(Value::Object(fields)) = serde_json::from_slice(data) else {
        return;
    };
    let Ok(item) = serde_dynamo::to_item::<_, serde_dynamo::Item>(fields) else {
        return;
    };
    macro_rules! read {
        ($item:ty) => {
            serde_dynamo::from_item::<_, $item>(item.clone()).ok()
        };
        ($item:ty => $domain:ty) => {
            read!($item).and_then(|item| <$domain>::try_from(item).ok())
        };
    }
    if let Some(export) = read!(ExportItem => Export) {
        let _ = serde_json::to_string(&ExportObject::of(&export, now()));
        let _ = (export.downloadable(now()), export.recipients().count());
    }
    if let Some(schedule) = read!(ScheduleItem => Schedule) {
        let _ = serde_json::to_string(&ScheduleObject::of(&schedule, now()));
        let _ = schedule.due(now());
    }
    if let Some(marker) = read!(ExpiryMarkerItem) {
        let _ = (marker.is_marker(), marker.export_id());
    }
    if let Some(outbox) = read!(OutboxItem) {
        let _ = outbox.audit().map(AuditEvent::try_from);
        let _ = outbox.event().map(serde_json::to_string);
    }
    let _ = read!(LinkRecordItem => Link);
    let _ = read!(SendingItem => Sending);
    let _ = read!(DownloadItem => Download);
    let _ = read!(WebhookItem => Webhook);
    let _ = read!(CcDomainsItem => CcDomains);
    if let Some(key) = read!(ApiKeyItem) {
        let user = UserItem::from(key);
        let is_disabled = user.disabled;
        assert!(!is_disabled || user.end(now()).is_some());
        let _ = Caller::try_from(user);
    }
}
