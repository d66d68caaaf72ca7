//! The first side of the work: pages of all lanes, side by side, become parts of the file.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use engine::{Decoder, Draft, Drained, Merge};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use shared::aws::{
    AwsError,
    ledger::{LedgerPage, LedgerTable},
};
use tokio::{
    sync::mpsc::Sender,
    time::{Instant, sleep_until},
};

use crate::{
    parts::{MOST_PARTS, part_size},
    patience::patiently,
    plan::Plan,
    work::Setback,
    writing::{Job, Mark},
};

/// Bytes of answers that are on their way at most. This, what is held, the parts (see [`crate::parts`]) and some 15 MiB
/// for everything else are the memory of the function.
const MOST_ON_THE_WAY: usize = 9 * 1024 * 1024;

/// Pages that are on their way at most, however small the last ones were: the next may be large.
const MOST_PAGES_ON_THE_WAY: usize = 16;

/// Bytes of rows that wait for their turn at most, beyond what the order needs.
const MOST_HELD: usize = 14 * 1024 * 1024;

/// Pages of a lane that wait for their turn at most.
const MOST_PAGES_HELD: usize = 2;

/// What an answer is taken to be before the first one is known. DynamoDB's have at most 1 MB of items.
const PAGE_SIZE: usize = 1024 * 1024;

/// Bytes that a record is taken to need before the first ones are known.
const RECORD_SIZE: usize = 400;

/// Records after which the older ones count less for the size of the next.
const RECENT: u64 = 50_000;

/// How often the position is recorded where rows are so rare that no part is full.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(10);

/// Reads, merges and cuts into parts.
pub struct Reading<'a> {
    ledger: &'a LedgerTable,
    plan: &'a Plan,
    decoder: Decoder,
    merge: Merge,
    draft: Draft,
    /// How many parts were cut.
    parts: u32,
    on_the_way: FuturesUnordered<BoxFuture<'a, (usize, Result<LedgerPage, AwsError>)>>,
    /// By lane: whether a page of it is on its way.
    is_asked: Vec<bool>,
    /// Bytes that an answer is taken to have: of the largest, as long as that is not long ago.
    page_size: usize,
    /// Of the last pages: bytes that their rows needed, and records that were looked at.
    size_of_rows: usize,
    scanned: u64,
    /// Where the last job left off.
    marked: Option<String>,
}

/// Why reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every record is in the file.
    Whole,
    /// The invocation is nearly over.
    Stopped,
}

impl<'a> Reading<'a> {
    /// Goes on at a position of all lanes, with a file of so many parts up to there.
    pub fn new(
        ledger: &'a LedgerTable,
        plan: &'a Plan,
        position: &str,
        draft: Draft,
        parts: u32,
    ) -> Self {
        Self {
            ledger,
            decoder: plan.decoder(),
            merge: Merge::new(plan.lanes.len(), position),
            draft,
            parts,
            on_the_way: FuturesUnordered::new(),
            is_asked: vec![false; plan.lanes.len()],
            page_size: PAGE_SIZE,
            size_of_rows: 0,
            scanned: 0,
            marked: Some(position.to_owned()),
            plan,
        }
    }

    /// Hands parts over as they are full, and what is left when the records or the time are at an end.
    pub async fn run(
        mut self,
        jobs: Sender<Job>,
        rows: &AtomicU64,
        stop_at: Instant,
    ) -> Result<End, Setback> {
        let mut checkpoint_at = Instant::now() + CHECKPOINT_INTERVAL;
        loop {
            let drained = self.merge.drain(&mut self.draft, part_size(self.parts));
            rows.store(self.draft.rows(), Ordering::Relaxed);
            let now = Instant::now();
            let job = match drained {
                Drained::End => Some(self.last_job()),
                Drained::Full if self.parts + 1 == MOST_PARTS => return Err(Setback::TooLarge),
                Drained::Full => Some(self.part()),
                Drained::Hungry if now >= checkpoint_at.min(stop_at) => self.tail(),
                Drained::Hungry => None,
            };
            if job.is_some() || now >= checkpoint_at {
                checkpoint_at = now + CHECKPOINT_INTERVAL;
            }
            if let Some(job) = job {
                // Refused only once writing has failed, which ends the attempt.
                let _ = jobs.send(job).await;
            }
            match drained {
                Drained::End => return Ok(End::Whole),
                _ if now >= stop_at => return Ok(End::Stopped),
                Drained::Full => {}
                Drained::Hungry => {
                    // Not before draining, which may empty the very lane that is needed now.
                    self.ask();
                    tokio::select! {
                        Some((lane, page)) = self.on_the_way.next() => self.feed(lane, &page?)?,
                        () = sleep_until(checkpoint_at.min(stop_at)) => {}
                    }
                }
            }
        }
    }

    /// Asks for the pages that the order will need first.
    fn ask(&mut self) {
        let mut lanes: Vec<_> = (0..self.plan.lanes.len())
            .filter(|lane| !self.is_asked[*lane] && self.merge.pages_held(*lane) < MOST_PAGES_HELD)
            .filter_map(|lane| Some((self.merge.unread(lane)?.to_owned(), lane)))
            .collect();
        lanes.sort_unstable();
        for (least, lane) in lanes {
            if !self.has_room(self.merge.pages_held(lane) > 0) {
                return;
            }
            let page = fetch(self.ledger, self.plan, lane, least, self.limit());
            self.on_the_way.push(Box::pin(page));
            self.is_asked[lane] = true;
        }
    }

    fn has_room(&self, is_ahead: bool) -> bool {
        let on_the_way = (self.on_the_way.len() + 1) * self.page_size;
        let is_bounded = self.on_the_way.is_empty()
            || (on_the_way <= MOST_ON_THE_WAY && self.on_the_way.len() < MOST_PAGES_ON_THE_WAY);
        is_bounded && (!is_ahead || self.merge.size() + on_the_way <= MOST_HELD + MOST_ON_THE_WAY)
    }

    /// How many records a page may look at, so that the pages that the order needs fit into what may be held.
    fn limit(&self) -> Option<i32> {
        let record_size = match usize::try_from(self.scanned) {
            Ok(scanned) if scanned > 0 => self.size_of_rows.div_ceil(scanned).max(1),
            _ => RECORD_SIZE,
        };
        let most = MOST_HELD / self.plan.lanes.len().max(1) / record_size;
        i32::try_from(most.max(1)).ok()
    }

    fn feed(&mut self, lane: usize, page: &LedgerPage) -> Result<(), Setback> {
        self.is_asked[lane] = false;
        self.page_size = (self.page_size - self.page_size / 8).max(page.json().len());
        let page = self
            .decoder
            .decode(page.json())
            .map_err(|error| AwsError::unexpected("Query", error))?;
        self.size_of_rows += page.rows.size();
        self.scanned += page.scanned;
        if self.scanned > RECENT {
            self.size_of_rows /= 2;
            self.scanned /= 2;
        }
        self.merge.feed(lane, page);
        Ok(())
    }

    fn part(&mut self) -> Job {
        let next = Vec::with_capacity(part_size(self.parts + 1) + RECORD_SIZE);
        self.parts += 1;
        let content = self.draft.take_part(next);
        Job::Part {
            content: content.into(),
            mark: self.mark(),
        }
    }

    /// What there is since the last job, if it is anything: only what brings the file forward may count as an
    /// achievement.
    fn tail(&mut self) -> Option<Job> {
        if self.merge.position() == self.marked {
            return None;
        }
        Some(Job::Tail {
            content: self.draft.tail().to_vec().into(),
            mark: self.mark(),
        })
    }

    /// What is left at the end of the records: the last part, or the whole of a file that is too small for parts.
    fn last_job(&mut self) -> Job {
        if self.draft.tail().is_empty() && self.parts > 0 {
            return Job::Tail {
                content: Bytes::new(),
                mark: self.mark(),
            };
        }
        self.part()
    }

    fn mark(&mut self) -> Mark {
        self.marked = self.merge.position();
        Mark {
            position: self.marked.clone(),
            draft: self.draft.state(),
        }
    }
}

async fn fetch<'a>(
    ledger: &'a LedgerTable,
    plan: &'a Plan,
    lane: usize,
    least: String,
    limit: Option<i32>,
) -> (usize, Result<LedgerPage, AwsError>) {
    let page = patiently(|| ledger.page(&plan.lanes[lane], &plan.query, &least, limit)).await;
    (lane, page)
}
