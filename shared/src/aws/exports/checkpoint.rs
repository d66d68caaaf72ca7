//! Checkpoints: how much of a file is made, recorded so that another attempt can resume.

use engine::DraftState;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Attempt, AwsError, ExportsTable, Superseded, count, number, text};
use crate::aws::files::Upload;

/// A point from which any attempt can write the rest of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// The least sort key whose record may not be in the file yet. `None` once every record is in it.
    pub position: Option<String>,
    pub draft: DraftState,
    /// `None` until the first part was full.
    pub upload: Option<UploadState>,
    /// The key of the object with the rows that do not fill a part yet.
    pub tail: Option<String>,
    /// Up to when the ledger held what had happened at its source when the file was begun.
    #[serde(default)]
    pub ledger_complete_until: Option<Timestamp>,
}

/// The parts that the bucket has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadState {
    pub upload: Upload,
    pub parts: u32,
    /// A digest of the parts' entity tags. At the end it shows whether a late attempt has replaced a part. The tags
    /// themselves would be too large for the item.
    pub digest: String,
}

impl ExportsTable {
    /// Records a checkpoint, renews the lease if that is due, and restarts the count of attempts, because this one has achieved
    /// something.
    pub async fn record_checkpoint(
        &self,
        attempt: &Attempt,
        checkpoint: &Checkpoint,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        // JSON, because the sums may be larger than DynamoDB's numbers.
        let json = serde_json::to_string(checkpoint)
            .map_err(|error| AwsError::unexpected("writing a checkpoint", error))?;
        let set = "checkpoint = :checkpoint, tries = :zero";
        self.change_leased(attempt, now, set, |update| {
            update
                .expression_attribute_values(":checkpoint", text(json))
                .expression_attribute_values(":zero", number(0))
        })
        .await
    }

    /// Deletes the checkpoint, so that the file is made from the beginning, and counts the restart.
    pub async fn restart(&self, attempt: &Attempt) -> Result<Result<(), Superseded>, AwsError> {
        let update = self
            .fenced(attempt)
            .update_expression("SET restarts = :restarts REMOVE checkpoint")
            .expression_attribute_values(":restarts", count(attempt.restarts + 1));
        self.change(update).await
    }
}
