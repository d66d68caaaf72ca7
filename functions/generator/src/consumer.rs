//! The queue's consumer: which messages are done, and which must come back.

use std::time::Instant;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::{
    aws::{AwsError, queue::Job},
    logging::{message_span, note_export},
};
use tracing::{Instrument, error, info};

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
        let span = message_span(message.message_id.as_deref());
        let worked = logged(generator, &message, &invocation).instrument(span);
        if worked.await.is_err() {
            response.add_failure(message.message_id.unwrap_or_default());
        }
    }
    Ok(response)
}

/// Works on a message, and ends with a line that says what became of it.
async fn logged(
    generator: &Generator,
    message: &SqsMessage,
    invocation: &Invocation,
) -> Result<(), AwsError> {
    let started = Instant::now();
    let worked = work(generator, message, invocation).await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match worked {
        Ok(outcome) => {
            let outcome: &'static str = outcome.into();
            info!(outcome, milliseconds, "message");
            Ok(())
        }
        Err(cause) => {
            error!(%cause, milliseconds, "the message must come back");
            Err(cause)
        }
    }
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
