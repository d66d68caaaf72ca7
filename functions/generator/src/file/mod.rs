//! Makes the file: reads the ledger, writes the parts, completes the upload, and puts a manifest beside it.

mod buffers;
mod keys;
mod pages;
mod parts;
mod reading;
#[cfg(test)]
mod scripted;
mod segment;
mod writing;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use engine::Draft;
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Checkpoint, UploadState},
        retry::with_back_off,
    },
    domain::{
        export::{Export, File},
        time,
    },
    plan::Plan,
    wire::manifest::ManifestDocument,
};
use tokio::{
    sync::mpsc,
    time::{sleep, sleep_until},
};
use tracing::warn;

use self::{
    buffers::Buffers,
    keys::{fence_of, file_key},
    pages::LedgerPages,
    reading::{End, Reading},
    writing::{Writing, are_recorded},
};
use crate::{error::AttemptError, generator::Generator, invocation::Invocation};

/// How often progress is recorded: often while somebody may be looking on, then more seldom, because each time costs some ten
/// write units.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
const LATER_PROGRESS_INTERVAL: Duration = Duration::from_secs(5);
/// How often it is recorded after the shorter interval.
const FREQUENT_RECORDS: u32 = 10;

/// How often, and how far apart, S3 is asked for the object of an upload that no longer exists.
const LOOKS: u32 = 5;
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// How far an attempt brought a file.
pub enum Made {
    Whole(File),
    /// The invocation is nearly over; a continuation makes the rest.
    InPart,
}

impl Generator {
    /// Makes the file of an export, or resumes it, until the invocation is nearly over. Meanwhile progress is recorded and
    /// the lease renewed, also while a call is waited for.
    pub async fn make(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
    ) -> Result<Made, AttemptError> {
        let checkpoint = attempt.checkpoint.as_ref();
        let rows = AtomicU64::new(checkpoint.map_or(0, |checkpoint| checkpoint.draft.rows));
        tokio::select! {
            made = self.make_file(attempt, invocation, &rows) => made,
            error = self.show_progress(attempt, &rows) => Err(error),
            () = sleep_until(invocation.give_up_at) => Err(AttemptError::OutOfTime),
        }
    }

    async fn make_file(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
        rows: &AtomicU64,
    ) -> Result<Made, AttemptError> {
        let checkpoint = match &attempt.checkpoint {
            Some(checkpoint) if checkpoint.position.is_none() => checkpoint.clone(),
            _ => match self.write(attempt, invocation, rows).await? {
                Some(checkpoint) => checkpoint,
                None => return Ok(Made::InPart),
            },
        };
        let key = match &checkpoint.upload {
            Some(state) => {
                self.complete(state, checkpoint.draft.bytes).await?;
                state.upload.key.clone()
            }
            None => file_key(attempt),
        };
        let draft = &checkpoint.draft;
        let sha256 = draft.sha256().ok_or(AttemptError::CannotResume)?;
        let file = File {
            key,
            rows: draft.rows,
            size: draft.bytes,
            sha256: hex::encode(sha256),
            totals: draft.totals(),
            rows_not_in_totals: draft.rows_not_in_totals(),
            ledger_complete_until: checkpoint.ledger_complete_until,
            made_at: time::now(),
        };
        self.put_manifest(attempt, &file).await?;
        Ok(Made::Whole(file))
    }

    /// Writes all rows. Returns `None` if the invocation is nearly over before that.
    async fn write(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
        rows: &AtomicU64,
    ) -> Result<Option<Checkpoint>, AttemptError> {
        let plan = Plan::of(&attempt.export, &self.ledger).await?;
        let pages = LedgerPages::new(&self.ledger, &plan);
        let buffers = Buffers::default();
        let reading = match &attempt.checkpoint {
            None => {
                let draft = Draft::new(&plan.decoder.header());
                let least = plan.query.span().least;
                Reading::new(&pages, plan.decoder.clone(), &buffers, &least, draft, 0)
            }
            Some(checkpoint) => {
                let position = checkpoint.position.as_deref().unwrap_or_default();
                let parts = checkpoint.upload.as_ref().map_or(0, |state| state.parts);
                let draft = self.resume(checkpoint).await?;
                Reading::new(
                    &pages,
                    plan.decoder.clone(),
                    &buffers,
                    position,
                    draft,
                    parts,
                )
            }
        };
        // The file says what was true when it was begun.
        let complete_until = match &attempt.checkpoint {
            None => {
                let Export {
                    tenant_id,
                    created_at,
                    ..
                } = &attempt.export;
                let dataset = attempt.export.dataset();
                self.ledger
                    .complete_until(tenant_id, dataset, *created_at)
                    .await?
            }
            Some(checkpoint) => checkpoint.ledger_complete_until,
        };
        // It holds one segment, which waits while others are uploaded.
        let (segments, queue) = mpsc::channel(1);
        let (end, checkpoint) = tokio::try_join!(
            reading.run(segments, rows, invocation.stop_at),
            Writing::new(
                self,
                attempt,
                &buffers,
                complete_until,
                &invocation.has_advanced
            )
            .run(queue)
        )?;
        match end {
            End::Whole => Ok(checkpoint),
            End::Stopped if invocation.has_advanced.get() => Ok(None),
            End::Stopped => Err(AttemptError::OutOfTime),
        }
    }

    /// The file as it was at a checkpoint.
    async fn resume(&self, checkpoint: &Checkpoint) -> Result<Draft, AttemptError> {
        let tail = match &checkpoint.tail {
            Some(key) => with_back_off(|| self.files.get(key))
                .await?
                .ok_or(AttemptError::CannotResume)?,
            None => Vec::new(),
        };
        Draft::resume(&checkpoint.draft, tail).ok_or(AttemptError::CannotResume)
    }

    /// Completes the upload. If the upload no longer exists, an earlier completion may have succeeded without an answer:
    /// then the object exists with the right size.
    async fn complete(&self, state: &UploadState, size: u64) -> Result<(), AttemptError> {
        let upload = &state.upload;
        if let Ok(parts) = with_back_off(|| self.files.parts(upload, state.parts)).await?
            && are_recorded(state, &parts)
            && with_back_off(|| self.files.complete(upload, parts.clone()))
                .await?
                .is_ok()
        {
            return Ok(());
        }
        // S3 may still be completing an upload that it no longer lists.
        for _ in 0..LOOKS {
            if with_back_off(|| self.files.size(&upload.key)).await? == Some(size) {
                return Ok(());
            }
            sleep(LOOK_INTERVAL).await;
        }
        Err(AttemptError::CannotResume)
    }

    async fn put_manifest(&self, attempt: &Attempt, file: &File) -> Result<(), AwsError> {
        let document = ManifestDocument::of(&attempt.export, file);
        let json = serde_json::to_string_pretty(&document)
            .map_err(|error| AwsError::unexpected("writing a manifest", error))?;
        let key = file.manifest_key();
        with_back_off(|| self.files.put_json(&key, json.clone())).await
    }

    /// Removes what this attempt and earlier ones left beside a delivered file. Objects of later attempts stay, because
    /// this attempt may be a late one. What cannot be removed now is removed when the export expires.
    pub async fn clean(&self, attempt: &Attempt, file: &File) {
        let export = &attempt.export;
        let (file, manifest) = (file.key.as_str(), file.manifest_key());
        let is_left = |key: &str| fence_of(export, key).is_some_and(|fence| fence <= attempt.fence);
        let cleaned = self.files.clean(export, is_left, &[file, &manifest]).await;
        if let Err(cause) = cleaned {
            warn!(%cause, "something may be left until the export expires");
        }
    }

    /// Records progress and renews the lease until another attempt has the export. This runs beside the work, because a
    /// query may pass over records for minutes before it finds a row.
    async fn show_progress(&self, attempt: &Attempt, rows: &AtomicU64) -> AttemptError {
        let mut frequent_records = 0..FREQUENT_RECORDS;
        loop {
            sleep(match frequent_records.next() {
                Some(_) => PROGRESS_INTERVAL,
                None => LATER_PROGRESS_INTERVAL,
            })
            .await;
            let rows = rows.load(Ordering::Relaxed);
            let recorded =
                with_back_off(|| self.exports.record_progress(attempt, rows, time::now()));
            match recorded.await {
                Ok(Ok(())) => {}
                Ok(Err(superseded)) => return superseded.into(),
                Err(error) => return error.into(),
            }
        }
    }
}
