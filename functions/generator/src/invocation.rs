//! How long an invocation may work.

use std::{
    cell::Cell,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

/// The moments at which an invocation must think of its end, and what it has achieved for a message's export.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// From then on nothing more is read: what is there is stored, and another invocation goes on.
    pub stop_at: Instant,
    /// From then on nothing is waited for: there is just time to send the message of the next one.
    pub give_up_at: Instant,
    /// Whether a checkpoint was recorded: attempts are counted from the last one.
    pub has_advanced: Cell<bool>,
}

impl Invocation {
    /// One that Lambda ends at `deadline`.
    pub fn until(deadline: SystemTime) -> Self {
        let left = deadline
            .duration_since(SystemTime::now())
            .unwrap_or_default();
        let (stop, give_up) = reserves(left);
        let now = Instant::now();
        Self {
            stop_at: now + left.saturating_sub(stop),
            give_up_at: now + left.saturating_sub(give_up),
            has_advanced: Cell::new(false),
        }
    }
}

/// How long before the end to stop, and to give up: time to store two parts and a tail, and time for two small calls.
fn reserves(left: Duration) -> (Duration, Duration) {
    let stop = (left / 4).min(Duration::from_secs(45));
    (stop, stop / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_invocation_works_nearly_to_its_end_and_a_short_one_at_all() {
        let seconds = Duration::from_secs;
        let (stop, give_up) = reserves(seconds(900));
        assert_eq!(
            (stop, give_up),
            (seconds(45), Duration::from_millis(11_250))
        );
        let (stop, give_up) = reserves(seconds(8));
        assert_eq!((stop, give_up), (seconds(2), Duration::from_millis(500)));
    }
}
