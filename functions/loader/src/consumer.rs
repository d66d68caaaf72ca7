//! The queue's consumer: which messages are done, which files need another one, and which messages must come back.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::aws::inbox_queue::Message;
use tokio::time::timeout_at;
use tracing::{error, info, warn};

use crate::{
    address::is_file,
    invocation::Invocation,
    loader::{Loader, Next},
    stop::Stop,
};

/// How long a file waits after a failure that may pass.
const PAUSE: Duration = Duration::from_secs(60);

/// What follows an invocation's work on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    /// Another message, after so long.
    Send(Duration),
    /// The message must come back; after several times it is a dead letter, and a person must look.
    Fail,
}

/// Works on each message's files. A message that fails does not fail the others.
pub async fn consume(
    loader: &Loader,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    let invocation = Invocation::until(event.context.deadline());
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        if let Err(cause) = work(loader, &message, &event.context.request_id, &invocation).await {
            error!(%cause, messageId = message.message_id, "the message must come back");
            response.add_failure(message.message_id.unwrap_or_default());
        }
    }
    Ok(response)
}

async fn work(
    loader: &Loader,
    message: &SqsMessage,
    name: &str,
    invocation: &Invocation,
) -> Result<(), Stop> {
    let keys = match Message::parse(message.body.as_deref().unwrap_or_default()) {
        Some(Message::Keys(keys)) => keys,
        Some(Message::Test) => Vec::new(),
        None => {
            let message_id = message.message_id.as_deref();
            warn!(
                messageId = message_id,
                "a message that names no object is dropped"
            );
            Vec::new()
        }
    };
    for key in keys.iter().filter(|key| is_file(key)) {
        // Without more time, another invocation goes on from the last checkpoint.
        let ended = timeout_at(invocation.give_up_at, loader.work(key, name, invocation))
            .await
            .unwrap_or(Ok(Next::GoOn));
        if let Err(cause) = &ended {
            info!(%cause, "a file is left before its end");
        }
        match (next_step(&ended), ended) {
            (Step::Nothing, _) => {}
            (Step::Send(pause), _) => loader.queue.send(key, pause).await?,
            (Step::Fail, ended) => drop(ended?),
        }
    }
    Ok(())
}

fn next_step(ended: &Result<Next, Stop>) -> Step {
    match ended {
        // The other invocation has a message of its own.
        Ok(Next::Done) | Err(Stop::Superseded) => Step::Nothing,
        // What there is now decides: another file, or none.
        Ok(Next::GoOn) | Err(Stop::Replaced(_)) => Step::Send(Duration::ZERO),
        Err(Stop::Aws(error)) if error.may_pass() => Step::Send(PAUSE),
        Err(Stop::Aws(_)) => Step::Fail,
    }
}

#[cfg(test)]
mod tests {
    use shared::aws::{AwsError, inbox::Replaced};

    use super::*;

    #[test]
    fn a_file_is_left_only_to_another_message() {
        assert_eq!(next_step(&Ok(Next::GoOn)), Step::Send(Duration::ZERO));
        assert_eq!(next_step(&Err(Replaced.into())), Step::Send(Duration::ZERO));
        let late = AwsError::late("PutObject");
        assert_eq!(next_step(&Err(late.into())), Step::Send(PAUSE));
        let denied = AwsError::unexpected("PutObject", "AccessDenied");
        assert_eq!(next_step(&Err(denied.into())), Step::Fail);
    }

    #[test]
    fn nothing_follows_a_file_that_has_ended_or_that_another_invocation_works_on() {
        assert_eq!(next_step(&Ok(Next::Done)), Step::Nothing);
        assert_eq!(next_step(&Err(Stop::Superseded)), Step::Nothing);
    }
}
