//! How far a file's loading is: the document `….progress.json`, from which another invocation goes on.

use std::time::Duration;

use jiff::Timestamp;
use record_files::Place;
use serde::{Deserialize, Serialize};
use shared::domain::received::Received;

use crate::{findings::Findings, outcome::Status};

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "stage",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Stage {
    /// Its rows are checked, and nothing is written.
    Checking,
    /// Its rows are written.
    Writing,
    /// Its result is told and it is moved.
    Ending { status: Status, ended_at: Timestamp },
}

/// Rows of a file. While it is written, they are counted from its start again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub rows_read: u64,
    pub rows_written: u64,
    /// The ledger had them already, or had newer ones.
    pub rows_unchanged: u64,
    pub rows_refused: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    #[serde(flatten)]
    pub stage: Stage,
    #[serde(flatten)]
    pub counts: Counts,
    #[serde(flatten)]
    pub findings: Findings,
    /// What is done of the stage: lines, and bytes of the unpacked file.
    pub lines_done: u64,
    pub bytes_done: u64,
    /// The exports that are requested from then on hold all that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<Timestamp>,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    /// Of the file.
    pub entity_tag: String,
    /// The invocation that works on the file.
    pub invocation: String,
    /// How many invocations in a row have begun since one got further.
    pub tries: u32,
}

impl Progress {
    /// The start of a file's loading.
    pub fn new(entity_tag: &str, invocation: &str, now: Timestamp) -> Self {
        Self {
            stage: Stage::Checking,
            counts: Counts::default(),
            findings: Findings::default(),
            lines_done: 0,
            bytes_done: 0,
            counts_from: None,
            started_at: now,
            updated_at: now,
            entity_tag: entity_tag.to_owned(),
            invocation: invocation.to_owned(),
            tries: 1,
        }
    }

    /// The same, in the hands of another invocation.
    pub fn taken_over(mut self, invocation: &str) -> Self {
        invocation.clone_into(&mut self.invocation);
        self.tries += 1;
        self
    }

    pub fn place(&self) -> Place {
        Place {
            line: self.lines_done,
            offset: self.bytes_done,
        }
    }

    pub fn move_to(&mut self, place: Place) {
        if place != self.place() {
            self.tries = 1;
        }
        self.lines_done = place.line;
        self.bytes_done = place.offset;
    }

    /// Takes note of when something that was written counts.
    pub fn count_from(&mut self, received: Received) {
        let second = Timestamp::from_second(received.second()).ok();
        self.counts_from = self.counts_from.max(second);
    }

    /// How long it is until all that was written counts.
    pub fn wait(&self, now: Timestamp) -> Duration {
        let wait = self.counts_from.map(|then| then.duration_since(now));
        wait.and_then(|wait| wait.try_into().ok())
            .unwrap_or_default()
    }

    /// Begins to write the file from its start.
    pub fn begin_writing(&mut self) {
        self.stage = Stage::Writing;
        self.counts = Counts::default();
        self.move_to(Place::default());
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::time::parse;

    use super::*;
    use crate::findings::Finding;

    fn begun() -> Progress {
        Progress::new("\"tag\"", "first", parse("2026-01-31T10:00:00Z").unwrap())
    }

    #[test]
    fn another_invocation_reads_what_was_recorded() {
        let mut progress = begun();
        progress
            .findings
            .extend([Finding::of_file("must be a whole gzip file")]);
        for stage in [
            Stage::Checking,
            Stage::Writing,
            Stage::Ending {
                status: Status::Refused,
                ended_at: progress.started_at,
            },
        ] {
            progress.stage = stage;
            let json = serde_json::to_string(&progress).unwrap();
            assert_eq!(serde_json::from_str::<Progress>(&json).unwrap(), progress);
        }
    }

    #[test]
    fn only_an_invocation_that_gets_further_is_no_further_try() {
        let mut progress = begun().taken_over("second").taken_over("third");
        assert_eq!(progress.tries, 3);
        progress.move_to(progress.place());
        assert_eq!(progress.tries, 3);
        progress.move_to(Place { line: 1, offset: 9 });
        assert_eq!(progress.tries, 1);
        progress.begin_writing();
        assert_eq!(progress.place(), Place::default());
    }

    #[test]
    fn a_file_waits_until_the_last_of_its_writes_counts() {
        let mut progress = begun();
        let now = progress.started_at;
        assert_eq!(progress.wait(now), Duration::ZERO);
        for seconds in [1, 3, 2] {
            progress.count_from(Received::after(now, Duration::from_secs(seconds)));
        }
        assert_eq!(progress.wait(now), Duration::from_secs(4));
        assert_eq!(
            progress.wait(parse("2026-01-31T10:00:07Z").unwrap()),
            Duration::ZERO
        );
    }
}
