//! The queue's consumer: which messages are done, which files need another one, and which messages must come back.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::{aws::inbox_queue::Message, logging::of_message};
use strum::IntoStaticStr;
use tokio::time::timeout_at;
use tracing::info;

use crate::{
    address::is_file,
    invocation::Invocation,
    loader::{Loader, Next},
    stop::Stop,
};

/// How long a file waits after a failure that may pass.
const PAUSE: Duration = Duration::from_secs(60);

/// What became of a message, for the log. If it names several files, the last of these that holds for one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
enum MessageOutcome {
    /// It names no file to load.
    Dropped,
    /// The file has ended, or is gone.
    Done,
    /// Another invocation works on the file.
    Superseded,
    /// Another message goes on with the file.
    Continued,
    /// Another message tries it again later.
    Retried,
}

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
        let work = work(loader, &message, &event.context.request_id, &invocation);
        if of_message(message.message_id.as_deref(), work)
            .await
            .is_err()
        {
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
) -> Result<MessageOutcome, Stop> {
    let keys = match Message::parse(message.body.as_deref().unwrap_or_default()) {
        Some(Message::Keys(keys)) => keys,
        Some(Message::Test) | None => Vec::new(),
    };
    let mut outcome = MessageOutcome::Dropped;
    for key in keys.iter().filter(|key| is_file(key)) {
        // Without more time, another invocation goes on from the last checkpoint.
        let ended = timeout_at(invocation.give_up_at, loader.work(key, name, invocation))
            .await
            .unwrap_or(Ok(Next::GoOn));
        if let Err(cause) = &ended {
            info!(%cause, "a file is left before its end");
        }
        outcome = outcome.max(outcome_of(&ended));
        match (next_step(&ended), ended) {
            (Step::Nothing, _) => {}
            (Step::Send(pause), _) => loader.queue.send(key, pause).await?,
            (Step::Fail, ended) => drop(ended?),
        }
    }
    Ok(outcome)
}

fn outcome_of(ended: &Result<Next, Stop>) -> MessageOutcome {
    match ended {
        Ok(Next::Done) => MessageOutcome::Done,
        Err(Stop::Superseded) => MessageOutcome::Superseded,
        Ok(Next::GoOn) | Err(Stop::Replaced(_)) => MessageOutcome::Continued,
        // Of an error that does not pass the message ends with the error itself.
        Err(Stop::Aws(_)) => MessageOutcome::Retried,
    }
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

    #[test]
    fn a_message_ends_with_what_is_left_to_do() {
        assert_eq!(outcome_of(&Ok(Next::Done)), MessageOutcome::Done);
        assert_eq!(outcome_of(&Ok(Next::GoOn)), MessageOutcome::Continued);
        assert_eq!(
            outcome_of(&Err(Stop::Superseded)),
            MessageOutcome::Superseded
        );
        let late = AwsError::late("PutObject");
        assert_eq!(outcome_of(&Err(late.into())), MessageOutcome::Retried);
        assert!(MessageOutcome::Dropped < MessageOutcome::Done);
        assert!(MessageOutcome::Done < MessageOutcome::Retried);
    }
}
