//! Estimates the number of rows from a sample of the ledger.
//!
//! A tenant's records are spread over shards by a digest of their ids, so each shard is a sample by chance of all records. The
//! time between the first and the last record is cut into stretches of the same length. One shard is read for each stretch
//! first, another one for each stretch next, and so on until time is up. A stretch with more records than one page is read up
//! to the page's end; the rest of it is taken to be like its beginning.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use shared::{
    aws::ledger::Span,
    domain::{selection::Source, time},
    items::ledger::{created_at_of, greatest_position, least_position},
};

use crate::lot::{Lot, WholeLanes};

/// Into how many stretches the time is cut, over all groups.
const STRETCHES: usize = 64;

/// The fewest stretches of a group.
const FEWEST_STRETCHES: usize = 8;

/// How wide the range is that is answered: a number that is spread like the normal distribution is within three deviations
/// of its mean 997 times of 1,000.
const DEVIATIONS: f64 = 3.0;

/// How much the unread rest of a stretch may differ from its beginning, as a part of it.
const UNEVENNESS: f64 = 0.5;

/// Lanes that hold records alike: all shards, or one supplier's lane.
#[derive(Debug)]
pub struct Group {
    lanes: Range<usize>,
    stretches: Vec<Stretch>,
}

#[derive(Debug)]
struct Stretch {
    span: Span,
    first_second: i64,
    seconds: i64,
    seen: Seen,
}

/// What was read of a stretch, over all its lanes.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    windows: f64,
    /// How many lanes that makes, each counted with the part that was read.
    lanes: f64,
    rows: f64,
    size: f64,
    scanned: f64,
}

/// A page to read: of a lane, what is in a stretch.
#[derive(Debug, PartialEq, Eq)]
pub struct Window {
    group: usize,
    stretch: usize,
    pub lane: usize,
    pub span: Span,
}

/// What the sample lets one expect.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected {
    pub rows: f64,
    /// The rows are most likely between these numbers.
    pub least_rows: f64,
    pub most_rows: f64,
    pub size: f64,
    pub scanned: f64,
}

/// The groups of a source's lanes.
pub fn groups(source: &Source, lanes: usize) -> Vec<Range<usize>> {
    let size = match source {
        Source::Shards => lanes.max(1),
        Source::Suppliers(_) | Source::Contact(_) => 1,
    };
    let starts = (0..lanes).step_by(size);
    starts.map(|start| start..start + size).collect()
}

impl Group {
    /// The group's lanes, whose records are within the span. `first` and `last` are the positions of its earliest and latest
    /// record, as one of its lanes has them. `None` if the positions have no times.
    pub fn new(
        lanes: Range<usize>,
        of: usize,
        span: &Span,
        first: &str,
        last: &str,
    ) -> Option<Self> {
        let second = |position| Some(time::parse(created_at_of(position))?.as_second());
        let (first, last) = (second(first)?, second(last)?);
        let seconds = (last - first).max(0) + 1;
        let count = (STRETCHES / of.max(1)).max(FEWEST_STRETCHES) as i64;
        let count = count.min(seconds);
        let start = |stretch: i64| first + seconds * stretch / count;
        let stretches = (0..count).map(|stretch| {
            let (first_second, next) = (start(stretch), start(stretch + 1));
            let edge = |second, position: fn(Timestamp) -> String| {
                Timestamp::from_second(second).map(position).ok()
            };
            Some(Stretch {
                span: Span {
                    // Another lane may have an earlier first record, and a later last one.
                    least: match stretch {
                        0 => span.least.clone(),
                        _ => edge(first_second, least_position)?,
                    },
                    greatest: match stretch + 1 {
                        end if end == count => span.greatest.clone(),
                        _ => edge(next - 1, greatest_position)?,
                    },
                    order: span.order,
                },
                first_second,
                seconds: next - first_second,
                seen: Seen::default(),
            })
        });
        Some(Self {
            lanes,
            stretches: stretches.collect::<Option<_>>()?,
        })
    }

    fn expected(&self) -> (Expected, f64) {
        let lanes = self.lanes.len() as f64;
        let read = self
            .stretches
            .iter()
            .filter(|stretch| stretch.seen.lanes > 0.0);
        let (seen, seconds) = read.fold((Seen::default(), 0), |(sum, seconds), stretch| {
            (
                sum.plus(stretch.seen.of_all(lanes)),
                seconds + stretch.seconds,
            )
        });
        let mut expected = Expected::default();
        let (mut variance, mut widest) = (0.0, 0.0_f64);
        for stretch in &self.stretches {
            let is_read = stretch.seen.lanes > 0.0;
            let all = if is_read {
                stretch.seen.of_all(lanes)
            } else {
                seen.times(stretch.seconds as f64 / f64::max(seconds as f64, 1.0))
            };
            expected.rows += all.rows;
            expected.size += all.size;
            expected.scanned += all.scanned;
            if is_read {
                // Whether a record is in the sample is a matter of chance.
                let part = (stretch.seen.lanes / lanes).min(1.0);
                variance += all.rows * (1.0 - part) / part;
                let unread = 1.0 - stretch.seen.lanes / stretch.seen.windows;
                variance += (UNEVENNESS * all.rows * unread).powi(2);
                widest = widest.max((1.0 - part) / part.powi(2));
            } else {
                variance += all.rows.powi(2);
            }
        }
        // One more may have been found, or one less: so where nothing was found there may still be some.
        (expected, variance + widest)
    }
}

impl Seen {
    fn plus(self, other: Self) -> Self {
        Self {
            windows: self.windows + other.windows,
            lanes: self.lanes + other.lanes,
            rows: self.rows + other.rows,
            size: self.size + other.size,
            scanned: self.scanned + other.scanned,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            windows: self.windows * factor,
            lanes: self.lanes * factor,
            rows: self.rows * factor,
            size: self.size * factor,
            scanned: self.scanned * factor,
        }
    }

    /// What all lanes hold, if they are like those that were read.
    fn of_all(self, lanes: f64) -> Self {
        self.times(lanes / self.lanes)
    }
}

/// The pages to read, the most telling first.
pub fn windows(groups: &[Group]) -> Vec<Window> {
    let most_lanes = groups.iter().map(|group| group.lanes.len()).max();
    let most_stretches = groups.iter().map(|group| group.stretches.len()).max();
    let order = spread(most_stretches.unwrap_or_default());
    let mut windows = Vec::new();
    for round in 0..most_lanes.unwrap_or_default() {
        for &stretch in &order {
            for (index, group) in groups.iter().enumerate() {
                let lanes = group.lanes.len();
                if round < lanes && stretch < group.stretches.len() {
                    windows.push(Window {
                        group: index,
                        stretch,
                        lane: group.lanes.start + (stretch + round) % lanes,
                        span: group.stretches[stretch].span.clone(),
                    });
                }
            }
        }
    }
    windows
}

/// The numbers below `count`, so that however many of them one takes, they are spread over the whole.
fn spread(count: usize) -> Vec<usize> {
    let bits = count.next_power_of_two().trailing_zeros();
    (0..count.next_power_of_two())
        .map(|number| match bits {
            0 => number,
            bits => number.reverse_bits() >> (usize::BITS - bits),
        })
        .filter(|number| *number < count)
        .collect()
}

/// Notes what a page of a window held. `read_to` is the position of the last record that the query looked at, or `None` if
/// the window holds no more.
pub fn note(groups: &mut [Group], window: &Window, lot: Lot, read_to: Option<&str>) {
    let stretch = &mut groups[window.group].stretches[window.stretch];
    let read_to = read_to.and_then(|position| time::parse(created_at_of(position)));
    let part = match read_to {
        Some(read_to) if stretch.seconds > 0 => {
            let start = Timestamp::from_second(stretch.first_second).unwrap_or_default();
            let read = read_to.duration_since(start).max(SignedDuration::ZERO);
            // The last second was read in part.
            ((read.as_secs_f64() + 0.5) / stretch.seconds as f64).min(1.0)
        }
        _ => 1.0,
    };
    stretch.seen = stretch.seen.plus(Seen {
        windows: 1.0,
        lanes: part,
        rows: lot.rows as f64,
        size: lot.size as f64,
        scanned: lot.scanned as f64,
    });
}

/// What the groups hold together.
pub fn expected(groups: &[Group]) -> Expected {
    let mut all = Expected::default();
    let mut variance = 0.0;
    for group in groups {
        let (expected, of_group) = group.expected();
        all.rows += expected.rows;
        all.size += expected.size;
        all.scanned += expected.scanned;
        variance += of_group;
    }
    all.within(variance)
}

/// What all shards hold if some were read to their ends.
pub fn expected_of_shards(read: WholeLanes, shards: usize) -> Expected {
    let part = read.count as f64 / shards as f64;
    let all = Expected {
        rows: read.lot.rows as f64 / part,
        size: read.lot.size as f64 / part,
        scanned: read.lot.scanned as f64 / part,
        ..Expected::default()
    };
    all.within((all.rows + 1.0 / part) * (1.0 - part) / part)
}

impl Expected {
    fn within(self, variance: f64) -> Self {
        let margin = DEVIATIONS * variance.sqrt();
        Self {
            least_rows: f64::max(self.rows - margin, 0.0),
            most_rows: self.rows + margin,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::order::Order;

    use super::*;

    const YEAR: i64 = 365 * 86_400;
    const START: i64 = 1_770_000_000;

    /// Numbers that look random and are the same each time.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }
    }

    /// The positions of lanes, of which every tenth or so is a row.
    struct Ledger {
        lanes: Vec<Vec<(String, bool)>>,
        rows: f64,
    }

    impl Ledger {
        /// Records of a year: more of them on some days than on others, and none at night.
        fn new(records: usize, lanes: usize, one_in: u64, chance: &mut Chance) -> Self {
            let mut ledger = Self {
                lanes: vec![Vec::new(); lanes],
                rows: 0.0,
            };
            for number in 0..records {
                let day = chance.below(365).max(chance.below(365)) as i64;
                let second = 8 * 3600 + chance.below(12 * 3600) as i64;
                let at = Timestamp::from_second(START + day * 86_400 + second).unwrap();
                let is_row = chance.below(one_in) == 0;
                ledger.rows += f64::from(u8::from(is_row));
                ledger.lanes[chance.below(lanes as u64) as usize]
                    .push((format!("{}#{number}", time::to_seconds(at)), is_row));
            }
            for lane in &mut ledger.lanes {
                lane.sort();
            }
            ledger
        }

        /// What so many pages of so many records let one expect.
        fn sampled(&self, most_pages: usize, most_records: usize) -> Expected {
            let span = Span {
                least: least_position(Timestamp::UNIX_EPOCH),
                greatest: greatest_position(Timestamp::from_second(START + 2 * YEAR).unwrap()),
                order: Order::OldestFirst,
            };
            let lane = &self.lanes[0];
            let (first, last) = (&lane[0].0, &lane[lane.len() - 1].0);
            let mut groups = vec![Group::new(0..self.lanes.len(), 1, &span, first, last).unwrap()];
            for window in windows(&groups).into_iter().take(most_pages) {
                let lane = &self.lanes[window.lane];
                let start = lane.partition_point(|(position, _)| *position < window.span.least);
                let end = lane.partition_point(|(position, _)| *position <= window.span.greatest);
                let page = &lane[start..end.min(start + most_records)];
                let is_whole = start + page.len() == end;
                let rows = page.iter().filter(|(_, is_row)| *is_row).count() as u64;
                let lot = Lot {
                    rows,
                    size: rows * 100,
                    scanned: page.len() as u64,
                };
                let last = page.last().filter(|_| !is_whole);
                let read_to = last.map(|(position, _)| position.as_str());
                note(&mut groups, &window, lot, read_to);
            }
            expected(&groups)
        }
    }

    #[test]
    fn the_number_is_nearly_always_within_the_range() {
        let mut chance = Chance(7);
        let mut misses = 0;
        for (records, one_in, most_pages, most_records) in [
            (12_000, 1, 64, 2000),
            (12_000, 1, 200, 2000),
            (12_000, 1, 40, 2000),
            (12_000, 1, 64, 5),
            (12_000, 50, 64, 2000),
            (12_000, 600, 64, 2000),
            (2_000, 3, 1024, 2000),
        ] {
            for _ in 0..10 {
                let ledger = Ledger::new(records, 16, one_in, &mut chance);
                let expected = ledger.sampled(most_pages, most_records);
                let range = expected.least_rows..=expected.most_rows;
                misses += u32::from(!range.contains(&ledger.rows));
            }
        }
        assert!(misses <= 1, "{misses} of 70");
    }

    #[test]
    fn one_shard_of_sixteen_tells_the_number_to_a_few_in_a_hundred() {
        let ledger = Ledger::new(50_000, 16, 1, &mut Chance(3));
        let expected = ledger.sampled(64, 2000);
        assert!(
            (expected.rows / 50_000.0 - 1.0).abs() < 0.05,
            "{expected:?}"
        );
        assert!(
            expected.most_rows / expected.least_rows < 1.15,
            "{expected:?}"
        );
        assert!((expected.size / expected.rows - 100.0).abs() < 0.01);
    }

    #[test]
    fn some_shards_tell_of_all() {
        let lot = Lot {
            rows: 1_000,
            size: 100_000,
            scanned: 4_000,
        };
        let expected = expected_of_shards(WholeLanes { count: 4, lot }, 16);
        assert_eq!(
            (expected.rows, expected.size, expected.scanned),
            (4_000.0, 400_000.0, 16_000.0)
        );
        assert!(expected.least_rows > 3_600.0 && expected.most_rows < 4_400.0);
        let all = expected_of_shards(WholeLanes { count: 16, lot }, 16);
        assert_eq!((all.least_rows, all.most_rows), (1_000.0, 1_000.0));
    }

    #[test]
    fn whoever_reads_everything_knows_the_number() {
        let ledger = Ledger::new(5_000, 4, 3, &mut Chance(5));
        let expected = ledger.sampled(usize::MAX, 2000);
        assert_eq!(
            (expected.least_rows, expected.most_rows),
            (ledger.rows, ledger.rows)
        );
    }

    #[test]
    fn where_nothing_was_found_there_may_be_some() {
        let ledger = Ledger::new(5_000, 16, u64::MAX, &mut Chance(5));
        let expected = ledger.sampled(64, 2000);
        assert_eq!(expected.least_rows, 0.0);
        assert!(expected.most_rows >= 40.0, "{expected:?}");
    }

    #[test]
    fn the_first_windows_are_spread_over_the_whole_time() {
        assert_eq!(spread(8), [0, 4, 2, 6, 1, 5, 3, 7]);
        assert_eq!(spread(5), [0, 4, 2, 1, 3]);
        assert_eq!(spread(1), [0]);
        assert!(spread(0).is_empty());
    }
}
