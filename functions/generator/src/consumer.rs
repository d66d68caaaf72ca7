//! The queue's consumer: which messages are done, and which must come back.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::{
    aws::{AwsError, queue::Job},
    logging::{note_export, of_message},
};

use crate::{generator::Generator, invocation::Invocation, outcome::Outcome};

/// Works on each message's export. A message that fails does not fail the others.
pub async fn consume(
    generator: &Generator,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    let deadline = event.context.deadline();
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        let invocation = Invocation::until(deadline);
        let work = work(generator, &message, &invocation);
        if of_message(message.message_id.as_deref(), work)
            .await
            .is_err()
        {
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
) -> Result<Outcome, AwsError> {
    match Job::parse(message.body.as_deref().unwrap_or_default()) {
        Some((tenant_id, id)) => {
            note_export(&tenant_id, &id);
            generator.work(&tenant_id, &id, invocation).await
        }
        None => Ok(Outcome::Dropped),
    }
}
