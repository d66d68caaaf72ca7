//! How a pass gets through what is due, however much it is: the shards side by side, in each the oldest first, and no longer
//! than until a given time. The next pass goes on.

use std::cell::Cell;

use futures::{StreamExt, stream};
use shared::{
    aws::{
        AwsError,
        exports::{DuePage, DuePlace},
    },
    items::due::{Due, DueShard},
};
use tokio::time::{Instant, timeout_at};
use tracing::error;

/// How much of a shard is read at once.
pub const PAGE: i32 = 100;

/// How many chunks of a shard are worked on at the same time.
const AT_ONCE: usize = 8;

/// One kind of what is due.
pub trait Work {
    /// How many items are worked on together.
    const CHUNK: usize = 1;

    /// What is due in a shard from a place on, the oldest first.
    async fn page(&self, shard: &DueShard, from: Option<DuePlace>) -> Result<DuePage, AwsError>;

    /// Does what the items are due for. Returns how many are left.
    async fn work(&self, due: &[Due]) -> Result<usize, AwsError>;
}

/// What a pass has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    pub done: usize,
    /// What could not be done, or not be read.
    pub failed: usize,
    /// Whether the time was over before the work was.
    pub is_cut_short: bool,
}

/// Works on what is due in all shards, until there is nothing more or the time is over. What fails is left for the next pass,
/// and keeps nothing else from being done: a pass goes on behind it.
pub async fn drain(work: &impl Work, shards: &[DueShard], until: Instant) -> Drained {
    let (done, failed) = (Cell::new(0), Cell::new(0));
    let all = stream::iter(shards).for_each_concurrent(None, |shard| {
        let (done, failed) = (&done, &failed);
        async move {
            if let Err(cause) = drain_shard(work, shard, done, failed).await {
                error!(%cause, shard = shard.value, "what is due cannot be read");
                failed.update(|count| count + 1);
            }
        }
    });
    let is_cut_short = timeout_at(until, all).await.is_err();
    Drained {
        done: done.get(),
        failed: failed.get(),
        is_cut_short,
    }
}

async fn drain_shard<W: Work>(
    work: &W,
    shard: &DueShard,
    done: &Cell<usize>,
    failed: &Cell<usize>,
) -> Result<(), AwsError> {
    let mut from = None;
    loop {
        let page = work.page(shard, from).await?;
        stream::iter(page.due.chunks(W::CHUNK))
            .for_each_concurrent(AT_ONCE, |chunk| async move {
                let left = work.work(chunk).await.unwrap_or_else(|cause| {
                    error!(%cause, "what is due is not done yet");
                    chunk.len()
                });
                failed.update(|count| count + left);
                done.update(|count| count + chunk.len() - left);
            })
            .await;
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap, time::Duration};

    use shared::items::due::DueKind;
    use tokio::time::sleep;

    use super::*;

    /// Shards with items that became due one after the other.
    struct Ledger {
        /// By shard, and by when they became due.
        left: RefCell<BTreeMap<String, BTreeMap<i64, Due>>>,
        worked_on: RefCell<BTreeMap<String, Vec<i64>>>,
        call: Duration,
        /// Items that cannot be done: those that are due at such a time.
        cannot: fn(i64) -> bool,
    }

    impl Ledger {
        fn of(count: i64, call: Duration, cannot: fn(i64) -> bool) -> (Self, Vec<DueShard>) {
            let shards = DueKind::Pending.shards();
            let mut left: BTreeMap<String, BTreeMap<i64, Due>> = BTreeMap::new();
            for at in 0..count {
                let shard = &shards[usize::try_from(at).unwrap() % 16];
                let due = Due {
                    partition: shard.value.clone(),
                    sort: format!("exp_{at}"),
                    at,
                };
                left.entry(shard.value.clone()).or_default().insert(at, due);
            }
            let ledger = Self {
                left: RefCell::new(left),
                worked_on: RefCell::default(),
                call,
                cannot,
            };
            (ledger, shards)
        }

        fn left(&self) -> usize {
            self.left.borrow().values().map(BTreeMap::len).sum()
        }
    }

    impl Work for Ledger {
        async fn page(
            &self,
            shard: &DueShard,
            from: Option<DuePlace>,
        ) -> Result<DuePage, AwsError> {
            sleep(self.call).await;
            // A page begins behind the one before, whether or not that could be done.
            let worked_on = self.worked_on.borrow();
            let last = worked_on.get(&shard.value).and_then(|times| times.last());
            let behind = from.and(last.copied()).map_or(0, |last| last + 1);
            let left = self.left.borrow();
            let rest = left.get(&shard.value).into_iter();
            let rest = rest.flat_map(|left| left.range(behind..));
            let mut due: Vec<_> = rest.map(|(_, due)| due.clone()).take(101).collect();
            let next = (due.len() > 100).then(DuePlace::default);
            due.truncate(100);
            Ok(DuePage { due, next })
        }

        async fn work(&self, due: &[Due]) -> Result<usize, AwsError> {
            sleep(self.call).await;
            for item in due {
                let mut worked_on = self.worked_on.borrow_mut();
                worked_on
                    .entry(item.partition.clone())
                    .or_default()
                    .push(item.at);
                if (self.cannot)(item.at) {
                    return Err(AwsError::unexpected("UpdateItem", "no"));
                }
                let mut left = self.left.borrow_mut();
                left.get_mut(&item.partition).unwrap().remove(&item.at);
            }
            Ok(0)
        }
    }

    fn in_seconds(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_thousand_are_done_within_the_minute() {
        let began = Instant::now();
        let (ledger, shards) = Ledger::of(100_000, Duration::from_millis(20), |_| false);
        let drained = drain(&ledger, &shards, in_seconds(45)).await;
        assert_eq!(
            (drained.done, drained.failed, drained.is_cut_short),
            (100_000, 0, false)
        );
        assert!(
            began.elapsed() < Duration::from_secs(45),
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_ends_in_time_and_has_done_the_oldest() {
        let began = Instant::now();
        let (ledger, shards) = Ledger::of(100_000, Duration::from_millis(200), |_| false);
        let first = drain(&ledger, &shards, in_seconds(45)).await;
        assert!(first.is_cut_short);
        assert!(
            began.elapsed() <= Duration::from_millis(45_001),
            "{:?}",
            began.elapsed()
        );
        for (shard, times) in ledger.worked_on.borrow().iter() {
            assert!(times.is_sorted(), "{shard} is done in order");
        }
        let oldest_left = ledger
            .left
            .borrow()
            .values()
            .filter_map(|left| Some(*left.keys().next()?))
            .min();
        assert!(oldest_left.unwrap() > i64::try_from(first.done).unwrap() * 9 / 10);
        // Pass by pass all of it is done.
        let mut passes = 1;
        while ledger.left() > 0 {
            drain(&ledger, &shards, in_seconds(45)).await;
            passes += 1;
        }
        assert!(
            passes <= 100_000 / first.done + 2,
            "{passes} passes of {}",
            first.done
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_done_keeps_nothing_else_waiting() {
        // More than a page of each shard, and older than everything else.
        let (ledger, shards) = Ledger::of(20_000, Duration::from_millis(5), |at| at < 8_000);
        let drained = drain(&ledger, &shards, in_seconds(45)).await;
        assert_eq!((drained.done, drained.failed), (12_000, 8_000));
        assert_eq!(ledger.left(), 8_000);
    }
}
