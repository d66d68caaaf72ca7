//! The queue of exports to work on.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::AwsError;
use crate::domain::{caller::is_valid_id, id::ExportId};

/// Longest delay that SQS knows.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(15);

#[derive(Clone, Debug)]
pub struct ExportQueue {
    client: Client,
    url: String,
}

/// Names an export to work on. What to do is in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    tenant_id: String,
    export_id: String,
}

impl Job {
    pub fn of(tenant_id: &str, id: &ExportId) -> Self {
        Self {
            tenant_id: tenant_id.to_owned(),
            export_id: id.to_string(),
        }
    }

    /// Reads a message's body. `None` if it names no export; then a retry cannot help.
    pub fn parse(body: &str) -> Option<(String, ExportId)> {
        let job: Job = serde_json::from_str(body).ok()?;
        let id = job.export_id.parse().ok()?;
        is_valid_id(&job.tenant_id).then_some((job.tenant_id, id))
    }
}

impl ExportQueue {
    pub fn new(aws: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(aws),
            url,
        }
    }

    /// Sends a message for an export, with a delay of at most 15 minutes.
    ///
    /// Each tenant is a message group, which makes the standard queue a fair one: while one tenant's messages pile up, those
    /// of the others are received first.
    pub async fn send(
        &self,
        tenant_id: &str,
        id: &ExportId,
        delay: SignedDuration,
    ) -> Result<(), AwsError> {
        let body = serde_json::to_string(&Job::of(tenant_id, id)).expect("a job is plain JSON");
        let seconds = delay.clamp(SignedDuration::ZERO, LONGEST_DELAY).as_secs();
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_group_id(tenant_id)
            .delay_seconds(i32::try_from(seconds).unwrap_or(0))
            .send()
            .await
            .map_err(AwsError::new("SendMessage"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::pending;

    #[test]
    fn a_job_names_an_export() {
        let export = pending();
        let body = serde_json::to_string(&Job::of(&export.tenant_id, &export.id)).unwrap();
        assert_eq!(Job::parse(&body), Some((export.tenant_id, export.id)));
        for poison in ["", "{}", "[]", r#"{"tenantId": "t", "exportId": "e"}"#] {
            assert_eq!(Job::parse(poison), None);
        }
        // A tenant's id is a part of keys: what could name another partition is none.
        assert_eq!(Job::parse(&body.replace("northwind", "north#wind")), None);
    }
}
