//! The dead-letter queue of changes of the ledger.

use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, types::MessageAttributeValue};

use super::AwsError;

/// The attribute of a dead letter that says why it is one.
const REASON: &str = "reason";

/// Most bytes of a reason; a message and its attributes together have at most 1 MiB, and most of it is the change's.
const LONGEST_REASON: usize = 4096;

#[derive(Clone, Debug)]
pub struct LedgerDeadLetters {
    client: Client,
    url: String,
}

impl LedgerDeadLetters {
    pub fn new(aws: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(aws),
            url,
        }
    }

    /// Sends a change as it came, with the reason beside it. Corrected, the body can be sent to the ledger's queue again.
    pub async fn send(&self, body: &str, reason: &str) -> Result<(), AwsError> {
        let end = reason.floor_char_boundary(LONGEST_REASON);
        let reason = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(&reason[..end])
            .build()
            .map_err(|error| AwsError::unexpected("SendMessage", error))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes(REASON, reason)
            .send()
            .await
            .map_err(AwsError::new("SendMessage"))?;
        Ok(())
    }
}
