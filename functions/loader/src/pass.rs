//! Once through a file: each chunk is checked, or checked and written, and counted in the file's order.

use std::{collections::HashSet, mem};

use futures::{
    StreamExt, TryStreamExt,
    stream::{self, FuturesOrdered},
};
use shared::{
    aws::{
        AwsError,
        ledger::{LedgerTable, Outcome, Written},
        retry::with_back_off,
    },
    domain::{
        change::Content,
        contacts::{Contact, Contacts},
    },
};
use tokio::{select, sync::mpsc, time::sleep_until};

use crate::{
    invocation::Invocation,
    reading::{Chunk, Failure},
    source::ReadFailure,
    stop::Stop,
    ticket::Ticket,
};

/// How many calls of 25 changes are on their way at the same time.
const CHUNKS_IN_FLIGHT: usize = 8;

/// Contacts that are collected before they are written, so that a contact of many payouts is written once for many.
const MOST_CONTACTS: usize = 1000;

/// How a pass ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// All of the file was read.
    Whole,
    /// The rest of the file cannot be read.
    Broken,
    /// The invocation is nearly over; another one goes on.
    OutOfTime,
}

pub struct Pass<'a, 'b> {
    ledger: &'a LedgerTable,
    tenant_id: &'a str,
    ticket: &'a mut Ticket<'b>,
    /// Of records that were written, and of those that were unchanged.
    written_contacts: Contacts,
    unchanged_contacts: Contacts,
}

impl<'a, 'b> Pass<'a, 'b> {
    pub fn new(ledger: &'a LedgerTable, tenant_id: &'a str, ticket: &'a mut Ticket<'b>) -> Self {
        Self {
            ledger,
            tenant_id,
            ticket,
            written_contacts: Contacts::default(),
            unchanged_contacts: Contacts::default(),
        }
    }

    /// Takes all chunks. When it has ended, whatever way, the progress is recorded.
    pub async fn run(
        mut self,
        shards: u32,
        mut chunks: mpsc::Receiver<Result<Chunk, Failure>>,
        invocation: &Invocation,
    ) -> Result<End, Stop> {
        let mut in_flight = FuturesOrdered::new();
        // Of two rows of a record, the second one waits for the first one.
        let mut ids = HashSet::new();
        let mut next: Option<Chunk> = None;
        let mut end = None;
        loop {
            if end.is_none() && invocation.is_over() {
                end = Some(End::OutOfTime);
                next = None;
            }
            // Calls on their way are awaited before: while contacts are written, nobody would take their answers in time.
            let is_due = self.ticket.is_checkpoint_due() || self.contacts() >= MOST_CONTACTS;
            if is_due && in_flight.is_empty() {
                self.checkpoint().await?;
                continue;
            }
            if !is_due
                && in_flight.len() < CHUNKS_IN_FLIGHT
                && let Some(chunk) = next.take_if(|chunk| !chunk.is_about(&ids))
            {
                ids.extend(chunk.ids().iter().cloned());
                in_flight.push_back(write(self.ledger, shards, chunk));
            }
            if next.is_none() && end.is_some() && in_flight.is_empty() {
                break;
            }
            select! {
                biased;
                done = in_flight.next(), if !in_flight.is_empty() => {
                    if let Some(done) = done {
                        let (chunk, written) = done?;
                        for id in chunk.ids() {
                            ids.remove(id);
                        }
                        self.settle(chunk, written);
                    }
                }
                chunk = chunks.recv(), if next.is_none() && end.is_none() => match chunk {
                    Some(Ok(chunk)) => next = Some(chunk),
                    Some(Err(Failure::File(found))) => {
                        self.ticket.progress.findings.extend(found);
                        end = Some(End::Broken);
                    }
                    Some(Err(Failure::Read(ReadFailure::Replaced(error)))) => return Err(error.into()),
                    Some(Err(Failure::Read(ReadFailure::Aws(error)))) => return Err(error.into()),
                    Some(Err(Failure::Read(ReadFailure::Short))) => {
                        return Err(AwsError::broken_off("GetObject", ReadFailure::Short).into());
                    }
                    None => end = Some(End::Whole),
                },
                () = sleep_until(invocation.stop_at), if end.is_none() => {}
            }
        }
        self.checkpoint().await?;
        Ok(end.unwrap_or(End::Whole))
    }

    /// Counts a chunk that is done.
    fn settle(&mut self, chunk: Chunk, written: Option<Written>) {
        let progress = &mut self.ticket.progress;
        progress.counts.rows_read += chunk.rows;
        progress.counts.rows_refused += chunk.refused;
        progress.findings.append(chunk.findings);
        progress.move_to(chunk.place);
        let Some(written) = written else { return };
        progress.count_from(written.counts_from);
        let outcomes = written.outcomes;
        for outcome in &outcomes {
            match outcome {
                Outcome::Written => progress.counts.rows_written += 1,
                Outcome::Unchanged => progress.counts.rows_unchanged += 1,
            }
        }
        for (change, outcome) in chunk.changes.iter().zip(outcomes) {
            if let Content::Record(record) = &change.content
                && let Some(contact) = Contact::of(record)
            {
                match outcome {
                    Outcome::Written => self.written_contacts.note(contact),
                    Outcome::Unchanged => self.unchanged_contacts.note(contact),
                }
            }
        }
    }

    /// Records how far the work is, after the contacts of what is written.
    async fn checkpoint(&mut self) -> Result<(), Stop> {
        for (contacts, outcome) in [
            (mem::take(&mut self.unchanged_contacts), Outcome::Unchanged),
            (mem::take(&mut self.written_contacts), Outcome::Written),
        ] {
            let (ledger, tenant_id) = (self.ledger, self.tenant_id);
            stream::iter(contacts.iter())
                .map(|contact| {
                    with_back_off(move || ledger.note_contact(tenant_id, contact, outcome))
                })
                .buffer_unordered(CHUNKS_IN_FLIGHT)
                .try_for_each(async |()| Ok(()))
                .await?;
        }
        self.ticket.save().await
    }

    fn contacts(&self) -> usize {
        self.written_contacts.len() + self.unchanged_contacts.len()
    }
}

async fn write(
    ledger: &LedgerTable,
    shards: u32,
    chunk: Chunk,
) -> Result<(Chunk, Option<Written>), AwsError> {
    if chunk.changes.is_empty() {
        return Ok((chunk, None));
    }
    let changes: Vec<_> = chunk.changes.iter().collect();
    let written = with_back_off(|| ledger.write(shards, &changes)).await?;
    Ok((chunk, Some(written)))
}
