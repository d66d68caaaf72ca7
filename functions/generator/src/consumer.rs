//! The queue's consumer: which messages are done, and which must come back.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::aws::{AwsError, queue::Job};
use tracing::{error, warn};

use crate::{generator::Generator, invocation::Invocation};

/// Works on each message's export. A message that fails does not fail the others.
pub async fn consume(
    generator: &Generator,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    let deadline = event.context.deadline();
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        let invocation = Invocation::until(deadline);
        if let Err(cause) = work(generator, &message, &invocation).await {
            error!(%cause, messageId = message.message_id, "the message must come back");
            response.add_failure(message.message_id.unwrap_or_default());
        }
    }
    Ok(response)
}

/// Poison or retry is decided here. A message that names no export is poison and dropped: nobody waits for it. An error
/// means that neither the work was done nor another message could be sent for it, so this one must come back; after
/// several times it lands in the dead-letter queue.
async fn work(
    generator: &Generator,
    message: &SqsMessage,
    invocation: &Invocation,
) -> Result<(), AwsError> {
    match Job::parse(message.body.as_deref().unwrap_or_default()) {
        Some((tenant_id, id)) => generator.work(&tenant_id, &id, invocation).await,
        None => {
            warn!(
                messageId = message.message_id,
                "a message that names no export is dropped"
            );
            Ok(())
        }
    }
}
