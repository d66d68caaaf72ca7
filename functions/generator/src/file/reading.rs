//! Reads the pages of all lanes side by side, merges their rows, and cuts the file into segments.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use engine::{Decoder, Draft, Drained, Merge};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use shared::aws::AwsError;
use tokio::{
    sync::mpsc::Sender,
    time::{Instant, sleep_until},
};

use super::{
    buffers::Buffers,
    gzip::USUAL_MEMBER,
    pages::Pages,
    parts::{MOST_PARTS, part_size},
    segment::{Mark, Segment},
};
use crate::error::AttemptError;

/// The most bytes of answers on the way. With the rows that are held, the parts (see [`super::parts`]) and some 15 MiB for
/// everything else, this is the memory of the function.
const MOST_ON_THE_WAY: usize = 9 * 1024 * 1024;

/// The most pages on the way, however small the last ones were: the next may be large.
const MOST_PAGES_ON_THE_WAY: usize = 16;

/// The most bytes of rows that wait for their turn, beyond what the order needs.
const MOST_HELD: usize = 14 * 1024 * 1024;

/// The most pages of a lane that wait for their turn.
const MOST_PAGES_HELD: usize = 2;

/// The assumed bytes of an answer, until the first one is known. DynamoDB's answers have at most 1 MB of items.
const PAGE_SIZE: usize = 1024 * 1024;

/// The assumed bytes of a record, until the first ones are known.
const RECORD_SIZE: usize = 400;

/// The size of a page follows from the average record. After this many records, older ones count less.
const RECENT: u64 = 50_000;

/// How often the position is recorded where rows are so rare that no part is full.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(10);

/// A lane's next page, on the way.
type Answer<'a, P> = BoxFuture<'a, (usize, Result<<P as Pages>::Page, AwsError>)>;

/// Reads, merges and cuts the file into segments.
pub struct Reading<'a, P: Pages> {
    pages: &'a P,
    decoder: Decoder,
    buffers: &'a Buffers,
    merge: Merge,
    draft: Draft,
    /// How many parts were cut.
    parts: u32,
    on_the_way: FuturesUnordered<Answer<'a, P>>,
    /// By lane: whether a page of it is on its way.
    is_asked: Vec<bool>,
    /// Whether a page has come already.
    has_begun: bool,
    /// The assumed bytes of the next answer: those of the largest one lately.
    page_size: usize,
    /// Of the last pages: bytes that their rows needed, and records that were looked at.
    size_of_rows: usize,
    scanned: u64,
    /// The position of the last segment.
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

impl<'a, P: Pages> Reading<'a, P> {
    /// Reads on from a position of all lanes, where the file has so many parts.
    pub fn new(
        pages: &'a P,
        decoder: Decoder,
        buffers: &'a Buffers,
        position: &str,
        draft: Draft,
        parts: u32,
    ) -> Self {
        Self {
            pages,
            decoder,
            buffers,
            merge: Merge::new(pages.lanes(), position),
            draft,
            parts,
            on_the_way: FuturesUnordered::new(),
            is_asked: vec![false; pages.lanes()],
            has_begun: false,
            page_size: PAGE_SIZE,
            size_of_rows: 0,
            scanned: 0,
            marked: Some(position.to_owned()),
        }
    }

    /// Sends each part when it is full, and the rest when the records or the time end.
    pub async fn run(
        mut self,
        segments: Sender<Segment>,
        rows: &AtomicU64,
        stop_at: Instant,
    ) -> Result<End, AttemptError> {
        let mut checkpoint_at = Instant::now() + CHECKPOINT_INTERVAL;
        loop {
            let drained = self.merge.drain(&mut self.draft, part_size(self.parts));
            rows.store(self.draft.rows(), Ordering::Relaxed);
            let now = Instant::now();
            let is_due = match drained {
                Drained::Full if self.parts + 1 == MOST_PARTS => {
                    return Err(AttemptError::TooLarge);
                }
                Drained::End | Drained::Full => true,
                Drained::Hungry => now >= checkpoint_at.min(stop_at),
            };
            if is_due {
                checkpoint_at = now + CHECKPOINT_INTERVAL;
                // The next part's buffer is taken only when there is room for this part. There is nobody to give it to only
                // if writing has failed, which ends the attempt.
                let room = segments.reserve().await;
                let segment = match drained {
                    Drained::End => Some(self.last()),
                    Drained::Full => Some(self.part()),
                    Drained::Hungry => self.tail(),
                };
                if let (Ok(room), Some(segment)) = (room, segment) {
                    room.send(segment);
                }
            }
            match drained {
                Drained::End => return Ok(End::Whole),
                _ if now >= stop_at => return Ok(End::Stopped),
                Drained::Full => {}
                Drained::Hungry => {
                    // After draining, because draining may empty the lane that is needed next.
                    self.ask();
                    tokio::select! {
                        Some((lane, page)) = self.on_the_way.next() => self.feed(lane, page?.as_ref())?,
                        () = sleep_until(checkpoint_at.min(stop_at)) => {}
                    }
                }
            }
        }
    }

    /// Asks for the pages that the order will need first.
    fn ask(&mut self) {
        let mut lanes: Vec<_> = (0..self.pages.lanes())
            .filter(|lane| !self.is_asked[*lane] && self.merge.pages_held(*lane) < MOST_PAGES_HELD)
            .filter_map(|lane| Some((self.merge.unread(lane)?.to_owned(), lane)))
            .collect();
        lanes.sort_unstable();
        for (least, lane) in lanes {
            if !self.has_room(self.merge.pages_held(lane) > 0) {
                return;
            }
            let (pages, limit) = (self.pages, self.limit());
            self.on_the_way.push(Box::pin(async move {
                (lane, pages.page(lane, least, limit).await)
            }));
            self.is_asked[lane] = true;
        }
    }

    fn has_room(&self, is_ahead: bool) -> bool {
        let on_the_way = (self.on_the_way.len() + 1) * self.page_size;
        // At first no rows are held, so there is memory to ask all shards at once: what is small takes one answer's time.
        let most = MOST_ON_THE_WAY + if self.has_begun { 0 } else { MOST_HELD };
        let is_bounded = self.on_the_way.is_empty()
            || (on_the_way <= most && self.on_the_way.len() < MOST_PAGES_ON_THE_WAY);
        is_bounded && (!is_ahead || self.merge.size() + on_the_way <= MOST_HELD + MOST_ON_THE_WAY)
    }

    /// How many records a page may look at, so that the pages that the order needs fit into what may be held.
    fn limit(&self) -> Option<i32> {
        let record_size = match usize::try_from(self.scanned) {
            Ok(scanned) if scanned > 0 => self.size_of_rows.div_ceil(scanned).max(1),
            _ => RECORD_SIZE,
        };
        let most = MOST_HELD / self.pages.lanes().max(1) / record_size;
        i32::try_from(most.max(1)).ok()
    }

    fn feed(&mut self, lane: usize, json: &[u8]) -> Result<(), AttemptError> {
        self.is_asked[lane] = false;
        self.has_begun = true;
        self.page_size = (self.page_size - self.page_size / 8).max(json.len());
        let page = self
            .decoder
            .decode(json)
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

    fn part(&mut self) -> Segment {
        let beyond = match self.draft.is_compressed() {
            true => USUAL_MEMBER,
            false => RECORD_SIZE,
        };
        let next = self.buffers.take(part_size(self.parts + 1) + beyond);
        self.parts += 1;
        let content = self.draft.take_part(next);
        Segment::Part {
            content: content.into(),
            mark: self.mark(),
        }
    }

    /// The rows since the last segment. `None` if the position has not moved, because a checkpoint there would count as
    /// progress.
    fn tail(&mut self) -> Option<Segment> {
        if self.merge.position() == self.marked {
            return None;
        }
        Some(Segment::Tail {
            content: self.draft.tail().into(),
            mark: self.mark(),
        })
    }

    /// The rest of the file at the end of the records: the last part, or the whole of a file that has no parts.
    fn last(&mut self) -> Segment {
        if self.draft.is_tail_empty() && self.parts > 0 {
            return Segment::Tail {
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

#[cfg(test)]
mod tests {
    use engine::{Column, Dialect, Format};
    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::file::scripted::{Script, ScriptedPages};

    const SECOND: Duration = Duration::from_secs(1);
    const COLUMNS: [Column; 3] = [
        Column {
            name: "id",
            format: Format::Verbatim,
        },
        Column {
            name: "amount",
            format: Format::Verbatim,
        },
        Column {
            name: "currency",
            format: Format::Verbatim,
        },
    ];

    /// What one reading came to.
    struct Outcome {
        end: Result<End, AttemptError>,
        segments: Vec<Segment>,
        took: Duration,
    }

    impl Outcome {
        /// The file's rows without their header.
        fn rows(&self) -> Vec<String> {
            let file: Vec<u8> = self
                .segments
                .iter()
                .flat_map(|segment| match segment {
                    Segment::Part { content, .. } => content.to_vec(),
                    Segment::Tail { .. } => Vec::new(),
                })
                .collect();
            let text = String::from_utf8(file).unwrap();
            text.lines().skip(1).map(str::to_owned).collect()
        }

        fn positions(&self) -> Vec<Option<String>> {
            let mark = |segment: &Segment| match segment {
                Segment::Part { mark, .. } | Segment::Tail { mark, .. } => mark.position.clone(),
            };
            self.segments.iter().map(mark).collect()
        }
    }

    async fn read(pages: &ScriptedPages, limit: Duration) -> Outcome {
        let decoder = Decoder::new(&COLUMNS, "sort", Dialect::STANDARD);
        let draft = Draft::new(&decoder.header(), None);
        let buffers = Buffers::default();
        let reading = Reading::new(pages, decoder, &buffers, "", draft, 0);
        let (segments, queue) = channel(1);
        let started = Instant::now();
        let rows = AtomicU64::new(0);
        let (end, segments) =
            tokio::join!(reading.run(segments, &rows, started + limit), all(queue));
        Outcome {
            end,
            segments,
            took: started.elapsed(),
        }
    }

    async fn all(mut queue: Receiver<Segment>) -> Vec<Segment> {
        let mut segments = Vec::new();
        while let Some(segment) = queue.recv().await {
            segments.push(segment);
        }
        segments
    }

    #[tokio::test(start_paused = true)]
    async fn every_record_is_in_the_file_once_and_in_order() {
        let pages = ScriptedPages::new((0..5).map(|lane| {
            let sorts =
                (0..200).map(move |number| format!("{:04}#{lane}", number * 7 % 200 + lane));
            Script::of(sorts).pages_of(13)
        }));
        let outcome = read(&pages, 600 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Whole);
        let rows = outcome.rows();
        assert_eq!(rows.len(), 1000);
        assert_eq!(rows, pages.ids_in_order());
        assert_eq!(outcome.positions(), [None]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_that_draining_emptied_is_asked_for_at_once() {
        // Lane 0 holds two pages behind lane 1's only page, whose arrival lets all of them go.
        let pages = ScriptedPages::new([
            Script::of((0..600).map(|number| format!("b{number:04}"))).pages_of(100),
            Script::of(["a0".to_owned()]).answering_after(3 * SECOND),
        ]);
        let outcome = read(&pages, 600 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Whole);
        assert_eq!(outcome.rows().len(), 601);
        assert!(
            outcome.took < CHECKPOINT_INTERVAL,
            "nothing was asked for until the next checkpoint: {:?}",
            outcome.took
        );
    }

    #[tokio::test(start_paused = true)]
    async fn pages_are_read_side_by_side_within_a_budget_of_bytes() {
        let large =
            || Script::of((0..40).map(|number| format!("{number:04}"))).with_padding(100_000);
        let pages = ScriptedPages::new((0..16).map(|_| large().pages_of(10)));
        let outcome = read(&pages, 600 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Whole);
        let bytes = pages.most_bytes_later();
        assert!(
            (MOST_ON_THE_WAY / 2..=MOST_ON_THE_WAY).contains(&bytes),
            "{bytes}"
        );
        let bytes = pages.most_bytes_at_first();
        assert!(bytes <= MOST_ON_THE_WAY + MOST_HELD, "{bytes}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_file_takes_one_answers_time_however_many_shards_there_are() {
        let pages = ScriptedPages::new((0..16).map(|lane| Script::of([format!("{lane:02}")])));
        let outcome = read(&pages, 600 * SECOND).await;
        assert_eq!(outcome.rows().len(), 16);
        assert_eq!(outcome.took, Duration::from_millis(10));
    }

    #[tokio::test(start_paused = true)]
    async fn small_pages_are_bounded_by_their_number() {
        let small = || Script::of((0..500).map(|number| format!("{number:04}"))).pages_of(5);
        let pages = ScriptedPages::new((0..40).map(|_| small()));
        read(&pages, 600 * SECOND).await.end.unwrap();
        assert_eq!(pages.most_on_the_way(), MOST_PAGES_ON_THE_WAY);
    }

    #[tokio::test(start_paused = true)]
    async fn lanes_that_are_ahead_wait_while_a_slow_one_is_needed() {
        let ahead = || {
            Script::of((0..4000).map(|number| format!("b{number:04}")))
                .with_padding(1_500)
                .pages_of(600)
        };
        let slow = Script::of(["a".to_owned()]).answering_after(30 * SECOND);
        let pages = ScriptedPages::new((0..15).map(|_| ahead()).chain([slow]));
        let outcome = read(&pages, 20 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Stopped);
        let delivered = pages.bytes_delivered();
        assert!(delivered <= MOST_HELD + MOST_ON_THE_WAY, "{delivered}");
        assert!(pages.asked().iter().filter(|(lane, _)| *lane < 15).count() >= 15);
    }

    #[tokio::test(start_paused = true)]
    async fn the_lane_that_the_order_needs_first_is_asked_first() {
        // The records are so large that one page is on the way at a time; in the file the last lane comes first.
        let pages = ScriptedPages::new((0..4).map(|lane| {
            let sorts = (0..3).map(move |number| format!("{number}-{}", 3 - lane));
            Script::of(sorts).with_padding(5_000_000).pages_of(1)
        }));
        let outcome = read(&pages, 600 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Whole);
        // The first page of every lane is asked for before anything is known of it.
        let asked: Vec<_> = pages.asked().into_iter().map(|(_, least)| least).collect();
        assert_eq!(asked.len(), 12);
        assert!(asked.is_sorted(), "{asked:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_of_one_lane_ends_the_reading() {
        let good = Script::of((0..50).map(|number| format!("{number:04}"))).pages_of(10);
        let pages = ScriptedPages::new([good, Script::failing()]);
        let outcome = read(&pages, 600 * SECOND).await;
        assert!(matches!(outcome.end, Err(AttemptError::NotMade(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn where_filters_leave_nothing_the_position_moves_and_is_recorded() {
        let sparse = |lane: u32| {
            Script::of((0..100).map(move |number| format!("{number:04}#{lane}")))
                .without_rows()
                .pages_of(1)
                .answering_after(SECOND)
        };
        let pages = ScriptedPages::new((0..3).map(sparse));
        let outcome = read(&pages, 45 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Stopped);
        let positions = outcome.positions();
        assert!(positions.len() >= 4, "{positions:?}");
        assert!(
            positions.is_sorted_by(|one, next| one < next),
            "{positions:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_without_an_answer_moves_nothing_and_records_nothing() {
        let pages =
            ScriptedPages::new([Script::of(["a".to_owned()]).answering_after(600 * SECOND)]);
        let outcome = read(&pages, 60 * SECOND).await;
        assert_eq!(outcome.end.as_ref().unwrap(), &End::Stopped);
        assert!(outcome.segments.is_empty());
        assert_eq!(outcome.took, 60 * SECOND);
    }
}
