//! Messages of the other queues, and calls of the Scheduler. What is not ours is nothing, and never an error that comes again.

use shared::{
    aws::{inbox_queue, queue, scheduler::Call, webhook_queue},
    domain::caller::is_valid_id,
};

pub fn check(data: &[u8]) {
    let body = &*String::from_utf8_lossy(data);
    if let Some((tenant_id, id)) = queue::Job::parse(body) {
        assert!(body.contains('{') && !id.as_str().is_empty());
        assert!(is_valid_id(&tenant_id), "{tenant_id:?}");
    }
    if let Some(webhook_queue::Message::Attempt(job)) = webhook_queue::Message::parse(body) {
        assert!(is_valid_id(&job.tenant_id), "{:?}", job.tenant_id);
    }
    let _ = inbox_queue::Message::parse(body);
    let _ = serde_json::from_str::<Call>(body);
}
