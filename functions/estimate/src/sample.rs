//! Estimates the number of rows from a sample of the ledger.
//!
//! A tenant's records are spread over shards by a digest of their ids, so each shard is a sample by chance of all records. The
//! time between the first and the last record is cut into stretches of the same length. Of each stretch one shard is read to
//! its end first, then another one, and so on until time is up. Stretches that were not read are taken to be like the others:
//! the more those differ from each other, the wider is the range.

use std::ops::Range;

use jiff::Timestamp;
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
    /// The lanes of which all of the stretch was read.
    whole: WholeLanes,
    /// The lane whose stretch was read in part.
    begun: Option<Begun>,
}

/// The beginning of a stretch, in one lane.
#[derive(Clone, Copy, Debug)]
struct Begun {
    lot: Lot,
    /// Which part of the stretch's time it covers.
    part: f64,
}

/// Numbers of records that need not be whole.
#[derive(Clone, Copy, Debug, Default)]
struct Amounts {
    rows: f64,
    size: f64,
    scanned: f64,
}

/// A page to read: of a lane, what is in a stretch, or the rest of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Window {
    group: usize,
    stretch: usize,
    pub lane: usize,
    pub span: Span,
    /// What was read of the stretch before.
    read: Lot,
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
                whole: WholeLanes::default(),
                begun: None,
            })
        });
        Some(Self {
            lanes,
            stretches: stretches.collect::<Option<_>>()?,
        })
    }

    /// What the group holds, and the variance of its rows. `None` if nothing was read of it.
    fn expected(&self) -> Option<(Amounts, f64)> {
        let lanes = self.lanes.len() as f64;
        let whole: Vec<_> = self
            .stretches
            .iter()
            .filter(|stretch| stretch.whole.count > 0)
            .map(|stretch| Amounts::of(stretch.whole.lot).times(lanes / stretch.whole.count as f64))
            .collect();
        let mean = whole
            .iter()
            .fold(Amounts::default(), |sum, stretch| sum.plus(*stretch))
            .times(1.0 / f64::max(whole.len() as f64, 1.0));
        let spread = spread_of(whole.iter().map(|stretch| stretch.rows), mean.rows);
        let mut all = Amounts::default();
        // One more may have been found, or one less: so where nothing was found there may still be some.
        let (mut variance, mut one_more) = (0.0, 0.0_f64);
        let mut unread = 0.0;
        for stretch in &self.stretches {
            match (stretch.whole.count, stretch.begun) {
                (0, None) if whole.is_empty() => {}
                (0, Some(begun)) if whole.is_empty() => {
                    let stretch = Amounts::of(begun.lot).times(lanes / begun.part);
                    all = all.plus(stretch);
                    variance += stretch.rows.powi(2);
                }
                (0, begun) => {
                    let known = begun.map_or(Amounts::default(), |begun| {
                        Amounts::of(begun.lot).times(lanes)
                    });
                    all = all.plus(mean.at_least(known));
                    unread += 1.0;
                }
                (count, _) => {
                    let part = count as f64 / lanes;
                    let stretch = Amounts::of(stretch.whole.lot).times(1.0 / part);
                    all = all.plus(stretch);
                    // Whether a record is in the sample is a matter of chance.
                    variance += stretch.rows * (1.0 - part) / part;
                    one_more = one_more.max((1.0 - part) / part.powi(2));
                }
            }
        }
        // How far the mean of those that were read may be off, and each of the others from it.
        variance += spread * unread * (1.0 + unread / f64::max(whole.len() as f64, 1.0));
        let is_read = self
            .stretches
            .iter()
            .any(|stretch| stretch.whole.count > 0 || stretch.begun.is_some());
        is_read.then_some((all, variance + one_more))
    }
}

/// The variance of numbers around their mean. Of fewer than two it is not known: then it is the mean's square.
fn spread_of(numbers: impl ExactSizeIterator<Item = f64>, mean: f64) -> f64 {
    match numbers.len() {
        0 | 1 => mean.powi(2),
        count => numbers.map(|number| (number - mean).powi(2)).sum::<f64>() / (count - 1) as f64,
    }
}

impl Amounts {
    fn of(lot: Lot) -> Self {
        Self {
            rows: lot.rows as f64,
            size: lot.size as f64,
            scanned: lot.scanned as f64,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            size: self.size + other.size,
            scanned: self.scanned + other.scanned,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            rows: self.rows * factor,
            size: self.size * factor,
            scanned: self.scanned * factor,
        }
    }

    fn at_least(self, other: Self) -> Self {
        Self {
            rows: self.rows.max(other.rows),
            size: self.size.max(other.size),
            scanned: self.scanned.max(other.scanned),
        }
    }

    /// With the range that the rows are most likely in.
    fn within(self, variance: f64) -> Expected {
        let margin = DEVIATIONS * variance.sqrt();
        Expected {
            rows: self.rows,
            least_rows: f64::max(self.rows - margin, 0.0),
            most_rows: self.rows + margin,
            size: self.size,
            scanned: self.scanned,
        }
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
                        read: Lot::default(),
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
/// the window holds no more. Returns the window with the rest, if there is any.
pub fn note(
    groups: &mut [Group],
    window: Window,
    lot: Lot,
    read_to: Option<&str>,
) -> Option<Window> {
    let stretch = &mut groups[window.group].stretches[window.stretch];
    let read = window.read.plus(lot);
    let Some(read_to) = read_to else {
        stretch.whole.add(read);
        return None;
    };
    stretch.begun = Some(Begun {
        lot: read,
        part: stretch.part(read_to),
    });
    Some(Window {
        span: Span {
            least: format!("{read_to}\0"),
            ..window.span
        },
        read,
        ..window
    })
}

impl Stretch {
    /// Which part of its time is up to a position. The second of the position counts half.
    fn part(&self, position: &str) -> f64 {
        let second =
            time::parse(created_at_of(position)).map_or(self.first_second, Timestamp::as_second);
        let read = (second - self.first_second).max(0) as f64 + 0.5;
        (read / self.seconds.max(1) as f64).min(1.0)
    }
}

/// What the groups hold together. `None` if nothing was read.
pub fn expected(groups: &[Group]) -> Option<Expected> {
    let read: Vec<_> = groups.iter().filter_map(Group::expected).collect();
    let (all, variance) = read
        .iter()
        .copied()
        .reduce(|(sum, of_sum), (group, of_group)| (sum.plus(group), of_sum + of_group))?;
    // Groups of which nothing was read are taken to be like the others, which may differ much.
    let count = read.len() as f64;
    let unread = (groups.len() - read.len()) as f64;
    let mean = all.times(1.0 / count);
    let spread =
        spread_of(read.iter().map(|(group, _)| group.rows), mean.rows).max(mean.rows.powi(2));
    let all = all.plus(mean.times(unread));
    Some(all.within(variance + spread * unread * (1.0 + unread / count)))
}

/// What all shards hold if some were read to their ends.
pub fn expected_of_shards(read: WholeLanes, shards: usize) -> Expected {
    let part = read.count as f64 / shards as f64;
    let all = Amounts::of(read.lot).times(1.0 / part);
    all.within((all.rows + 1.0 / part) * (1.0 - part) / part)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

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
            let moment = |chance: &mut Chance| {
                let day = chance.below(365).max(chance.below(365)) as i64;
                day * 86_400 + 8 * 3600 + chance.below(12 * 3600) as i64
            };
            Self::at(moment, records, lanes, one_in, chance)
        }

        /// Records at these moments, in seconds after the start.
        fn at(
            moment: impl Fn(&mut Chance) -> i64,
            records: usize,
            lanes: usize,
            one_in: u64,
            chance: &mut Chance,
        ) -> Self {
            let mut ledger = Self {
                lanes: vec![Vec::new(); lanes],
                rows: 0.0,
            };
            for number in 0..records {
                let at = Timestamp::from_second(START + moment(chance)).unwrap();
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
            let mut windows: VecDeque<_> = windows(&groups).into();
            for _ in 0..most_pages {
                let Some(window) = windows.pop_front() else {
                    break;
                };
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
                if let Some(rest) = note(&mut groups, window, lot, read_to) {
                    windows.push_front(rest);
                }
            }
            expected(&groups).unwrap()
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
    fn records_that_come_in_bursts_are_estimated_too() {
        let mut chance = Chance(11);
        let midnight = |chance: &mut Chance| chance.below(60) as i64 * 86_400;
        let one_second = |_: &mut Chance| 7;
        let last_day = |chance: &mut Chance| match chance.below(20) {
            0 => chance.below(60) as i64 * 86_400,
            _ => 61 * 86_400,
        };
        for most_pages in [20, 64, 200] {
            for ledger in [
                Ledger::at(midnight, 20_000, 16, 1, &mut chance),
                Ledger::at(one_second, 20_000, 16, 1, &mut chance),
                Ledger::at(last_day, 20_000, 16, 1, &mut chance),
            ] {
                let expected = ledger.sampled(most_pages, 100);
                assert!(expected.least_rows <= ledger.rows, "{expected:?}");
                assert!(expected.rows < 3.0 * ledger.rows, "{expected:?}");
            }
        }
        let ledger = Ledger::at(midnight, 20_000, 16, 1, &mut chance);
        let expected = ledger.sampled(64, 100);
        assert!(expected.most_rows >= ledger.rows, "{expected:?}");
    }

    #[test]
    fn suppliers_whom_nobody_had_the_time_to_read_widen_the_range() {
        let span = Span {
            least: least_position(Timestamp::UNIX_EPOCH),
            greatest: greatest_position(Timestamp::from_second(START).unwrap()),
            order: Order::OldestFirst,
        };
        let position = |second| least_position(Timestamp::from_second(START + second).unwrap());
        let mut groups: Vec<_> = (0..4)
            .map(|lane| Group::new(lane..lane + 1, 4, &span, &position(0), &position(9)).unwrap())
            .collect();
        assert_eq!(expected(&groups), None);
        for window in windows(&groups) {
            if window.group < 2 {
                let lot = Lot {
                    rows: 100,
                    size: 1_000,
                    scanned: 100,
                };
                note(&mut groups, window, lot, None);
            }
        }
        let expected = expected(&groups).unwrap();
        assert_eq!(expected.rows, 4.0 * 10.0 * 100.0);
        assert!(expected.least_rows <= 2_000.0 && expected.most_rows >= 8_000.0);
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
