//! Pages that a test writes, answered after pauses that it chooses.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shared::aws::AwsError;
use tokio::time::sleep;

use super::pages::Pages;

/// What one lane answers.
#[derive(Clone)]
pub struct Script {
    /// In order.
    sorts: Vec<String>,
    /// Bytes of every record beyond its keys.
    padding: usize,
    records_a_page: usize,
    pause: Duration,
    has_rows: bool,
    fails: bool,
}

impl Script {
    /// A lane of records with these sort keys. A page has all of them, and comes after ten milliseconds.
    pub fn of(sorts: impl IntoIterator<Item = String>) -> Self {
        let mut sorts: Vec<_> = sorts.into_iter().collect();
        sorts.sort();
        Self {
            sorts,
            padding: 0,
            records_a_page: usize::MAX,
            pause: Duration::from_millis(10),
            has_rows: true,
            fails: false,
        }
    }

    pub fn failing() -> Self {
        Self {
            fails: true,
            ..Self::of([])
        }
    }

    pub fn pages_of(self, records_a_page: usize) -> Self {
        Self {
            records_a_page,
            ..self
        }
    }

    pub fn with_padding(self, padding: usize) -> Self {
        Self { padding, ..self }
    }

    pub fn answering_after(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Records that a filter leaves out: pages say how far they looked, and have no items.
    pub fn without_rows(self) -> Self {
        Self {
            has_rows: false,
            ..self
        }
    }

    /// The page that begins at a sort key, as DynamoDB's JSON.
    fn page(&self, lane: usize, least: &str, limit: usize) -> String {
        let from = self.sorts.partition_point(|sort| sort.as_str() < least);
        let to = from
            .saturating_add(self.records_a_page.min(limit))
            .min(self.sorts.len());
        let padding = "x".repeat(self.padding);
        let item = |sort: &String| {
            let id = id(lane, sort);
            format!(
                r#"{{"id":{{"S":"{id}"}},"sort":{{"S":"{sort}"}},"amount":{{"S":"1"}},"currency":{{"S":"{padding}"}}}}"#
            )
        };
        let looked_at = &self.sorts[from..to];
        let items: Vec<_> = looked_at
            .iter()
            .filter(|_| self.has_rows)
            .map(item)
            .collect();
        let last = looked_at.last().filter(|_| to < self.sorts.len());
        let last = last.map_or(String::new(), |sort| {
            format!(r#","LastEvaluatedKey":{{"sort":{{"S":"{sort}"}}}}"#)
        });
        format!(
            r#"{{"Items":[{}],"ScannedCount":{}{last}}}"#,
            items.join(","),
            looked_at.len()
        )
    }
}

/// Lanes that answer as their scripts say, and count what they were asked.
pub struct ScriptedPages {
    lanes: Vec<Script>,
    asked: Mutex<Vec<(usize, String)>>,
    on_the_way: AtomicUsize,
    most_on_the_way: AtomicUsize,
    bytes_on_the_way: AtomicUsize,
    most_bytes_at_first: AtomicUsize,
    most_bytes_later: AtomicUsize,
    bytes_delivered: AtomicUsize,
}

impl ScriptedPages {
    pub fn new(lanes: impl IntoIterator<Item = Script>) -> Self {
        Self {
            lanes: lanes.into_iter().collect(),
            asked: Mutex::default(),
            on_the_way: AtomicUsize::new(0),
            most_on_the_way: AtomicUsize::new(0),
            bytes_on_the_way: AtomicUsize::new(0),
            most_bytes_at_first: AtomicUsize::new(0),
            most_bytes_later: AtomicUsize::new(0),
            bytes_delivered: AtomicUsize::new(0),
        }
    }

    /// Each query: its lane, and the sort key from which on it asked.
    pub fn asked(&self) -> Vec<(usize, String)> {
        self.asked.lock().unwrap().clone()
    }

    pub fn most_on_the_way(&self) -> usize {
        self.most_on_the_way.load(Ordering::Relaxed)
    }

    /// The most bytes on the way before the first answer.
    pub fn most_bytes_at_first(&self) -> usize {
        self.most_bytes_at_first.load(Ordering::Relaxed)
    }

    /// The most bytes on the way when more was asked for after the first answer.
    pub fn most_bytes_later(&self) -> usize {
        self.most_bytes_later.load(Ordering::Relaxed)
    }

    pub fn bytes_delivered(&self) -> usize {
        self.bytes_delivered.load(Ordering::Relaxed)
    }

    /// The rows of the whole file, worked out without merging.
    pub fn ids_in_order(&self) -> Vec<String> {
        let mut records: Vec<_> = self
            .lanes
            .iter()
            .enumerate()
            .flat_map(|(lane, script)| script.sorts.iter().map(move |sort| (sort, lane)))
            .collect();
        records.sort();
        records
            .into_iter()
            .map(|(sort, lane)| format!("{};1;", id(lane, sort)))
            .collect()
    }
}

impl Pages for ScriptedPages {
    type Page = Vec<u8>;

    fn lanes(&self) -> usize {
        self.lanes.len()
    }

    async fn page(
        &self,
        lane: usize,
        least: String,
        limit: Option<i32>,
    ) -> Result<Vec<u8>, AwsError> {
        self.asked.lock().unwrap().push((lane, least.clone()));
        let script = &self.lanes[lane];
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let page = script
            .page(lane, &least, limit.unwrap_or(usize::MAX))
            .into_bytes();
        raise(&self.on_the_way, 1, &self.most_on_the_way);
        let most_bytes = match self.bytes_delivered() {
            0 => &self.most_bytes_at_first,
            _ => &self.most_bytes_later,
        };
        raise(&self.bytes_on_the_way, page.len(), most_bytes);
        sleep(script.pause).await;
        self.on_the_way.fetch_sub(1, Ordering::Relaxed);
        self.bytes_on_the_way
            .fetch_sub(page.len(), Ordering::Relaxed);
        if script.fails {
            return Err(AwsError::unexpected("Query", "no answer"));
        }
        self.bytes_delivered
            .fetch_add(page.len(), Ordering::Relaxed);
        Ok(page)
    }
}

fn raise(count: &AtomicUsize, by: usize, most: &AtomicUsize) {
    let now = count.fetch_add(by, Ordering::Relaxed) + by;
    most.fetch_max(now, Ordering::Relaxed);
}

fn id(lane: usize, sort: &str) -> String {
    format!("{lane}-{sort}")
}
