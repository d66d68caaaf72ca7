//! The dead-letter queue of changes of the ledger.

use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, types::MessageAttributeValue};

use super::AwsError;

/// The attribute of a dead letter that says why it is one.
const REASON: &str = "reason";

/// Most bytes of a reason.
const LONGEST_REASON: usize = 4096;

/// Most bytes of a message and its attributes together, without the names and types of ours. Source: SQS's quotas.
const LONGEST_MESSAGE: usize = (1 << 20) - 64;

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
        let reason = fitting(reason, LONGEST_MESSAGE.saturating_sub(body.len()));
        let reason = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(reason)
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

/// A reason of characters that SQS takes, with at most so many bytes.
fn fitting(reason: &str, room: usize) -> String {
    let is_taken = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let mut reason: String = reason
        .chars()
        .map(|character| if is_taken(character) { character } else { '?' })
        .collect();
    reason.truncate(reason.floor_char_boundary(LONGEST_REASON.min(room)));
    if reason.is_empty() {
        // SQS takes no empty value.
        reason.push('?');
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_beside_its_message() {
        assert_eq!(fitting("/id must be given", 4000), "/id must be given");
        assert_eq!(
            fitting("/a\u{1}\u{ffff}é is unknown", 4000),
            "/a??é is unknown"
        );
        assert_eq!(fitting("né", 2), "n");
        assert_eq!(fitting("/id", 0), "?");
        assert_eq!(fitting(&"x".repeat(9000), usize::MAX).len(), LONGEST_REASON);
    }
}
