//! Puts the records of several lanes into one order, page by page.

use std::{cmp::Ordering, collections::VecDeque};

use shared::{
    aws::ledger::{RecordPage, Span, StoredRecord},
    domain::order::Order,
};

/// The lanes of a list, each of which is in order, and how far each is known.
#[derive(Debug)]
pub struct Listing {
    order: Order,
    lanes: Vec<Lane>,
}

#[derive(Clone, Debug)]
struct Lane {
    order: Order,
    /// Records that are known and not listed yet.
    records: VecDeque<StoredRecord>,
    /// The records up to and with this position are known. `None` before the first page.
    known_to: Option<String>,
    /// What is still to be read. `None` once the lane has ended.
    unread: Option<Span>,
}

impl Listing {
    /// Lanes that are not read yet, each with the records of this span behind `after`.
    pub fn new(lanes: usize, span: Span, after: Option<String>) -> Self {
        let order = span.order;
        let mut lane = Lane {
            order,
            records: VecDeque::new(),
            known_to: None,
            unread: Some(span),
        };
        if let Some(after) = after {
            lane.go_on_behind(after);
        }
        Self {
            order,
            lanes: vec![lane; lanes],
        }
    }

    /// The lanes whose next record is unknown, with what is to be read of them.
    pub fn hungry(&self) -> Vec<(usize, &Span)> {
        let lanes = self.lanes.iter().enumerate();
        lanes
            .filter(|(_, lane)| lane.records.is_empty())
            .filter_map(|(index, lane)| Some((index, lane.unread.as_ref()?)))
            .collect()
    }

    /// Gives a lane the next page of what is to be read of it.
    pub fn feed(&mut self, lane: usize, page: RecordPage) {
        let lane = &mut self.lanes[lane];
        // Bounds are inclusive: the record that the lane goes on behind comes again.
        let known_to = lane.known_to.as_deref();
        let records = page
            .records
            .into_iter()
            .filter(|record| Some(record.position.as_str()) != known_to);
        lane.records.extend(records);
        match page.last_evaluated {
            Some(last) => lane.go_on_behind(last),
            None => lane.unread = None,
        }
    }

    /// Moves records into the list, in order, until it has `most` or the next one is unknown.
    pub fn drain(&mut self, list: &mut Vec<StoredRecord>, most: usize) {
        while list.len() < most {
            let order = self.order;
            let first = self
                .lanes
                .iter_mut()
                .filter(|lane| !lane.has_ended())
                .min_by(|a, b| {
                    earlier(order, a.place(), b.place()).then(a.hunger().cmp(&b.hunger()))
                });
            match first.and_then(|lane| lane.records.pop_front()) {
                Some(record) => list.push(record),
                None => return,
            }
        }
    }

    /// The position up to and with which every record is in the list, after draining. `None` if every record is, or if a
    /// lane is not known at all.
    pub fn looked_through_to(&self) -> Option<&str> {
        let hungry = self.lanes.iter().filter(|lane| !lane.has_ended());
        let first = hungry.min_by(|a, b| earlier(self.order, a.place(), b.place()))?;
        first.place()
    }
}

impl Lane {
    fn go_on_behind(&mut self, position: String) {
        if let Some(span) = &mut self.unread {
            let bound = match span.order {
                Order::OldestFirst => &mut span.least,
                Order::NewestFirst => &mut span.greatest,
            };
            // A cursor that somebody forged must not widen the span.
            if earlier(self.order, Some(bound), Some(&position)).is_lt() {
                bound.clone_from(&position);
            }
        }
        // DynamoDB refuses bounds that are crossed.
        self.unread.take_if(|span| span.least > span.greatest);
        self.known_to = Some(position);
    }

    fn has_ended(&self) -> bool {
        self.records.is_empty() && self.unread.is_none()
    }

    /// The next record's position or, if that is unknown, how far the lane is known.
    fn place(&self) -> Option<&str> {
        match self.records.front() {
            Some(record) => Some(&record.position),
            None => self.known_to.as_deref(),
        }
    }

    /// A record at the very place up to which another lane is known may go first.
    fn hunger(&self) -> bool {
        self.records.is_empty()
    }
}

/// Compares places. Before a lane's first page nothing of it is known: that place is the earliest.
fn earlier(order: Order, a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b, order) {
        (Some(a), Some(b), Order::NewestFirst) => b.cmp(a),
        (a, b, _) => a.cmp(&b),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Lanes of positions, of which a query looks at a few at a time, and finds those that do not end with `x`.
    struct Ledger {
        lanes: Vec<Vec<String>>,
    }

    impl Ledger {
        fn new(records: usize, lanes: usize) -> Self {
            let position = |number: usize| {
                let mark = if number % 3 == 1 { "x" } else { "" };
                format!("{:03}{mark}", number * 17 % records)
            };
            let mut all = vec![Vec::new(); lanes];
            for number in 0..records {
                all[number * number % lanes].push(position(number));
            }
            for lane in &mut all {
                lane.sort();
            }
            Self { lanes: all }
        }

        fn page(&self, lane: usize, span: &Span, limit: usize) -> RecordPage {
            let within =
                |position: &&String| span.least <= **position && **position <= span.greatest;
            let mut positions: Vec<_> = self.lanes[lane].iter().filter(within).collect();
            if span.order == Order::NewestFirst {
                positions.reverse();
            }
            let looked_at = &positions[..limit.min(positions.len())];
            RecordPage {
                records: looked_at
                    .iter()
                    .filter(|position| !position.ends_with('x'))
                    .map(|position| StoredRecord {
                        position: (*position).clone(),
                        values: HashMap::new(),
                    })
                    .collect(),
                last_evaluated: (looked_at.len() == limit)
                    .then(|| looked_at.last().map(|position| (*position).clone()))
                    .flatten(),
                scanned: looked_at.len() as u64,
            }
        }

        /// The whole list, read by requests of so many records and rounds.
        fn list(&self, order: Order, most: usize, rounds: usize, limit: usize) -> Vec<String> {
            let span = || Span {
                least: String::new(),
                greatest: "~".to_owned(),
                order,
            };
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let mut listing = Listing::new(self.lanes.len(), span(), after.clone());
                let mut list = Vec::new();
                for _ in 0..rounds {
                    let hungry: Vec<_> = listing
                        .hungry()
                        .into_iter()
                        .map(|(lane, span)| (lane, self.page(lane, span, limit)))
                        .collect();
                    for (lane, page) in hungry {
                        listing.feed(lane, page);
                    }
                    listing.drain(&mut list, most);
                }
                let place = match list.last() {
                    Some(last) if list.len() == most => Some(last.position.clone()),
                    _ => listing.looked_through_to().map(str::to_owned),
                };
                all.extend(list.into_iter().map(|record| record.position));
                if place.is_none() {
                    return all;
                }
                assert_ne!(place, after, "no progress");
                after = place;
            }
        }

        fn expected(&self, order: Order) -> Vec<String> {
            let all = self.lanes.iter().flatten();
            let mut all: Vec<_> = all
                .filter(|position| !position.ends_with('x'))
                .cloned()
                .collect();
            all.sort();
            if order == Order::NewestFirst {
                all.reverse();
            }
            all
        }
    }

    #[test]
    fn every_record_is_listed_once_and_in_order() {
        for lanes in [1, 2, 7] {
            let ledger = Ledger::new(211, lanes);
            for order in [Order::OldestFirst, Order::NewestFirst] {
                for (most, rounds, limit) in [(1, 1, 2), (5, 1, 2), (10, 3, 4), (100, 2, 50)] {
                    assert_eq!(
                        ledger.list(order, most, rounds, limit),
                        ledger.expected(order),
                        "{lanes} lanes, {most} records, {rounds} rounds of {limit}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_list_is_known_up_to_where_its_slowest_lane_is() {
        let ledger = Ledger {
            lanes: vec![
                vec!["1x".to_owned(), "2x".to_owned(), "3x".to_owned()],
                vec!["4".to_owned()],
            ],
        };
        let span = Span {
            least: String::new(),
            greatest: "~".to_owned(),
            order: Order::OldestFirst,
        };
        let mut listing = Listing::new(2, span.clone(), None);
        assert_eq!(listing.looked_through_to(), None);
        listing.feed(0, ledger.page(0, &span, 2));
        listing.feed(1, ledger.page(1, &span, 2));
        let mut list = Vec::new();
        listing.drain(&mut list, 9);
        assert_eq!((list.len(), listing.looked_through_to()), (0, Some("2x")));
    }

    #[test]
    fn a_forged_place_cannot_widen_a_list() {
        for order in [Order::OldestFirst, Order::NewestFirst] {
            for after in ["", "005", "012", "~~"] {
                let span = Span {
                    least: "010".to_owned(),
                    greatest: "014".to_owned(),
                    order,
                };
                let listing = Listing::new(1, span, Some(after.to_owned()));
                for (_, span) in listing.hungry() {
                    assert!(span.least.as_str() >= "010" && span.greatest.as_str() <= "014");
                    assert!(span.least <= span.greatest);
                }
            }
        }
    }

    #[test]
    fn without_lanes_the_list_is_empty() {
        let span = Span {
            least: String::new(),
            greatest: "~".to_owned(),
            order: Order::NewestFirst,
        };
        let listing = Listing::new(0, span, None);
        assert_eq!(listing.hungry(), []);
        assert_eq!(listing.looked_through_to(), None);
    }
}
