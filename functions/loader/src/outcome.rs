//! What became of a file, as its result tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::domain::time::to_milliseconds;

use crate::{
    findings::Findings,
    progress::{Counts, Progress},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every record is in the ledger, but for those that were refused and may be.
    Loaded,
    /// The file is not loaded.
    Refused,
}

/// The document `….result.json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome<'a> {
    status: Status,
    #[serde(flatten)]
    counts: &'a Counts,
    #[serde(flatten)]
    findings: &'a Findings,
    started_at: String,
    ended_at: String,
    seconds: f64,
}

impl<'a> Outcome<'a> {
    pub fn of(progress: &'a Progress, status: Status, ended_at: Timestamp) -> Self {
        let lasted = ended_at.duration_since(progress.started_at);
        Self {
            status,
            counts: &progress.counts,
            findings: &progress.findings,
            started_at: to_milliseconds(progress.started_at),
            ended_at: to_milliseconds(ended_at),
            seconds: lasted.as_millis() as f64 / 1000.0,
        }
    }

    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a result is plain JSON")
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::time::parse;

    use super::*;
    use crate::findings::Finding;

    #[test]
    fn a_result_has_the_documented_names() {
        let mut progress = Progress::new("\"tag\"", "a", parse("2026-01-31T10:00:00Z").unwrap());
        progress.counts.rows_read = 3;
        progress.findings.extend([
            Finding {
                line: Some(2),
                column: Some("amount".to_owned()),
                rule: "must have a value".to_owned(),
            },
            Finding::of_file("must be a whole gzip file"),
        ]);
        let ended_at = parse("2026-01-31T10:00:01.250Z").unwrap();
        let json = Outcome::of(&progress, Status::Refused, ended_at).json();
        let expected = serde_json::json!({
            "status": "refused",
            "rowsRead": 3,
            "rowsWritten": 0,
            "rowsUnchanged": 0,
            "rowsRefused": 0,
            "problems": [
                {"line": 2, "column": "amount", "rule": "must have a value"},
                {"rule": "must be a whole gzip file"},
            ],
            "problemsLeftOut": 0,
            "startedAt": "2026-01-31T10:00:00.000Z",
            "endedAt": "2026-01-31T10:00:01.250Z",
            "seconds": 1.25,
        });
        let told: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(told, expected);
    }
}
