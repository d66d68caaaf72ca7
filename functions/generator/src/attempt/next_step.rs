//! What follows when an attempt did not bring its export to READY.

use jiff::{SignedDuration, Timestamp};
use shared::aws::exports::Attempt;

use super::deliver::DELIVERY_IS_RETRIED_FOR;
use crate::error::AttemptError;

/// Attempts in a row without a checkpoint before the export ends FAILED: some 17 minutes of pauses, and however long each
/// attempt waited for an outage to end.
const MOST_TRIES: u64 = 10;

/// How often a file is started again because it cannot be resumed from what is in the bucket.
const MOST_RESTARTS: u64 = 3;

const NOT_MADE_YET: &str =
    "The last try to make the file did not succeed. The next one starts soon.";
const NOT_MADE: &str = "The file could not be made after several tries. Ask for the export again.";
const TOO_LARGE: &str =
    "The file would be too large. Ask for a shorter period or set narrower filters.";
const REFUSED: &str = "The email was refused. Check the addresses and ask for the export again.";
const NOT_DELIVERED: &str =
    "The email could not be sent for a day. Ask for the export again later.";

#[derive(Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing: another attempt has the export, or it has ended, or it waits for a slot.
    Leave,
    RetryAfter {
        pause: SignedDuration,
        /// What readers are told meanwhile.
        waiting_for: String,
    },
    /// Start the file again, under another key.
    Restart,
    /// End the export FAILED, with this reason for a person.
    GiveUp(&'static str),
}

/// What follows an error, after so many attempts since the last checkpoint.
pub fn next_step(error: &AttemptError, tries: u64) -> NextStep {
    match error {
        AttemptError::Superseded(_) | AttemptError::NoSlot => NextStep::Leave,
        AttemptError::NotMade(_) | AttemptError::OutOfTime if tries >= MOST_TRIES => {
            NextStep::GiveUp(NOT_MADE)
        }
        AttemptError::NotMade(_) | AttemptError::OutOfTime => NextStep::RetryAfter {
            pause: back_off(tries),
            waiting_for: NOT_MADE_YET.to_owned(),
        },
        AttemptError::NotDelivered { waiting_for, .. } => NextStep::RetryAfter {
            pause: back_off(tries),
            waiting_for: waiting_for.clone(),
        },
        AttemptError::CannotResume => NextStep::Restart,
        AttemptError::TooLarge => NextStep::GiveUp(TOO_LARGE),
        AttemptError::Refused(_) => NextStep::GiveUp(REFUSED),
        AttemptError::Undeliverable(_) => NextStep::GiveUp(NOT_DELIVERED),
    }
}

/// Why an attempt that has just begun must give up at once, if it must: earlier ones may have died before they could.
pub fn reason_to_give_up(attempt: &Attempt, now: Timestamp) -> Option<&'static str> {
    match attempt.export.delivery() {
        None if attempt.restarts > MOST_RESTARTS => Some(NOT_MADE),
        None => (attempt.tries > MOST_TRIES).then_some(NOT_MADE),
        Some(delivery) => {
            let is_overdue = now.duration_since(delivery.file.made_at) > DELIVERY_IS_RETRIED_FOR;
            is_overdue.then_some(NOT_DELIVERED)
        }
    }
}

/// Two seconds, doubled with each further try, up to a quarter of an hour.
fn back_off(tries: u64) -> SignedDuration {
    let doublings = u32::try_from(tries.min(10)).unwrap_or(10);
    SignedDuration::from_secs(1 << doublings).min(SignedDuration::from_mins(15))
}

#[cfg(test)]
mod tests {
    use shared::aws::{AwsError, exports::Superseded};

    use super::*;

    fn not_made() -> AttemptError {
        AttemptError::NotMade(AwsError::unexpected("Query", "no answer"))
    }

    #[test]
    fn a_file_that_is_not_made_is_retried_with_growing_pauses() {
        let pauses: Vec<_> = (1..MOST_TRIES)
            .map(|tries| match next_step(&not_made(), tries) {
                NextStep::RetryAfter { pause, .. } => pause.as_secs(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert_eq!(back_off(1_000).as_secs(), 15 * 60);
    }

    #[test]
    fn without_progress_an_export_is_given_up() {
        assert!(matches!(
            next_step(&not_made(), MOST_TRIES),
            NextStep::GiveUp(_)
        ));
    }

    #[test]
    fn a_mail_that_is_not_accepted_is_retried_however_often() {
        let throttled = AttemptError::NotDelivered {
            cause: "throttled".to_owned(),
            waiting_for: "The mail service takes no more mails for the moment.".to_owned(),
        };
        let NextStep::RetryAfter { waiting_for, .. } = next_step(&throttled, 90) else {
            panic!("it is retried");
        };
        assert_eq!(
            waiting_for,
            "The mail service takes no more mails for the moment."
        );
    }

    #[test]
    fn a_refused_mail_and_a_superseded_attempt_end_the_work() {
        let refused = AttemptError::Refused("virus".to_owned());
        assert!(matches!(next_step(&refused, 1), NextStep::GiveUp(_)));
        assert_eq!(
            next_step(&AttemptError::Superseded(Superseded), MOST_TRIES),
            NextStep::Leave
        );
    }

    #[test]
    fn an_error_that_does_not_pass_is_not_retried() {
        assert_eq!(
            next_step(&AttemptError::TooLarge, 1),
            NextStep::GiveUp(TOO_LARGE)
        );
        assert_eq!(
            next_step(&AttemptError::CannotResume, MOST_TRIES),
            NextStep::Restart
        );
    }
}
