//! When a delivery is attempted again, and when an endpoint is given up.

use jiff::{SignedDuration, Timestamp};

use super::{Delivery, DisabledReason, Outcome, Webhook};

/// The longest pause that an endpoint can ask for.
const LONGEST_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How long every attempt must have failed before an endpoint is disabled.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The event has arrived.
    Delivered,
    /// Another attempt, after a pause.
    Again(SignedDuration),
    /// No further attempt.
    Failed,
}

/// What follows an attempt of a delivery. `pauses` are those between attempts, the first after the first attempt.
pub fn next(delivery: &Delivery, outcome: &Outcome, pauses: &[SignedDuration]) -> Next {
    if outcome.is_success() {
        return Next::Delivered;
    }
    let before = delivery.attempted.saturating_sub(delivery.earlier_attempts);
    let Some(pause) = pauses.get(before as usize) else {
        return Next::Failed;
    };
    let asked_for = match outcome {
        Outcome::Answered {
            retry_after: Some(pause),
            ..
        } => (*pause).clamp(SignedDuration::ZERO, LONGEST_RETRY_AFTER),
        _ => SignedDuration::ZERO,
    };
    Next::Again(asked_for.max(*pause))
}

/// Why an endpoint is disabled after an attempt that failed, if it is. Whether its attempts have failed for so long counts
/// from the first of them after its last success.
pub fn disabling(webhook: &Webhook, outcome: &Outcome, now: Timestamp) -> Option<DisabledReason> {
    if outcome.is_success() {
        return None;
    }
    if outcome.is_gone() {
        return Some(DisabledReason::Gone);
    }
    let since = webhook.failing_since?;
    (now.duration_since(since) >= GIVEN_UP_AFTER).then_some(DisabledReason::Failing)
}

#[cfg(test)]
mod tests {
    use super::{
        super::examples::{delivery, webhook},
        *,
    };
    use crate::domain::export::examples::at;

    const PAUSES: [SignedDuration; 3] = [
        SignedDuration::from_secs(5),
        SignedDuration::from_secs(60),
        SignedDuration::from_hours(8),
    ];

    fn answered(status: u16, retry_after: Option<i64>) -> Outcome {
        Outcome::Answered {
            status,
            answer: String::new(),
            retry_after: retry_after.map(SignedDuration::from_secs),
        }
    }

    fn after(attempted: u32, earlier_attempts: u32) -> Delivery {
        Delivery {
            attempted,
            earlier_attempts,
            ..delivery()
        }
    }

    #[test]
    fn pauses_grow_until_the_last_attempt() {
        let next = |attempted| next(&after(attempted, 0), &answered(500, None), &PAUSES);
        assert_eq!(next(0), Next::Again(PAUSES[0]));
        assert_eq!(next(1), Next::Again(PAUSES[1]));
        assert_eq!(next(2), Next::Again(PAUSES[2]));
        assert_eq!(next(3), Next::Failed);
    }

    #[test]
    fn what_is_sent_again_by_hand_has_all_its_attempts_again() {
        let failed = Outcome::Unanswered("No answer.".into());
        assert_eq!(next(&after(4, 4), &failed, &PAUSES), Next::Again(PAUSES[0]));
        assert_eq!(next(&after(7, 4), &failed, &PAUSES), Next::Failed);
    }

    #[test]
    fn a_success_is_the_end() {
        assert_eq!(
            next(&after(0, 0), &answered(204, None), &PAUSES),
            Next::Delivered
        );
    }

    #[test]
    fn an_endpoint_can_ask_for_longer_pauses_within_an_hour() {
        let pause =
            |attempted, seconds| next(&after(attempted, 0), &answered(503, Some(seconds)), &PAUSES);
        let again = |seconds| Next::Again(SignedDuration::from_secs(seconds));
        assert_eq!(pause(0, 30), again(30));
        assert_eq!(pause(0, 1), again(5), "never sooner");
        assert_eq!(pause(0, -1), again(5));
        assert_eq!(pause(0, 1_000_000), again(3600));
        assert_eq!(pause(2, 1_000_000), again(8 * 3600));
        assert_eq!(pause(3, 30), Next::Failed, "it makes no more attempts");
    }

    #[test]
    fn three_days_of_failures_disable_an_endpoint() {
        let failing = Webhook {
            failing_since: Some(at("2026-02-11T08:00:00Z")),
            ..webhook()
        };
        let at_time = |time| disabling(&failing, &answered(500, None), at(time));
        assert_eq!(at_time("2026-02-14T07:59:59Z"), None);
        assert_eq!(
            at_time("2026-02-14T08:00:00Z"),
            Some(DisabledReason::Failing)
        );
        let first = disabling(&webhook(), &answered(500, None), at("2027-01-01T00:00:00Z"));
        assert_eq!(first, None, "the first failure after a success");
        let success = disabling(&failing, &answered(200, None), at("2027-01-01T00:00:00Z"));
        assert_eq!(success, None);
    }

    #[test]
    fn an_endpoint_that_is_gone_is_disabled_at_once() {
        let gone = disabling(&webhook(), &answered(410, None), at("2026-02-11T08:00:00Z"));
        assert_eq!(gone, Some(DisabledReason::Gone));
    }
}
