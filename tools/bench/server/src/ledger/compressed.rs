//! Pages in gzip, each of them compressed once.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

use super::{Pages, Range};

/// Pages by lane and range, with the number of their items.
#[derive(Debug, Default)]
pub struct Compressed(Mutex<HashMap<(u64, Range), (Bytes, u64)>>);

impl Compressed {
    /// The page of a lane as [`Pages::page`] makes it, compressed.
    pub fn page(&self, pages: &Pages, partition: &str, lane: u64, range: Range) -> (Bytes, u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (lane, range);
        if let Some(page) = known.get(&key) {
            return page.clone();
        }
        let page = pages.page(partition, lane, &key.1);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        let compressed = encoder
            .write_all(&page.json)
            .and_then(|()| encoder.finish());
        let compressed = Bytes::from(compressed.expect("memory takes everything"));
        known.insert(key, (compressed.clone(), page.items));
        (compressed, page.items)
    }
}
