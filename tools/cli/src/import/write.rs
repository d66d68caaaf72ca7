//! The second pass: items to DynamoDB in batches, several at a time.

use std::{
    cell::{Cell, RefCell},
    iter,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use aws_sdk_dynamodb::{
    Client,
    types::{PutRequest, WriteRequest},
};
use futures::{StreamExt, stream};
use indicatif::HumanCount;
use shared::items::ledger::Item;

use crate::aws::explain;

/// Most items that BatchWriteItem takes.
const BATCH: usize = 25;
const BATCHES_IN_FLIGHT: usize = 8;

/// Attempts in a row that write nothing before a batch is given up: about a minute and a half.
const FRUITLESS_ATTEMPTS: u32 = 12;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Writing stopped before the end.
#[derive(Debug)]
pub struct Failure {
    /// Items that are certainly written.
    written: u64,
    cause: anyhow::Error,
}

impl Failure {
    /// The sentence for a failure among a file's records.
    pub fn of(self, records: u64) -> anyhow::Error {
        self.cause.context(format!(
            "{} of {} records were certainly written before this stopped it; importing the file again is safe and \
             writes the rest",
            HumanCount(self.written),
            HumanCount(records)
        ))
    }

    /// The sentence for a failure among their contacts.
    pub fn of_contacts(self, records: u64) -> anyhow::Error {
        self.cause.context(format!(
            "all {} records were written, but not all of their contacts; importing the file again is safe and writes \
             the rest",
            HumanCount(records)
        ))
    }
}

/// Writes all items, whose keys are distinct. `on_written` is told of items as they are written.
///
/// Stops at the first error, of an item or of DynamoDB, after the batches that are on their way.
pub async fn write_all(
    client: &Client,
    table: &str,
    items: impl Iterator<Item = Result<Item>>,
    on_written: impl Fn(u64),
) -> Result<(), Failure> {
    let written = Cell::new(0);
    let failure = RefCell::new(None);
    let mut items = items.fuse();
    let batches = iter::from_fn(|| {
        let has_failed = failure.borrow().is_some();
        let batch: Result<Vec<Item>> = items.by_ref().take(BATCH).collect();
        match batch {
            Ok(batch) if batch.is_empty() || has_failed => None,
            other => Some(other),
        }
    });
    stream::iter(batches)
        .map(|batch| async {
            let count = |items: u64| {
                written.set(written.get() + items);
                on_written(items);
            };
            write_batch(client, table, batch?, count).await
        })
        .buffer_unordered(BATCHES_IN_FLIGHT)
        .for_each(|outcome| {
            if let Err(cause) = outcome {
                failure.borrow_mut().get_or_insert(cause);
            }
            std::future::ready(())
        })
        .await;
    match failure.into_inner() {
        None => Ok(()),
        Some(cause) => Err(Failure {
            written: written.get(),
            cause,
        }),
    }
}

async fn write_batch(
    client: &Client,
    table: &str,
    items: Vec<Item>,
    on_written: impl Fn(u64),
) -> Result<()> {
    let mut requests = Vec::with_capacity(items.len());
    for item in items {
        let put = PutRequest::builder().set_item(Some(item)).build()?;
        requests.push(WriteRequest::builder().put_request(put).build());
    }
    let mut fruitless = 0;
    loop {
        let asked = requests.len();
        let output = client
            .batch_write_item()
            .request_items(table, requests)
            .send()
            .await
            .map_err(explain)
            .with_context(|| format!("cannot write to the ledger table {table}"))?;
        let mut unprocessed = output.unprocessed_items.unwrap_or_default();
        requests = unprocessed.remove(table).unwrap_or_default();
        on_written((asked - requests.len()) as u64);
        if requests.is_empty() {
            return Ok(());
        }
        fruitless = if requests.len() < asked {
            0
        } else {
            fruitless + 1
        };
        if fruitless == FRUITLESS_ATTEMPTS {
            bail!(
                "DynamoDB took none of a batch {FRUITLESS_ATTEMPTS} times in a row: its capacity is exhausted"
            );
        }
        tokio::time::sleep(pause(fruitless)?).await;
    }
}

/// A random time up to a bound that doubles with each attempt in a row that wrote nothing.
fn pause(fruitless: u32) -> Result<Duration> {
    let bound = FIRST_PAUSE
        .saturating_mul(1 << fruitless)
        .min(LONGEST_PAUSE);
    let random = getrandom::u32().map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(bound.mul_f64(f64::from(random) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        for fruitless in 0..FRUITLESS_ATTEMPTS {
            assert!(pause(fruitless).unwrap() <= FIRST_PAUSE * (1 << fruitless));
            assert!(pause(fruitless).unwrap() <= LONGEST_PAUSE);
        }
    }
}
