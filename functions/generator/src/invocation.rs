//! How long an invocation may work.

use std::{
    cell::Cell,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use tokio::time::Instant;

/// When an invocation must stop, and whether it has advanced the export.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// From then on nothing more is read: the rows that were read are stored, and another invocation continues.
    pub stop_at: Instant,
    /// From then on the invocation waits for nothing: only the time to send the next one's message is left.
    pub give_up_at: Instant,
    /// Whether a checkpoint was recorded: attempts are counted from the last one.
    pub has_advanced: Cell<bool>,
    /// When Lambda ends it.
    pub ends_at: Timestamp,
}

impl Invocation {
    /// An invocation that Lambda ends at `deadline`.
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
            ends_at: Timestamp::try_from(deadline).unwrap_or(Timestamp::MAX),
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
