//! A page of a lane, as DynamoDB sends it.

use bytes::Bytes;

use super::{
    record::{ID_LENGTH, RecordWriter, SORT_LENGTH, TIME_LENGTH},
    strip::Strip,
};

/// What fits into the megabyte that a page has at most.
const PAGE_ITEMS: u64 = 2000;

/// Record `i`, counted in order of time, is in lane `i % shards`.
pub struct Pages {
    rows: u64,
    shards: u64,
    match_every: u64,
    strip: Strip,
}

/// What is asked of a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// Sort keys, inclusive.
    pub least: Option<String>,
    pub greatest: Option<String>,
    /// The sort key that the page before ended with.
    pub after: Option<String>,
    pub limit: Option<u64>,
    /// Whether the last records come first.
    pub is_descending: bool,
    /// Whether few records match.
    pub is_sparse: bool,
}

pub struct Page {
    pub json: Bytes,
    pub items: u64,
}

impl Pages {
    pub fn new(rows: u64, shards: u64, match_every: u64) -> Self {
        Self {
            rows,
            shards,
            match_every,
            strip: Strip::new(shards, PAGE_ITEMS as usize),
        }
    }

    pub fn shards(&self) -> u64 {
        self.shards
    }

    /// The page of a lane that begins where the range says. `partition` is only repeated.
    pub fn page(&self, partition: &str, lane: u64, range: &Range) -> Page {
        let (start, end, is_last) = self.evaluated(lane, range);
        let (mut json, items) = if range.is_sparse || range.is_descending {
            self.matching(lane, start, end, range)
        } else {
            (self.all(lane, start, end), end - start)
        };
        let scanned = end - start;
        json.extend_from_slice(
            format!("],\"Count\":{items},\"ScannedCount\":{scanned}").as_bytes(),
        );
        if !is_last && end > 0 {
            let last = if range.is_descending { start } else { end - 1 };
            let sort = RecordWriter::new().sort(self.number(lane, last));
            let key = serde_json::json!({"partition": {"S": partition}, "position": {"S": sort}});
            json.extend_from_slice(format!(",\"LastEvaluatedKey\":{key}").as_bytes());
        }
        json.push(b'}');
        Page {
            json: json.into(),
            items,
        }
    }

    /// The first position in the lane that is read, the first that is not, and whether the lane ends there.
    fn evaluated(&self, lane: u64, range: &Range) -> (u64, u64, bool) {
        let least = range
            .least
            .as_deref()
            .map_or(0, |least| self.position(lane, |sort| sort < least));
        let after = range
            .after
            .as_deref()
            .map_or(0, |after| self.position(lane, |sort| sort <= after));
        let behind = range
            .greatest
            .as_deref()
            .map_or(self.length(lane), |greatest| {
                self.position(lane, |sort| sort <= greatest)
            });
        let start = least.max(after).min(behind);
        let most = range.limit.unwrap_or(PAGE_ITEMS).min(PAGE_ITEMS);
        if range.is_descending {
            let first = start.max(behind.saturating_sub(most));
            return (first, behind, first == start);
        }
        let end = behind.min(start + most);
        (start, end, end == behind)
    }

    /// The first position whose sort key is not less than this one.
    fn position(&self, lane: u64, is_before: impl Fn(&str) -> bool) -> u64 {
        let mut writer = RecordWriter::new();
        let (mut low, mut high) = (0, self.length(lane));
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(&writer.sort(self.number(lane, middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn length(&self, lane: u64) -> u64 {
        self.rows.saturating_sub(lane).div_ceil(self.shards)
    }

    fn number(&self, lane: u64, position: u64) -> u64 {
        position * self.shards + lane
    }

    fn all(&self, lane: u64, start: u64, end: u64) -> Vec<u8> {
        let mut json = page_buffer(end - start);
        if start < end {
            self.append(lane, start, end, &mut json, &mut RecordWriter::new());
            json.pop();
        }
        json
    }

    fn matching(&self, lane: u64, start: u64, end: u64, range: &Range) -> (Vec<u8>, u64) {
        let mut json = page_buffer(0);
        let mut writer = RecordWriter::new();
        let mut items = 0;
        for place in start..end {
            let position = if range.is_descending {
                start + end - 1 - place
            } else {
                place
            };
            let number = self.number(lane, position);
            if !range.is_sparse || number.is_multiple_of(self.match_every) {
                self.append(lane, position, position + 1, &mut json, &mut writer);
                items += 1;
            }
        }
        if items > 0 {
            json.pop();
        }
        (json, items)
    }

    /// Adds the items of some positions, of which there are at most a page's.
    fn append(
        &self,
        lane: u64,
        start: u64,
        end: u64,
        json: &mut Vec<u8>,
        writer: &mut RecordWriter,
    ) {
        let place = self.strip.place(self.number(lane, start));
        let (bytes, slots) = self.strip.items(place, (end - start) as usize);
        let base = json.len();
        json.extend_from_slice(bytes);
        let items = &mut json[base..];
        let first = slots[0].start;
        for (position, slot) in (start..end).zip(slots) {
            let number = self.number(lane, position);
            let at = |field: usize, length: usize| field - first..field - first + length;
            RecordWriter::write_id(number, &mut items[at(slot.id, ID_LENGTH)]);
            writer.write_time(number, &mut items[at(slot.time, TIME_LENGTH)]);
            writer.write_sort(number, &mut items[at(slot.sort, SORT_LENGTH)]);
        }
    }
}

fn page_buffer(items: u64) -> Vec<u8> {
    let mut json = Vec::with_capacity(512 + items as usize * 512);
    json.extend_from_slice(b"{\"Items\":[");
    json
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const PARTITION: &str = "bench#FUNDING_TRANSFERS#0";

    fn page(pages: &Pages, lane: u64, range: Range) -> Value {
        serde_json::from_slice(&pages.page(PARTITION, lane, &range).json).unwrap()
    }

    fn sorts(page: &Value) -> Vec<String> {
        let items = page["Items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["position"]["S"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Every sort key of a lane, read page by page.
    fn read(pages: &Pages, lane: u64, limit: Option<u64>) -> Vec<String> {
        let mut read = Vec::new();
        let mut after = None;
        loop {
            let range = Range {
                after: after.take(),
                limit,
                ..Range::default()
            };
            let page = page(pages, lane, range);
            read.extend(sorts(&page));
            match page["LastEvaluatedKey"]["position"]["S"].as_str() {
                Some(sort) => after = Some(sort.to_owned()),
                None => return read,
            }
        }
    }

    #[test]
    fn the_lanes_hold_every_record_once_and_in_order() {
        for (rows, shards, limit) in [(10_001, 1, None), (10_001, 16, Some(7)), (3, 16, None)] {
            let pages = Pages::new(rows, shards, 10_000);
            let mut all: Vec<_> = (0..shards)
                .flat_map(|lane| {
                    let lane = read(&pages, lane, limit);
                    assert!(lane.is_sorted());
                    lane
                })
                .collect();
            all.sort();
            let mut writer = RecordWriter::new();
            let expected: Vec<_> = (0..rows).map(|number| writer.sort(number)).collect();
            assert!(all == expected, "{rows} records in {shards} lanes");
        }
    }

    #[test]
    fn a_record_is_the_same_however_many_shards_there_are() {
        let (one, many) = (Pages::new(40_000, 1, 1), Pages::new(40_000, 16, 1));
        let lane = page(&many, 5, Range::default());
        let items = lane["Items"].as_array().unwrap();
        for position in [0, 1, 999] {
            let number = position * 16 + 5;
            let range = Range {
                least: Some(RecordWriter::new().sort(number)),
                limit: Some(1),
                ..Range::default()
            };
            assert_eq!(page(&one, 0, range)["Items"][0], items[position as usize]);
        }
    }

    #[test]
    fn a_range_may_begin_and_end_anywhere() {
        let pages = Pages::new(100_000, 16, 1);
        let range = Range {
            least: Some("2026-01-01T00:00:05Z".to_owned()),
            greatest: Some("2026-01-01T00:00:05Z#~".to_owned()),
            ..Range::default()
        };
        let second = page(&pages, 4, range);
        assert_eq!(second["ScannedCount"], 7);
        assert_eq!(second.get("LastEvaluatedKey"), None);
        assert_eq!(
            sorts(&second)[0],
            "2026-01-01T00:00:05Z#trf_0000000000000500"
        );

        let behind = |text: &str| Range {
            least: Some(text.to_owned()),
            limit: Some(1),
            ..Range::default()
        };
        let next = "2026-01-01T00:00:05Z#trf_0000000000000516";
        for least in [
            "2026-01-01T00:00:05Z#trf_0000000000000500\0",
            "2026-01-01T00:00:05Z#trf_0000000000000501",
            next,
        ] {
            assert_eq!(sorts(&page(&pages, 4, behind(least))), [next]);
        }
    }

    #[test]
    fn a_lane_is_read_from_its_end_as_well() {
        let pages = Pages::new(50, 1, 1);
        let upwards = read(&pages, 0, None);
        let (mut downwards, mut greatest) = (Vec::new(), None);
        loop {
            let range = Range {
                greatest: greatest.take(),
                limit: Some(8),
                is_descending: true,
                ..Range::default()
            };
            let page = page(&pages, 0, range);
            // The bound is inclusive.
            let skipped = usize::from(!downwards.is_empty());
            downwards.extend_from_slice(&sorts(&page)[skipped..]);
            match page["LastEvaluatedKey"]["position"]["S"].as_str() {
                Some(sort) => greatest = Some(sort.to_owned()),
                None => break,
            }
        }
        downwards.reverse();
        assert_eq!(downwards, upwards);
    }

    #[test]
    fn the_last_page_has_no_next() {
        let pages = Pages::new(4000, 1, 1);
        let first = page(&pages, 0, Range::default());
        assert_eq!(first["Count"], 2000);
        let after = first["LastEvaluatedKey"]["position"]["S"].as_str();
        let range = Range {
            after: after.map(str::to_owned),
            ..Range::default()
        };
        let last = page(&pages, 0, range);
        assert_eq!(last["Count"], 2000);
        assert_eq!(last.get("LastEvaluatedKey"), None);

        let none = page(&Pages::new(0, 1, 1), 0, Range::default());
        assert_eq!(none["Count"], 0);
        assert_eq!(none.get("LastEvaluatedKey"), None);
    }

    #[test]
    fn a_sparse_filter_passes_over_pages() {
        let pages = Pages::new(50_000, 1, 10_000);
        let sparse = |after: Option<&str>| Range {
            after: after.map(str::to_owned),
            is_sparse: true,
            ..Range::default()
        };
        let first = page(&pages, 0, sparse(None));
        assert_eq!(first["Count"], 1);
        assert_eq!(first["ScannedCount"], 2000);
        let second = page(
            &pages,
            0,
            sparse(first["LastEvaluatedKey"]["position"]["S"].as_str()),
        );
        assert_eq!(second["Count"], 0);
        assert_eq!(second["ScannedCount"], 2000);
    }
}
