//! Turns a file into chunks: what is good in it, to be written in one call, and what is not.

use std::{collections::HashSet, io, mem};

use record_files::{Place, Problem, Row, RowError, Rows};
use shared::{
    aws::ledger::BATCH,
    domain::{change::Change, record::Record},
};
use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{
    address::Destination,
    findings::{Finding, Findings, MOST_PROBLEMS},
    source::{Input, ReadFailure, Source},
};

/// Most rows of a chunk without changes, and so how often a check tells how far it is.
const MOST_ROWS: u64 = 1000;

/// Most bytes of an unpacked file: more could not be read over within one invocation, which going on with it takes.
const MOST_UNPACKED: u64 = 100_000_000_000;

/// Chunks that are ready before they are wanted.
const CHUNKS_AHEAD: usize = 4;

/// Whether good rows are only counted, or handed on to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Check,
    Write,
}

/// Some rows of a file, one after another.
#[derive(Debug, Default)]
pub struct Chunk {
    pub rows: u64,
    pub refused: u64,
    pub findings: Findings,
    /// At most [`BATCH`], each of another record.
    pub changes: Vec<Change>,
    /// The end of the chunk.
    pub place: Place,
    ids: HashSet<String>,
}

/// Why there are no more chunks before the file's end.
#[derive(Debug)]
pub enum Failure {
    /// The rest of the file cannot be read, whenever it is tried.
    File(Vec<Finding>),
    Read(ReadFailure),
}

/// Reads a file from a place on, in a thread of its own, until the receiver is dropped.
pub fn chunks(
    source: Source,
    destination: Destination,
    purpose: Purpose,
    from: Place,
) -> mpsc::Receiver<Result<Chunk, Failure>> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    spawn_blocking(move || {
        let send = |chunk| sender.blocking_send(Ok(chunk)).is_ok();
        let read = open(&source, &destination, from)
            .and_then(|rows| cut(rows, &destination, purpose, send));
        if let Err(failure) = read {
            // Whoever does not want it has stopped.
            drop(sender.blocking_send(Err(failure)));
        }
    });
    receiver
}

fn open(source: &Source, destination: &Destination, from: Place) -> Result<Rows<Input>, Failure> {
    let unreadable = |error| failure(error, Place::default());
    let mut input = source.open(0).map_err(unreadable)?;
    let format = source.format(&mut input).map_err(unreadable)?;
    let mut rows = Rows::new(input, format, destination.dataset).map_err(|error| match error {
        RowError::Io(error) => unreadable(error),
        RowError::Problems(problems) => {
            Failure::File(problems.into_iter().map(Finding::from).collect())
        }
    })?;
    if from != Place::default() {
        rows.go_on(source.open(from.offset).map_err(unreadable)?, from);
    }
    Ok(rows)
}

/// Cuts rows into chunks, for as long as `send` takes them.
fn cut<R: io::BufRead>(
    mut rows: Rows<R>,
    destination: &Destination,
    purpose: Purpose,
    mut send: impl FnMut(Chunk) -> bool,
) -> Result<(), Failure> {
    let mut chunk = Chunk::default();
    loop {
        let before = rows.place();
        let Some(row) = rows.next() else { break };
        match row.and_then(|row| check(&row, destination)) {
            Ok((record, version)) if purpose == Purpose::Write => {
                // Of two rows of a record, the later one is written after the earlier one.
                if chunk.ids.contains(record.id()) {
                    chunk.place = before;
                    if !send(mem::take(&mut chunk)) {
                        return Ok(());
                    }
                }
                chunk.ids.insert(record.id().to_owned());
                chunk.changes.push(Change {
                    version,
                    ..Change::unversioned(&destination.tenant_id, record)
                });
            }
            Ok(_) => {}
            Err(RowError::Problems(problems)) => chunk.refuse(problems),
            Err(RowError::Io(error)) => {
                send(chunk);
                return Err(failure(error, before));
            }
        }
        chunk.rows += 1;
        chunk.place = rows.place();
        if chunk.is_full() && !send(mem::take(&mut chunk)) {
            return Ok(());
        }
        if rows.place().offset > MOST_UNPACKED {
            send(chunk);
            let rule = "must have at most 100 GB unpacked";
            return Err(Failure::File(vec![Finding::of_file(rule)]));
        }
    }
    if chunk.rows > 0 && !send(chunk) {
        return Ok(());
    }
    // What follows a record without an end was not read.
    if rows.has_given_up() {
        return Err(Failure::File(Vec::new()));
    }
    Ok(())
}

fn check(row: &Row, destination: &Destination) -> Result<(Record, Option<u64>), RowError> {
    row.check(destination.dataset).map_err(RowError::Problems)
}

impl Chunk {
    fn refuse(&mut self, problems: Vec<Problem>) {
        self.refused += 1;
        self.findings
            .extend(problems.into_iter().map(Finding::from));
    }

    fn is_full(&self) -> bool {
        self.changes.len() == BATCH
            || self.rows == MOST_ROWS
            || self.findings.count() >= MOST_PROBLEMS as u64
    }

    /// Whether it has a record with one of these ids.
    pub fn is_about(&self, ids: &HashSet<String>) -> bool {
        !self.ids.is_disjoint(ids)
    }

    /// The ids of its changes.
    pub fn ids(&self) -> &HashSet<String> {
        &self.ids
    }
}

/// What is not the bucket's fault is the compression's: nothing else in between fails.
fn failure(error: io::Error, place: Place) -> Failure {
    let is_read = error
        .get_ref()
        .is_some_and(|cause| cause.is::<ReadFailure>());
    match error.into_inner().map(|cause| cause.downcast()) {
        Some(Ok(cause)) if is_read => Failure::Read(*cause),
        _ => Failure::File(vec![Finding {
            line: Some(place.line + 1),
            ..Finding::of_file("cannot be unpacked: the file must be whole, and compressed by gzip")
        }]),
    }
}

#[cfg(test)]
mod tests {
    use record_files::Format;
    use shared::domain::dataset::MARKETPLACE_PAYOUTS;

    use super::*;

    const HEADER: &str = "payoutId,createdAt,status,amount,currency";

    fn row(id: &str, amount: &str) -> String {
        format!("{id},2026-05-01T00:00:00Z,SETTLED,{amount},EUR")
    }

    fn read(rows: &[String], purpose: Purpose) -> (Vec<Chunk>, Result<(), Failure>) {
        let file = format!("{HEADER}\n{}\n", rows.join("\n"));
        let destination = Destination {
            tenant_id: "acme".to_owned(),
            dataset: &MARKETPLACE_PAYOUTS,
        };
        let format = Format::of("", file.as_bytes());
        let rows = Rows::new(file.as_bytes(), format, destination.dataset).unwrap();
        let mut chunks = Vec::new();
        let ended = cut(rows, &destination, purpose, |chunk| {
            chunks.push(chunk);
            true
        });
        (chunks, ended)
    }

    fn ids(chunk: &Chunk) -> Vec<&str> {
        chunk.changes.iter().map(Change::id).collect()
    }

    #[test]
    fn a_chunk_holds_a_record_once() {
        let rows = ["a", "b", "a", "a", "c"].map(|id| row(id, "1"));
        let (chunks, ended) = read(&rows, Purpose::Write);
        assert!(ended.is_ok());
        assert_eq!(
            chunks.iter().map(ids).collect::<Vec<_>>(),
            [vec!["a", "b"], vec!["a"], vec!["a", "c"]]
        );
        let lines: Vec<_> = chunks.iter().map(|chunk| chunk.place.line).collect();
        assert_eq!(lines, [3, 4, 6]);
        assert!(chunks[0].is_about(chunks[2].ids()));
    }

    #[test]
    fn a_chunk_fills_one_call() {
        let rows: Vec<_> = (0..60).map(|id| row(&id.to_string(), "1")).collect();
        let (chunks, _) = read(&rows, Purpose::Write);
        let sizes: Vec<_> = chunks.iter().map(|chunk| chunk.changes.len()).collect();
        assert_eq!(sizes, [BATCH, BATCH, 10]);
        let (chunks, _) = read(&rows, Purpose::Check);
        assert_eq!(
            (chunks.len(), chunks[0].rows, chunks[0].changes.len()),
            (1, 60, 0)
        );
    }

    #[test]
    fn bad_rows_are_counted_and_told_beside_the_good_ones() {
        let rows = [row("a", "1,5"), row("b", "x"), row("c", "1")];
        let (chunks, ended) = read(&rows, Purpose::Write);
        assert!(ended.is_ok());
        let [chunk] = &chunks[..] else {
            panic!("{chunks:?}")
        };
        assert_eq!((chunk.rows, chunk.refused, ids(chunk)), (3, 2, vec!["c"]));
        assert_eq!(chunk.findings.count(), 2);
    }

    #[test]
    fn a_chunk_of_bad_rows_does_not_grow_with_the_file() {
        let rows: Vec<_> = (0..2 * MOST_ROWS).map(|_| row("", "")).collect();
        let (chunks, _) = read(&rows, Purpose::Write);
        assert!(
            chunks
                .iter()
                .all(|chunk| chunk.findings.count() < MOST_PROBLEMS as u64 + 10)
        );
        assert_eq!(
            chunks.iter().map(|chunk| chunk.refused).sum::<u64>(),
            2 * MOST_ROWS
        );
    }

    #[test]
    fn a_record_without_an_end_breaks_the_file() {
        let rows = [row("a", "1"), row("\"b", "1"), row("c", "1")];
        let (chunks, ended) = read(&rows, Purpose::Write);
        assert!(matches!(ended, Err(Failure::File(_))));
        assert_eq!(ids(&chunks[0]), ["a"]);
        assert_eq!(chunks[0].refused, 1);
    }
}
