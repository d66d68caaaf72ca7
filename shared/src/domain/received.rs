//! From when on a write to the ledger counts.
//!
//! An export holds what the ledger held at the second of its request, and an incremental export what changed between two
//! such seconds. So a write must not become visible within a second that an export may already be reading. Every write is
//! therefore stamped with a second that is still to come, must be stored before that second, and is only then reported as
//! done. An export that is requested in that second or later finds it; an earlier one does not count it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

/// The least time that a write gets to be stored.
pub const LEAST_MARGIN: Duration = Duration::from_millis(500);

/// The time from when a write must be stored to the second from which it counts. It covers how far the clocks of two
/// functions differ, how late an index shows what its table holds, and a call that is carried out after it was given up.
const GUARD: Duration = Duration::from_millis(500);

/// The most time that a write gets.
pub const MOST_MARGIN: Duration = Duration::from_secs(8);

/// How much time writes get: more while the ledger is slow.
#[derive(Debug)]
pub struct Margin(AtomicU64);

impl Default for Margin {
    fn default() -> Self {
        Self(AtomicU64::new(LEAST_MARGIN.as_millis() as u64))
    }
}

impl Margin {
    pub fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    /// A write that got `margin` was not stored in time. Says whether the next one gets more.
    pub fn was_short(&self, margin: Duration) -> bool {
        let next = (margin * 2).min(MOST_MARGIN);
        self.0.fetch_max(next.as_millis() as u64, Ordering::Relaxed);
        margin < MOST_MARGIN
    }

    /// A write was stored in this time. If it was much less than there is, the next one gets a little less.
    pub fn was_enough(&self, took: Duration) {
        let margin = self.get();
        if took < margin / 4 {
            let next = (margin * 7 / 8).max(LEAST_MARGIN);
            self.0.store(next.as_millis() as u64, Ordering::Relaxed);
        }
    }
}

/// The whole second from which on a write counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Received(i64);

impl Received {
    /// The second for a write that gets at least `margin` to be stored.
    pub fn after(now: Timestamp, margin: Duration) -> Self {
        let margin = SignedDuration::try_from(margin + GUARD).unwrap_or(SignedDuration::MAX);
        Self::not_before(now.saturating_add(margin).unwrap_or(Timestamp::MAX))
    }

    /// The first whole second that is not before this time.
    fn not_before(time: Timestamp) -> Self {
        let is_whole = time.subsec_nanosecond() == 0;
        Self(time.as_second() + i64::from(!is_whole))
    }

    /// From when on a record of this time of creation counts: not before it is created, as its source's clock may be fast.
    pub fn of(self, created_at: Timestamp) -> Self {
        self.max(Self::not_before(created_at))
    }

    /// In Unix seconds.
    pub fn second(self) -> i64 {
        self.0
    }

    /// How long it is until then; zero if it is over.
    pub fn wait(self, now: Timestamp) -> Duration {
        let then = Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX);
        Duration::try_from(then.duration_since(now)).unwrap_or_default()
    }

    /// How long there is to store the write.
    pub fn time_to_store(self, now: Timestamp) -> Duration {
        self.wait(now).saturating_sub(GUARD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::parse;

    fn after(now: &str, milliseconds: u64) -> i64 {
        let second = Received::after(parse(now).unwrap(), Duration::from_millis(milliseconds));
        second.second() - parse("2026-01-31T23:59:59Z").unwrap().as_second()
    }

    #[test]
    fn a_write_counts_from_a_whole_second_that_is_still_to_come() {
        assert_eq!(after("2026-01-31T23:59:59Z", 500), 1);
        assert_eq!(after("2026-01-31T23:59:59.001Z", 500), 2);
        assert_eq!(after("2026-01-31T23:59:59.500Z", 500), 2);
        assert_eq!(after("2026-01-31T23:59:59.999Z", 8000), 10);
    }

    #[test]
    fn a_record_does_not_count_before_it_is_created() {
        let now = parse("2026-01-31T23:59:59Z").unwrap();
        let received = Received::after(now, LEAST_MARGIN);
        let of = |created_at| received.of(parse(created_at).unwrap()).second() - now.as_second();
        assert_eq!(of("2026-01-31T12:00:00Z"), 1);
        assert_eq!(of("2026-02-01T00:00:00Z"), 1);
        assert_eq!(of("2026-02-01T00:00:04.001Z"), 6);
    }

    #[test]
    fn a_slow_ledger_gets_more_time_and_a_fast_one_less_again() {
        let margin = Margin::default();
        assert_eq!(margin.get(), LEAST_MARGIN);
        for _ in 0..4 {
            assert!(margin.was_short(margin.get()));
        }
        assert_eq!(margin.get(), MOST_MARGIN);
        assert!(!margin.was_short(margin.get()));
        margin.was_enough(MOST_MARGIN / 2);
        assert_eq!(margin.get(), MOST_MARGIN);
        for _ in 0..100 {
            margin.was_enough(Duration::from_millis(10));
        }
        assert_eq!(margin.get(), LEAST_MARGIN);
    }

    #[test]
    fn the_wait_ends_with_that_second() {
        let now = parse("2026-01-31T23:59:58.400Z").unwrap();
        let received = Received::after(now, LEAST_MARGIN);
        assert_eq!(received.wait(now), Duration::from_millis(1600));
        assert_eq!(received.time_to_store(now), Duration::from_millis(1100));
        assert_eq!(
            received.wait(parse("2026-02-01T00:00:07Z").unwrap()),
            Duration::ZERO
        );
    }
}
