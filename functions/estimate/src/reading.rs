//! Reads pages for an estimate, several at a time, until a deadline.

use std::collections::VecDeque;

use futures::{
    StreamExt,
    future::{try_join, try_join_all},
    stream::FuturesUnordered,
};
use shared::{
    aws::{
        AwsError,
        ledger::{Lane, LedgerPage, LedgerQuery, LedgerTable, Span},
    },
    domain::{order::Order, selection::Source},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    lot::{Lot, WholeLanes},
    sample::{self, Expected, Group, Window},
    tally::{Decoders, Tally},
};

/// Pages on the way at the same time: as many as fill a function's network.
const AT_ONCE: usize = 6;

/// The most pages, of 1 MB at most, that are read to count the rows. If there are more, they are estimated.
const MOST_COUNTED: usize = 48;

/// So many times that number are read if some shards have ended: then the others end soon, too.
const TO_THE_END: usize = 2;

/// The most pages that are read as a sample.
const MOST_SAMPLED: usize = 128;

/// What is read for an estimate.
pub struct Reading<'a> {
    pub ledger: &'a LedgerTable,
    pub lanes: &'a [Lane],
    pub query: &'a LedgerQuery,
}

/// Until when the ledger is read.
#[derive(Clone, Copy)]
pub struct Deadlines {
    /// When counting ends, unless what was counted by then is a sample by itself.
    pub counting: Instant,
    pub reading: Instant,
}

/// What counting came to.
pub struct Counted {
    pub tally: Tally,
    /// Whether these are all rows.
    pub is_whole: bool,
    /// The lanes that were read to their ends.
    pub whole_lanes: WholeLanes,
}

impl Reading<'_> {
    /// Counts the rows of all lanes, unless there are too many or the time is up.
    pub async fn count(
        &self,
        decoders: &mut Decoders,
        source: &Source,
        deadlines: Deadlines,
    ) -> Result<Counted, AwsError> {
        let mut tally = Tally::default();
        let mut lanes = vec![Lot::default(); self.lanes.len()];
        let mut whole_lanes = WholeLanes::default();
        let mut waiting: VecDeque<_> = (0..self.lanes.len())
            .map(|lane| (lane, self.query.span()))
            .collect();
        let mut on_the_way = FuturesUnordered::new();
        let mut asked = 0;
        // A page of each lane at least.
        let usual = MOST_COUNTED.max(2 * self.lanes.len());
        loop {
            let is_sample = whole_lanes.are_a_sample(source);
            let most = if is_sample { TO_THE_END * usual } else { usual };
            while on_the_way.len() < AT_ONCE
                && asked < most
                && let Some((lane, span)) = waiting.pop_front()
            {
                asked += 1;
                on_the_way.push(async move { (lane, self.page(lane, &span, None).await) });
            }
            let until = if is_sample {
                deadlines.reading
            } else {
                deadlines.counting
            };
            let Ok(Some((lane, page))) = timeout_at(until, on_the_way.next()).await else {
                break;
            };
            let before = tally.lot;
            let next = tally
                .add(page?.as_ref(), decoders)
                .map_err(|error| AwsError::unexpected("Query", error))?;
            lanes[lane] = lanes[lane].plus(tally.lot.since(before));
            match next {
                Some(last) => {
                    let span = Span {
                        least: last + "\0",
                        ..self.query.span()
                    };
                    waiting.push_back((lane, span));
                }
                None => whole_lanes.add(lanes[lane]),
            }
        }
        Ok(Counted {
            tally,
            is_whole: whole_lanes.count == self.lanes.len(),
            whole_lanes,
        })
    }

    /// Estimates the rows of all lanes from as many pages as the time allows. `None` if that is too few.
    pub async fn sample(
        &self,
        source: &Source,
        decoders: &mut Decoders,
        until: Instant,
    ) -> Result<Option<Expected>, AwsError> {
        let Ok(groups) = timeout_at(until, self.groups(source, decoders)).await else {
            return Ok(None);
        };
        let mut groups = groups?;
        let mut windows: VecDeque<_> = sample::windows(&groups).into();
        let mut on_the_way = FuturesUnordered::new();
        let mut asked = 0;
        loop {
            while on_the_way.len() < AT_ONCE
                && asked < MOST_SAMPLED
                && let Some(window) = windows.pop_front()
            {
                asked += 1;
                on_the_way.push(self.window(window));
            }
            let Ok(Some(answer)) = timeout_at(until, on_the_way.next()).await else {
                break;
            };
            let (window, page) = answer?;
            let page = decoders
                .file(page.as_ref())
                .map_err(|error| AwsError::unexpected("Query", error))?;
            let read_to = page.last_evaluated.as_deref();
            if let Some(rest) = sample::note(&mut groups, window, Lot::of(&page), read_to) {
                windows.push_front(rest);
            }
        }
        Ok(sample::expected(&groups))
    }

    /// The groups of lanes, without those that hold no record.
    async fn groups(
        &self,
        source: &Source,
        decoders: &mut Decoders,
    ) -> Result<Vec<Group>, AwsError> {
        let all = sample::groups(source, self.lanes.len());
        let edges = all.iter().map(async |lanes| {
            try_join(
                self.edge(lanes.start, Order::OldestFirst),
                self.edge(lanes.start, Order::NewestFirst),
            )
            .await
        });
        let mut groups = Vec::new();
        for (lanes, (first, last)) in all.iter().zip(try_join_all(edges).await?) {
            let mut position = |page: LedgerPage| {
                let page = decoders
                    .file(page.as_ref())
                    .map_err(|error| AwsError::unexpected("Query", error))?;
                let only = (!page.rows.is_empty()).then(|| page.rows.sort(0));
                let only = only.map(|sort| String::from_utf8_lossy(sort).into_owned());
                Ok::<_, AwsError>(page.last_evaluated.or(only))
            };
            if let (Some(first), Some(last)) = (position(first)?, position(last)?) {
                let span = self.query.span();
                groups.extend(Group::new(lanes.clone(), all.len(), &span, &first, &last));
            }
        }
        Ok(groups)
    }

    /// The first record of a lane in this order. The answer names its position even where it does not match the filters.
    async fn edge(&self, lane: usize, order: Order) -> Result<LedgerPage, AwsError> {
        let span = Span {
            order,
            ..self.query.span()
        };
        self.page(lane, &span, Some(1)).await
    }

    async fn window(&self, window: Window) -> Result<(Window, LedgerPage), AwsError> {
        let page = self.page(window.lane, &window.span, None).await?;
        Ok((window, page))
    }

    async fn page(
        &self,
        lane: usize,
        span: &Span,
        limit: Option<i32>,
    ) -> Result<LedgerPage, AwsError> {
        self.ledger
            .page(&self.lanes[lane], self.query, span, limit)
            .await
    }
}
