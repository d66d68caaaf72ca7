//! Makes the file: reads the ledger, writes the parts, completes the upload, and puts a manifest beside it.

mod buffers;
mod gzip;
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

use bytes::Bytes;
use engine::Draft;
use jiff::Timestamp;
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Checkpoint, UploadState},
        retry::with_back_off,
    },
    domain::{
        export::{Content, File},
        sending::MailRules,
        time,
    },
    plan::Plan,
    wire::manifest::ManifestDocument,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};
use tracing::warn;

use self::{
    buffers::Buffers,
    gzip::compressor,
    keys::{fence_of, file_key},
    pages::LedgerPages,
    reading::{End, Reading},
    writing::{Writing, Written, are_recorded},
};
use crate::{
    attempt::{LayoutOnTheWay, slot::Slot},
    error::AttemptError,
    generator::Generator,
    invocation::Invocation,
};

/// How often progress is recorded: often while somebody may be looking on, then more seldom, because each time costs some ten
/// write units.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
const LATER_PROGRESS_INTERVAL: Duration = Duration::from_secs(5);
/// How often it is recorded after the shorter interval.
const FREQUENT_RECORDS: u32 = 10;

/// How often, and how far apart, S3 is asked for the object of an upload that no longer exists.
const LOOKS: u32 = 5;
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// For how long the rules of mails count that were read while S3 took the file: one that is set counts for every mail from
/// then on.
const RULES_COUNT_FOR: Duration = Duration::from_secs(1);

/// How far an attempt brought a file.
pub enum Made {
    /// With the rules of mails at its end.
    Whole { file: Box<File>, rules: MailRules },
    /// The invocation is nearly over; a continuation makes the rest.
    InPart,
}

impl Generator {
    /// Makes the file of an export, or resumes it, until the invocation is nearly over. Meanwhile progress is recorded and
    /// the lease renewed, also while a call is waited for. Until the attempt has a slot, it only reads.
    pub async fn make(
        &self,
        attempt: &Attempt,
        layout: LayoutOnTheWay<'_>,
        invocation: &Invocation,
        slot: &Slot,
    ) -> Result<Made, AttemptError> {
        let checkpoint = attempt.checkpoint.as_ref();
        let rows = AtomicU64::new(checkpoint.map_or(0, |checkpoint| checkpoint.draft.rows));
        tokio::select! {
            made = self.make_file(attempt, layout, invocation, slot, &rows) => made,
            error = self.show_progress(attempt, slot, &rows) => Err(error),
            () = sleep_until(invocation.give_up_at) => Err(AttemptError::OutOfTime),
        }
    }

    async fn make_file(
        &self,
        attempt: &Attempt,
        layout: LayoutOnTheWay<'_>,
        invocation: &Invocation,
        slot: &Slot,
        rows: &AtomicU64,
    ) -> Result<Made, AttemptError> {
        let Written { checkpoint, small } = match &attempt.checkpoint {
            Some(checkpoint) if checkpoint.position.is_none() => {
                slot.taken().await?;
                Written {
                    checkpoint: checkpoint.clone(),
                    small: None,
                }
            }
            _ => match self.write(attempt, layout, invocation, slot, rows).await? {
                Some(written) => written,
                None => return Ok(Made::InPart),
            },
        };
        let upload = checkpoint.upload.as_ref();
        let key = upload.map_or_else(|| file_key(attempt), |state| state.upload.key.clone());
        let draft = &checkpoint.draft;
        let written = draft.file().ok_or(AttemptError::CannotResume)?;
        let text = draft.text().filter(|_| draft.is_compressed());
        let file = File {
            key,
            rows: draft.rows,
            size: written.size,
            sha256: hex::encode(written.sha256),
            uncompressed: text.map(|text| Content {
                size: text.size,
                sha256: hex::encode(text.sha256),
            }),
            totals: draft.totals(),
            rows_not_in_totals: draft.rows_not_in_totals(),
            ledger_complete_until: checkpoint.ledger_complete_until,
            made_at: time::now(),
        };
        let asked_at = Instant::now();
        // Side by side: if one fails, the next attempt does all of it again. The rules may fail alone, because an upload that
        // S3 is completing must not be given up for them.
        let (stored, manifest_stored, rules) = tokio::join!(
            self.store(attempt, &file, upload, small),
            self.put_manifest(attempt, &file),
            self.mail_rules(attempt)
        );
        stored?;
        manifest_stored?;
        let rules = match rules {
            Ok(rules) if asked_at.elapsed() < RULES_COUNT_FOR => rules,
            _ => self.mail_rules(attempt).await?,
        };
        Ok(Made::Whole {
            file: Box::new(file),
            rules,
        })
    }

    /// Writes all rows. Returns `None` if the invocation is nearly over before that.
    async fn write(
        &self,
        attempt: &Attempt,
        layout: LayoutOnTheWay<'_>,
        invocation: &Invocation,
        slot: &Slot,
        rows: &AtomicU64,
    ) -> Result<Option<Written>, AttemptError> {
        let plan = Plan::with(&attempt.export, layout.await?);
        let pages = LedgerPages::new(&self.ledger, &plan);
        let buffers = Buffers::default();
        let reading = match &attempt.checkpoint {
            None => {
                let compressor = compressor(attempt.export.compression());
                let draft = Draft::new(&plan.decoder.header(), compressor);
                let least = plan.query.span().least;
                Reading::new(&pages, plan.decoder.clone(), &buffers, &least, draft, 0)
            }
            Some(checkpoint) => {
                let position = checkpoint.position.as_deref().unwrap_or_default();
                let parts = checkpoint.upload.as_ref().map_or(0, |state| state.parts);
                let draft = self.resume(attempt, checkpoint).await?;
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
        // It holds one segment, which waits while others are uploaded.
        let (segments, queue) = mpsc::channel(1);
        let writing = async {
            let (complete_until, ()) =
                tokio::try_join!(self.complete_until(attempt), slot.taken())?;
            let has_advanced = &invocation.has_advanced;
            Writing::new(self, attempt, &buffers, complete_until, has_advanced)
                .run(queue)
                .await
        };
        let (end, written) =
            tokio::try_join!(reading.run(segments, rows, invocation.stop_at), writing)?;
        match end {
            End::Whole => Ok(written),
            End::Stopped if invocation.has_advanced.get() => Ok(None),
            End::Stopped => Err(AttemptError::OutOfTime),
        }
    }

    /// Up to when the ledger was complete at the time of the request. The file says what was true when it was begun.
    async fn complete_until(&self, attempt: &Attempt) -> Result<Option<Timestamp>, AttemptError> {
        if let Some(checkpoint) = &attempt.checkpoint {
            return Ok(checkpoint.ledger_complete_until);
        }
        let export = &attempt.export;
        let (tenant_id, dataset) = (&export.tenant_id, export.dataset());
        let until = self
            .ledger
            .complete_until(tenant_id, dataset, export.created_at);
        Ok(until.await?)
    }

    /// The file as it was at a checkpoint.
    async fn resume(
        &self,
        attempt: &Attempt,
        checkpoint: &Checkpoint,
    ) -> Result<Draft, AttemptError> {
        let tail = match &checkpoint.tail {
            Some(key) => with_back_off(|| self.files.get(key))
                .await?
                .ok_or(AttemptError::CannotResume)?,
            None => Vec::new(),
        };
        let compressor = compressor(attempt.export.compression());
        Draft::resume(&checkpoint.draft, tail, compressor).ok_or(AttemptError::CannotResume)
    }

    /// Puts a small file into the bucket, or completes the upload of a large one.
    async fn store(
        &self,
        attempt: &Attempt,
        file: &File,
        upload: Option<&UploadState>,
        small: Option<Bytes>,
    ) -> Result<(), AttemptError> {
        if let Some(content) = small {
            let (name, compression) = (attempt.export.file_name(), attempt.export.compression());
            let put = || {
                self.files
                    .put(&file.key, &name, compression, content.clone())
            };
            with_back_off(put).await?;
        }
        match upload {
            Some(state) => self.complete(state, file.size).await,
            None => Ok(()),
        }
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

    async fn put_manifest(&self, attempt: &Attempt, file: &File) -> Result<(), AttemptError> {
        let document = ManifestDocument::of(&attempt.export, file);
        let json = serde_json::to_string_pretty(&document)
            .map_err(|error| AwsError::unexpected("writing a manifest", error))?;
        let key = file.manifest_key();
        Ok(with_back_off(|| self.files.put_json(&key, json.clone())).await?)
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
    async fn show_progress(
        &self,
        attempt: &Attempt,
        slot: &Slot,
        rows: &AtomicU64,
    ) -> AttemptError {
        if let Err(error) = slot.taken().await {
            return error;
        }
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
