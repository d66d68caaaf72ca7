//! Handles the messages of the queue of webhooks.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::SignedDuration;
use lambda_runtime::Error;
use shared::aws::{
    AwsError,
    mailer::Mailer,
    webhook_queue::{Message, WebhookQueue},
    webhooks::WebhooksTable,
};
use tracing::{error, warn};

use crate::post::Poster;

/// The clients and settings of this function.
pub struct Sender {
    pub table: WebhooksTable,
    pub queue: WebhookQueue,
    pub mailer: Mailer,
    pub poster: Poster,
    /// Between the attempts of a delivery.
    pub pauses: Vec<SignedDuration>,
}

impl Sender {
    /// Does what each message asks for. A message for which a call to AWS fails comes back.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            if let Err(cause) = self.take(&message).await {
                error!(%cause, messageId = message.message_id, "a message is not done yet");
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    async fn take(&self, message: &SqsMessage) -> Result<(), AwsError> {
        match Message::parse(message.body.as_deref().unwrap_or_default()) {
            Some(Message::Spread(event)) => self.spread(&event).await,
            Some(Message::Attempt(job)) => self.attempt(&job).await,
            None => {
                warn!(
                    messageId = message.message_id,
                    "a message that is no event and names no delivery is dropped"
                );
                Ok(())
            }
        }
    }
}
