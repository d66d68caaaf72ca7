//! Handles the messages of the queue of webhooks.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::SignedDuration;
use lambda_runtime::Error;
use shared::{
    aws::{
        AwsError,
        mailer::Mailer,
        webhook_queue::{Message, WebhookQueue},
        webhooks::WebhooksTable,
    },
    logging::{note_delivery, of_message},
};

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
            let work = self.take(&message);
            if of_message(message.message_id.as_deref(), work)
                .await
                .is_err()
            {
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    async fn take(&self, message: &SqsMessage) -> Result<&'static str, AwsError> {
        match Message::parse(message.body.as_deref().unwrap_or_default()) {
            Some(Message::Spread(event)) => {
                self.spread(&event).await?;
                Ok("SPREAD")
            }
            Some(Message::Attempt(job)) => {
                note_delivery(&job.tenant_id, &job.webhook_id, &job.delivery_id);
                self.attempt(&job).await?;
                Ok("DONE")
            }
            // It is no event and names no delivery.
            None => Ok("DROPPED"),
        }
    }
}
