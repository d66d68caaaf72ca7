//! Merges lanes, each of which is in order, into one sequence in order.

use std::collections::VecDeque;

use crate::{draft::Draft, page::Page, rows::Rows};

/// Merges lanes by their sort keys. It holds the pages until their rows are in the file.
///
/// A lane's place is its next row or, if that is not known yet, the start of its next page. A row may go as soon as
/// no lane has an earlier place. So lanes without matching records do not hold the others back.
#[derive(Clone, Debug, Default)]
pub struct Merge {
    lanes: Vec<Lane>,
    /// The lanes that have not ended, as a binary heap. The first has the earliest place.
    heap: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Lane {
    pages: VecDeque<Rows>,
    /// The next row of the first page.
    row: usize,
    /// The least sort key that no page has covered yet. `None` once the lane has ended.
    unread: Option<String>,
}

/// Why the merge paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// The draft has reached the size.
    Full,
    /// A lane's next page must be known first.
    Hungry,
    /// Every row of every lane is in the draft.
    End,
}

impl Merge {
    /// Lanes that are not read yet. Each begins at this least sort key.
    pub fn new(lanes: usize, least: &str) -> Self {
        let lane = Lane {
            pages: VecDeque::new(),
            row: 0,
            unread: Some(least.to_owned()),
        };
        Self {
            lanes: vec![lane; lanes],
            heap: (0..lanes).collect(),
        }
    }

    /// The start of a lane's next page. `None` if there is none.
    pub fn unread(&self, lane: usize) -> Option<&str> {
        self.lanes[lane].unread.as_deref()
    }

    /// How many pages with rows a lane holds.
    pub fn pages_held(&self, lane: usize) -> usize {
        self.lanes[lane].pages.len()
    }

    /// Bytes of memory that the held pages take.
    pub fn size(&self) -> usize {
        let pages = self.lanes.iter().flat_map(|lane| &lane.pages);
        pages.map(Rows::size).sum()
    }

    /// Gives a lane its next page.
    pub fn feed(&mut self, lane: usize, page: Page) {
        let fed = &mut self.lanes[lane];
        fed.unread = page.last_evaluated.map(after);
        if !page.rows.is_empty() {
            fed.pages.push_back(page.rows);
        }
        let has_ended = fed.position().is_none();
        let Some(place) = self.heap.iter().position(|known| *known == lane) else {
            return;
        };
        if has_ended {
            self.remove(place);
        } else {
            self.sift_down(place);
        }
    }

    /// Moves rows into the draft, in order, until its part is of this size.
    pub fn drain(&mut self, draft: &mut Draft, size: usize) -> Drained {
        while let Some(&first) = self.heap.first() {
            let lane = &mut self.lanes[first];
            let Some(rows) = lane.pages.front() else {
                return Drained::Hungry;
            };
            if draft.part_size() >= size {
                return Drained::Full;
            }
            draft.push(rows, lane.row);
            lane.row += 1;
            if lane.row == rows.len() {
                lane.pages.pop_front();
                lane.row = 0;
            }
            if lane.position().is_some() {
                self.sift_down(0);
            } else {
                self.remove(0);
            }
        }
        Drained::End
    }

    /// The least sort key whose record may not be in the draft. Everything before it is. `None` at the end.
    pub fn position(&self) -> Option<String> {
        let first = self.heap.first()?;
        let position = self.lanes[*first].position()?;
        Some(String::from_utf8_lossy(position).into_owned())
    }

    /// Takes a lane out of the heap.
    fn remove(&mut self, place: usize) {
        self.heap.swap_remove(place);
        self.sift_down(place);
        self.sift_up(place);
    }

    fn position_at(&self, place: usize) -> Option<&[u8]> {
        self.lanes[self.heap[place]].position()
    }

    fn sift_up(&mut self, mut place: usize) {
        while place > 0 && place < self.heap.len() {
            let parent = (place - 1) / 2;
            if self.position_at(parent) <= self.position_at(place) {
                return;
            }
            self.heap.swap(parent, place);
            place = parent;
        }
    }

    fn sift_down(&mut self, mut place: usize) {
        loop {
            let mut least = 2 * place + 1;
            if least >= self.heap.len() {
                return;
            }
            if least + 1 < self.heap.len() && self.position_at(least + 1) < self.position_at(least)
            {
                least += 1;
            }
            if self.position_at(place) <= self.position_at(least) {
                return;
            }
            self.heap.swap(place, least);
            place = least;
        }
    }
}

impl Lane {
    /// The lane's place. `None` once it has ended.
    #[inline]
    fn position(&self) -> Option<&[u8]> {
        match self.pages.front() {
            Some(rows) => Some(rows.sort(self.row)),
            None => self.unread.as_deref().map(str::as_bytes),
        }
    }
}

/// The sort key that comes right after another.
fn after(mut sort: String) -> String {
    sort.push('\0');
    sort
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Column, Decoder, Dialect, Format};

    /// A page of records with these sort keys, which are also what the file shows.
    fn page(sorts: &[&str], last_evaluated: Option<&str>) -> Page {
        let items: Vec<_> = sorts
            .iter()
            .map(|sort| {
                format!(
                    r#"{{"sort":{{"S":"{sort}"}},"amount":{{"S":"1"}},"currency":{{"S":"EUR"}}}}"#
                )
            })
            .collect();
        let columns = [Column {
            name: "sort",
            format: Format::Verbatim,
        }];
        let json = format!(r#"{{"Items":[{}]}}"#, items.join(","));
        Page {
            last_evaluated: last_evaluated.map(str::to_owned),
            ..Decoder::new(&columns, "sort", Dialect::STANDARD)
                .decode(json.as_bytes())
                .unwrap()
        }
    }

    fn file(draft: &Draft) -> String {
        String::from_utf8(draft.tail()).unwrap().replace('\n', " ")
    }

    #[test]
    fn lanes_come_together_in_order() {
        let mut merge = Merge::new(3, "");
        let mut draft = Draft::new(b"", None);
        merge.feed(0, page(&["a", "d"], Some("d")));
        merge.feed(1, page(&["b", "f"], None));
        assert_eq!(merge.drain(&mut draft, 1000), Drained::Hungry);
        assert_eq!(merge.position().unwrap(), "");
        merge.feed(2, page(&["c"], None));
        assert_eq!(merge.drain(&mut draft, 1000), Drained::Hungry);
        assert_eq!(file(&draft), "a b c d ");
        assert_eq!(merge.position().unwrap(), "d\0");
        merge.feed(0, page(&["e"], None));
        assert_eq!(merge.drain(&mut draft, 1000), Drained::End);
        assert_eq!(file(&draft), "a b c d e f ");
        assert_eq!(merge.position(), None);
    }

    #[test]
    fn lanes_without_rows_keep_the_others_back_no_longer_than_they_must() {
        let mut merge = Merge::new(2, "a");
        let mut draft = Draft::new(b"", None);
        merge.feed(0, page(&["m"], Some("z")));
        merge.feed(1, page(&[], Some("c")));
        assert_eq!(merge.drain(&mut draft, 1000), Drained::Hungry);
        assert_eq!(merge.position().unwrap(), "c\0");
        merge.feed(1, page(&[], Some("q")));
        assert_eq!(merge.position().unwrap(), "m");
        assert_eq!(merge.drain(&mut draft, 1000), Drained::Hungry);
        assert_eq!(file(&draft), "m ");
        assert_eq!(merge.position().unwrap(), "q\0");
        merge.feed(1, page(&[], None));
        assert_eq!(merge.position().unwrap(), "z\0");
        merge.feed(0, page(&[], None));
        assert_eq!(merge.drain(&mut draft, 1000), Drained::End);
    }

    #[test]
    fn a_full_part_pauses_it() {
        let mut merge = Merge::new(1, "");
        let mut draft = Draft::new(b"", None);
        merge.feed(0, page(&["a", "b", "c"], None));
        assert_eq!(merge.drain(&mut draft, 4), Drained::Full);
        assert_eq!(merge.position().unwrap(), "c");
        assert_eq!(draft.take_part(Vec::new()), b"a\nb\n");
        assert_eq!(merge.drain(&mut draft, 4), Drained::End);
    }

    #[test]
    fn no_lanes_have_no_rows() {
        let mut merge = Merge::new(0, "");
        assert_eq!(merge.drain(&mut Draft::new(b"", None), 1000), Drained::End);
        assert_eq!(merge.position(), None);
    }

    /// A lane as a ledger would page it: what follows a sort key, a few records at a time, some of them filtered out.
    fn answer(lane: &[(u16, bool)], unread: &str, limit: usize) -> Page {
        let key = |number: &u16| format!("{number:05}");
        let scanned: Vec<_> = lane
            .iter()
            .filter(|(number, _)| *key(number) >= *unread)
            .take(limit)
            .collect();
        let sorts: Vec<_> = scanned
            .iter()
            .filter(|(_, is_match)| *is_match)
            .map(|(number, _)| key(number))
            .collect();
        let sorts: Vec<_> = sorts.iter().map(String::as_str).collect();
        let last = scanned
            .last()
            .filter(|_| scanned.len() == limit)
            .map(|(number, _)| key(number));
        page(&sorts, last.as_deref())
    }

    proptest! {
        #[test]
        fn stopped_anywhere_and_taken_up_again_it_ends_in_the_same_file(
            numbers in prop::collection::btree_map(0_u16..20_000, (0_usize..5, any::<bool>()), 0..120),
            limit in 1_usize..9,
            stops in prop::collection::vec(0_usize..40, 0..6),
        ) {
            let mut lanes = vec![Vec::new(); 5];
            for (number, (lane, is_match)) in &numbers {
                lanes[*lane].push((*number, *is_match));
            }
            let mut draft = Draft::new(b"", None);
            let mut position = String::new();
            for pages in stops.into_iter().map(Some).chain([None]) {
                let mut merge = Merge::new(5, &position);
                let mut fed = 0;
                while merge.drain(&mut draft, usize::MAX) == Drained::Hungry && pages != Some(fed) {
                    let lane = (0..5).filter(|lane| merge.unread(*lane).is_some()).min_by_key(|lane| merge.pages_held(*lane)).unwrap();
                    let page = answer(&lanes[lane], merge.unread(lane).unwrap(), limit);
                    merge.feed(lane, page);
                    fed += 1;
                }
                position = merge.position().unwrap_or("99999".to_owned());
            }
            let expected: String = numbers.iter().filter(|(_, (_, is_match))| *is_match).map(|(number, _)| format!("{number:05} ")).collect();
            prop_assert_eq!(file(&draft), expected);
        }
    }
}
