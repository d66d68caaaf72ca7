//! How much a request reads, so that a rare filter in a large ledger costs little and nobody waits.

use std::time::{Duration, Instant};

/// The most pages that a request asks for, unless that is fewer than [`ROUNDS`] of each lane. A page is at most 1 MB of the
/// ledger.
const MOST_PAGES: usize = 64;
const ROUNDS: usize = 3;

/// After this time no more pages are asked for.
const LONGEST: Duration = Duration::from_millis(1500);

/// A page that looks at more records than this one would end at DynamoDB's limit of 1 MB.
const MOST_RECORDS: usize = 2000;

/// What a request has read so far, and what it may still read.
#[derive(Debug)]
pub struct Budget {
    started: Instant,
    pages: usize,
    most_pages: usize,
    scanned: usize,
    matched: usize,
}

impl Budget {
    pub fn new(started: Instant, lanes: usize) -> Self {
        Self {
            started,
            pages: 0,
            most_pages: MOST_PAGES.max(ROUNDS * lanes),
            scanned: 0,
            matched: 0,
        }
    }

    /// Notes a page that has looked at so many records and found so many.
    pub fn note(&mut self, scanned: u64, matched: usize) {
        self.pages += 1;
        self.scanned += usize::try_from(scanned).unwrap_or(usize::MAX);
        self.matched += matched;
    }

    /// Whether a page of each of so many lanes may still be asked for. The first always may.
    pub fn allows(&self, lanes: usize, now: Instant) -> bool {
        self.pages == 0
            || (self.pages + lanes <= self.most_pages && now.duration_since(self.started) < LONGEST)
    }

    /// How many records each of the next pages should look at, to find so many together. `None`: as many as there can be in
    /// a page.
    pub fn limit(&self, wanted: usize, lanes: usize) -> Option<i32> {
        // Ids are spread by chance: some lanes have more of the next records than others.
        let of_a_lane = wanted.div_ceil(lanes.max(1)) * 3 / 2 + 6;
        let limit = of_a_lane * (self.scanned + 1) / (self.matched + 1);
        (limit <= MOST_RECORDS).then_some(limit as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_looks_at_as_many_records_as_the_filter_lets_one_expect() {
        let mut budget = Budget::new(Instant::now(), 16);
        assert_eq!(budget.limit(101, 16), Some(16));
        assert_eq!(budget.limit(26, 1), Some(45));
        budget.note(159, 15);
        assert_eq!(budget.limit(101, 16), Some(160));
        budget.note(1000, 0);
        assert_eq!(budget.limit(101, 16), Some(1160));
        budget.note(10_000, 0);
        assert_eq!(budget.limit(101, 16), None);
    }

    #[test]
    fn pages_and_time_are_bounded() {
        let started = Instant::now();
        let mut budget = Budget::new(started, 16);
        assert!(budget.allows(100, started + 2 * LONGEST), "the first round");
        for _ in 0..48 {
            budget.note(2000, 0);
        }
        assert!(budget.allows(16, started));
        assert!(!budget.allows(17, started));
        assert!(!budget.allows(1, started + LONGEST));
        let mut budget = Budget::new(started, 100);
        for _ in 0..200 {
            budget.note(2000, 0);
        }
        assert!(budget.allows(100, started), "the third round of many lanes");
    }
}
