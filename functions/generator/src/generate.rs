//! The first half: ledger pages to a complete file.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use engine::{Draft, header};
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Checkpoint, UploadState},
    },
    domain::{export::File, time},
    wire::manifest::ManifestDocument,
};
use tokio::{
    sync::mpsc,
    time::{sleep, sleep_until},
};
use tracing::warn;

use crate::{
    invocation::Invocation,
    patience::patiently,
    plan::Plan,
    reading::{End, Reading},
    work::{Generator, Setback, fence_of, file_key},
    writing::{Writing, are_recorded},
};

/// How often progress is recorded.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// How often, and how far apart, the object of an upload that is gone is looked for.
const LOOKS: u32 = 5;
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// How far an attempt brought a file.
pub enum Made {
    Whole(File),
    /// The invocation is nearly over; another goes on.
    InPart,
}

impl Generator {
    /// Makes the file of an export, or goes on with it, for as long as the invocation lasts. Whatever is waited for
    /// meanwhile, progress is recorded and the lease kept.
    pub async fn generate(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
    ) -> Result<Made, Setback> {
        let checkpoint = attempt.checkpoint.as_ref();
        let rows = AtomicU64::new(checkpoint.map_or(0, |checkpoint| checkpoint.draft.rows));
        tokio::select! {
            made = self.make(attempt, invocation, &rows) => made,
            setback = self.show_progress(attempt, &rows) => Err(setback),
            () = sleep_until(invocation.give_up_at) => Err(Setback::OutOfTime),
        }
    }

    async fn make(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
        rows: &AtomicU64,
    ) -> Result<Made, Setback> {
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
        let sha256 = draft.sha256().ok_or(Setback::StartOver)?;
        let file = File {
            key,
            rows: draft.rows,
            size: draft.bytes,
            sha256: hex::encode(sha256),
            totals: draft.totals(),
            rows_not_in_totals: draft.rows_not_in_totals(),
            made_at: time::now(),
        };
        self.put_manifest(attempt, &file).await?;
        Ok(Made::Whole(file))
    }

    /// Writes rows until there are no more; answers nothing if the invocation is over before.
    async fn write(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
        rows: &AtomicU64,
    ) -> Result<Option<Checkpoint>, Setback> {
        let plan = Plan::of(&attempt.export, &self.ledger).await?;
        let reading = match &attempt.checkpoint {
            None => {
                let draft = Draft::new(&header(&plan.columns));
                Reading::new(&self.ledger, &plan, plan.query.least(), draft, 0)
            }
            Some(checkpoint) => {
                let position = checkpoint.position.as_deref().unwrap_or_default();
                let parts = checkpoint.upload.as_ref().map_or(0, |state| state.parts);
                let draft = self.resume(checkpoint).await?;
                Reading::new(&self.ledger, &plan, position, draft, parts)
            }
        };
        // Room for one, which waits while others are uploaded.
        let (jobs, queue) = mpsc::channel(1);
        let (end, checkpoint) = tokio::try_join!(
            reading.run(jobs, rows, invocation.stop_at),
            Writing::new(self, attempt, &invocation.has_advanced).run(queue)
        )?;
        match end {
            End::Whole => Ok(checkpoint),
            End::Stopped if invocation.has_advanced.get() => Ok(None),
            End::Stopped => Err(Setback::OutOfTime),
        }
    }

    /// The file as it was at a checkpoint.
    async fn resume(&self, checkpoint: &Checkpoint) -> Result<Draft, Setback> {
        let tail = match &checkpoint.tail {
            Some(key) => patiently(|| self.files.get(key))
                .await?
                .ok_or(Setback::StartOver)?,
            None => Vec::new(),
        };
        Draft::resume(&checkpoint.draft, tail).ok_or(Setback::StartOver)
    }

    /// Makes the file of its parts. An upload that is gone may be complete: an answer was lost, and the object tells.
    async fn complete(&self, state: &UploadState, size: u64) -> Result<(), Setback> {
        let upload = &state.upload;
        if let Ok(parts) = patiently(|| self.files.parts(upload, state.parts)).await?
            && are_recorded(state, &parts)
            && patiently(|| self.files.complete(upload, parts.clone()))
                .await?
                .is_ok()
        {
            return Ok(());
        }
        // S3 may still be at it when it no longer knows the upload.
        for _ in 0..LOOKS {
            if patiently(|| self.files.size(&upload.key)).await? == Some(size) {
                return Ok(());
            }
            sleep(LOOK_INTERVAL).await;
        }
        Err(Setback::StartOver)
    }

    async fn put_manifest(&self, attempt: &Attempt, file: &File) -> Result<(), AwsError> {
        let document = ManifestDocument::of(&attempt.export, file);
        let json = serde_json::to_string_pretty(&document)
            .map_err(|error| AwsError::unexpected("writing a manifest", error))?;
        let key = file.manifest_key();
        patiently(|| self.files.put_json(&key, json.clone())).await
    }

    /// Removes what this attempt and earlier ones left beside a delivered file. What a later one makes is not touched:
    /// this one may be late itself. What cannot be removed goes when the export expires.
    pub async fn clean(&self, attempt: &Attempt, file: &File) {
        let export = &attempt.export;
        let (file, manifest) = (file.key.as_str(), file.manifest_key());
        let is_left = |key: &str| fence_of(export, key).is_some_and(|fence| fence <= attempt.fence);
        let cleaned = self.files.clean(export, is_left, &[file, &manifest]).await;
        if let Err(cause) = cleaned {
            warn!(exportId = %export.id, %cause, "something may be left until the export expires");
        }
    }

    /// Records progress, and with it keeps the lease, for as long as the export is this attempt's. Beside the work, not
    /// within it: a query may pass over records for minutes before one is a row.
    async fn show_progress(&self, attempt: &Attempt, rows: &AtomicU64) -> Setback {
        loop {
            sleep(PROGRESS_INTERVAL).await;
            let rows = rows.load(Ordering::Relaxed);
            let recorded = patiently(|| self.exports.record_progress(attempt, rows, time::now()));
            match recorded.await {
                Ok(Ok(())) => {}
                Ok(Err(superseded)) => return superseded.into(),
                Err(error) => return error.into(),
            }
        }
    }
}
