//! How far the making of a file has come, recorded so that another attempt can go on from there.

use engine::DraftState;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Attempt, AwsError, ExportsTable, Superseded, count, number, text};
use crate::aws::files::Upload;

/// A point from which a file can be written to its end, whoever wrote it up to there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// The least sort key whose record may not be in the file yet; none once every record is.
    pub position: Option<String>,
    pub draft: DraftState,
    /// None until there was enough for a part.
    pub upload: Option<UploadState>,
    /// The key of the object that holds what belongs to no part yet.
    pub tail: Option<String>,
}

/// The parts that the bucket has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadState {
    pub upload: Upload,
    pub parts: u32,
    /// A digest of the parts' entity tags, by which it is known at the end that no late attempt replaced one. The tags
    /// themselves would outgrow the item.
    pub digest: String,
}

impl ExportsTable {
    /// Records how far the file has come, keeps the lease, and counts attempts anew: this one has achieved something.
    pub async fn record_checkpoint(
        &self,
        attempt: &Attempt,
        checkpoint: &Checkpoint,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        // JSON, for DynamoDB's numbers are smaller than the sums may be.
        let json = serde_json::to_string(checkpoint)
            .map_err(|error| AwsError::unexpected("writing a checkpoint", error))?;
        let update = self
            .leased(attempt, now)
            .update_expression(
                "SET checkpoint = :checkpoint, tries = :zero, leaseUntil = :lease, dueAt = :due",
            )
            .expression_attribute_values(":checkpoint", text(json))
            .expression_attribute_values(":zero", number(0));
        self.change(update).await
    }

    /// Forgets how far the file has come: it is made from the beginning, and how often that happens is counted.
    pub async fn restart(&self, attempt: &Attempt) -> Result<Result<(), Superseded>, AwsError> {
        let update = self
            .fenced(attempt)
            .update_expression("SET restarts = :restarts REMOVE checkpoint")
            .expression_attribute_values(":restarts", count(attempt.restarts + 1));
        self.change(update).await
    }
}
