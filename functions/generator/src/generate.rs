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
use tokio::{sync::mpsc, time::sleep};

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

/// How far an attempt brought a file.
pub enum Made {
    Whole(File),
    /// The invocation is nearly over; another goes on.
    InPart,
}

impl Generator {
    /// Makes the file of an export, or goes on with it, for as long as the invocation lasts.
    pub async fn generate(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
    ) -> Result<Made, Setback> {
        let checkpoint = match &attempt.checkpoint {
            Some(checkpoint) if checkpoint.position.is_none() => checkpoint.clone(),
            _ => match self.write(attempt, invocation).await? {
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
        if attempt.fence > 1 || checkpoint.tail.is_some() {
            self.clean(attempt, &file).await?;
        }
        Ok(Made::Whole(file))
    }

    /// Writes rows until there are no more; answers nothing if the invocation is over before.
    async fn write(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
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
        let rows = AtomicU64::new(0);
        // Room for one, which waits while others are uploaded.
        let (jobs, queue) = mpsc::channel(1);
        let work = async {
            tokio::try_join!(
                reading.run(jobs, &rows, invocation.stop_at),
                Writing::new(self, attempt, &invocation.has_advanced).run(queue)
            )
        };
        let (end, checkpoint) = tokio::select! {
            done = work => done?,
            setback = self.show_progress(attempt, &rows) => return Err(setback),
            () = tokio::time::sleep_until(invocation.give_up_at) => return Err(Setback::OutOfTime),
        };
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
        if patiently(|| self.files.size(&upload.key)).await? == Some(size) {
            return Ok(());
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

    /// Removes what this attempt and earlier ones left. What a later one makes is not touched: this one may be late
    /// itself.
    async fn clean(&self, attempt: &Attempt, file: &File) -> Result<(), AwsError> {
        let export = &attempt.export;
        let kept = [file.key.clone(), file.manifest_key()];
        let is_left = |key: &str| {
            let fence = fence_of(export, key).unwrap_or(u64::MAX);
            fence <= attempt.fence && !kept.iter().any(|kept| kept == key)
        };
        patiently(|| self.files.clean(export, is_left)).await
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
