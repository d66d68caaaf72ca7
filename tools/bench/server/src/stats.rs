//! What was asked for so far.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};

#[derive(Debug, Default)]
pub struct Stats {
    queries: AtomicU64,
    page_bytes: AtomicU64,
    items_served: AtomicU64,
    writes: AtomicU64,
    items_written: AtomicU64,
    parts: AtomicU64,
    part_bytes: AtomicU64,
    throttled: AtomicU64,
    sent_messages: AtomicU64,
    sent_mails: AtomicU64,
    /// By the name of the operation: everything but the ledger's pages.
    operations: Mutex<BTreeMap<String, u64>>,
}

impl Stats {
    /// Counts a query. Returns how many there have been.
    pub fn query(&self) -> u64 {
        add(&self.queries, 1)
    }

    pub fn page(&self, bytes: usize, items: u64) {
        add(&self.page_bytes, bytes as u64);
        add(&self.items_served, items);
    }

    /// Counts a batch of writes. Returns how many there have been.
    pub fn write(&self) -> u64 {
        add(&self.writes, 1)
    }

    pub fn written(&self, items: u64) {
        add(&self.items_written, items);
    }

    /// Counts a part. Returns how many there have been.
    pub fn part(&self, bytes: usize) -> u64 {
        add(&self.part_bytes, bytes as u64);
        add(&self.parts, 1)
    }

    pub fn throttled(&self) {
        add(&self.throttled, 1);
    }

    pub fn message(&self) {
        add(&self.sent_messages, 1);
    }

    pub fn mail(&self) {
        add(&self.sent_mails, 1);
    }

    pub fn operation(&self, name: &str) {
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *operations.entry(name.to_owned()).or_default() += 1;
    }

    pub fn shown(&self, objects: Value, calls: Option<Value>) -> Value {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        json!({
            "queries": count(&self.queries),
            "pageBytes": count(&self.page_bytes),
            "itemsServed": count(&self.items_served),
            "writes": count(&self.writes),
            "itemsWritten": count(&self.items_written),
            "parts": count(&self.parts),
            "partBytes": count(&self.part_bytes),
            "throttled": count(&self.throttled),
            "sentMessages": count(&self.sent_messages),
            "sentMails": count(&self.sent_mails),
            "operations": *operations,
            "objects": objects,
            "calls": calls,
        })
    }
}

fn add(counter: &AtomicU64, amount: u64) -> u64 {
    counter.fetch_add(amount, Ordering::Relaxed) + amount
}
