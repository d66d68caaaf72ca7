//! The second pass: changes to the ledger in batches, several at a time.

use std::{
    cell::{Cell, RefCell},
    future::ready,
    iter,
};

use anyhow::{Context, Result};
use futures::{StreamExt, stream};
use indicatif::HumanCount;
use shared::{
    aws::{
        ledger::{BATCH, LedgerTable, Outcome},
        retry::with_limited_back_off,
    },
    domain::{
        change::Change,
        contacts::{Contact, Contacts},
        received::Received,
    },
};

const BATCHES_IN_FLIGHT: usize = 8;

/// How often a batch is tried again while the ledger takes none of it: about a minute and a half.
const MOST_RETRIES: usize = 14;

/// Where the records go.
pub struct Target<'a> {
    pub ledger: &'a LedgerTable,
    pub tenant_id: &'a str,
    pub shards: u32,
}

/// What became of a file's records.
#[derive(Debug, Default)]
pub struct Totals {
    pub written: u64,
    /// Records that the ledger has already, or has a newer version of.
    pub unchanged: u64,
    /// The exports that are requested from then on hold them all.
    pub counts_from: Option<Received>,
}

/// Writing stopped before the end.
#[derive(Debug)]
pub struct Failure {
    /// Records that are certainly in the ledger.
    done: u64,
    cause: anyhow::Error,
}

impl Failure {
    /// The sentence for a failure among a file's records.
    pub fn of(self, records: u64) -> anyhow::Error {
        self.cause.context(format!(
            "{} of {} records were certainly written before this stopped it; importing the file again is safe and \
             writes the rest",
            HumanCount(self.done),
            HumanCount(records)
        ))
    }
}

/// Writes all changes, whose records differ. `on_done` is told how many are done as the work goes on.
///
/// Stops at the first error, of a record or of DynamoDB, after the batches that are on their way.
pub async fn write_all(
    target: &Target<'_>,
    changes: impl Iterator<Item = Result<Change>>,
    on_done: impl Fn(u64),
) -> Result<Totals, Failure> {
    let totals = RefCell::new(Totals::default());
    let done = Cell::new(0);
    let failure = RefCell::new(None);
    let mut changes = changes.fuse();
    let batches = iter::from_fn(|| {
        let has_failed = failure.borrow().is_some();
        let batch: Result<Vec<Change>> = changes.by_ref().take(BATCH).collect();
        match batch {
            Ok(batch) if batch.is_empty() || has_failed => None,
            other => Some(other),
        }
    });
    stream::iter(batches)
        .map(|batch| async {
            let batch = batch?;
            let changes: Vec<_> = batch.iter().collect();
            let write = || target.ledger.write(target.shards, &changes);
            let written = with_limited_back_off(MOST_RETRIES, write)
                .await
                .context("cannot write to the ledger")?;
            done.set(done.get() + batch.len() as u64);
            on_done(batch.len() as u64);
            let mut totals = totals.borrow_mut();
            totals.counts_from = totals.counts_from.max(Some(written.counts_from));
            for outcome in written.outcomes {
                match outcome {
                    Outcome::Written => totals.written += 1,
                    Outcome::Unchanged => totals.unchanged += 1,
                }
            }
            anyhow::Ok(())
        })
        .buffer_unordered(BATCHES_IN_FLIGHT)
        .for_each(|outcome| {
            if let Err(cause) = outcome {
                failure.borrow_mut().get_or_insert(cause);
            }
            ready(())
        })
        .await;
    match failure.into_inner() {
        None => Ok(totals.into_inner()),
        Some(cause) => Err(Failure {
            done: done.get(),
            cause,
        }),
    }
}

/// Writes the contacts of a file's records.
pub async fn write_contacts(target: &Target<'_>, contacts: &Contacts) -> Result<()> {
    let write = async |contact: &Contact| {
        let note = || {
            target
                .ledger
                .note_contact(target.tenant_id, contact, Outcome::Written)
        };
        with_limited_back_off(MOST_RETRIES, note).await
    };
    let mut writes = stream::iter(contacts.iter())
        .map(write)
        .buffer_unordered(BATCHES_IN_FLIGHT);
    while let Some(written) = writes.next().await {
        written.context(
            "all records were written, but not all of their contacts; importing the file again is safe and writes the rest",
        )?;
    }
    Ok(())
}
