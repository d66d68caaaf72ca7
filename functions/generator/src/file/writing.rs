//! Uploads the segments of a file, and records a checkpoint after each.

use std::cell::Cell;

use bytes::Bytes;
use futures::{
    StreamExt,
    future::{LocalBoxFuture, ready},
    stream::FuturesOrdered,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Checkpoint, UploadState},
        files::{Parts, Upload},
        retry::with_back_off,
    },
    domain::time,
};
use tokio::sync::mpsc::Receiver;
use tracing::warn;

use super::{
    buffers::Buffers,
    keys::{file_key, tail_key},
    parts::uploads_at_once,
    segment::{Mark, Segment},
};
use crate::{error::AttemptError, generator::Generator};

/// What a segment became in the bucket.
enum Stored {
    Part {
        upload: Upload,
        entity_tag: String,
    },
    Tail {
        key: Option<String>,
    },
    /// A file too small for parts, which is not in the bucket yet.
    Small {
        content: Bytes,
    },
}

/// What was written.
pub struct Written {
    pub checkpoint: Checkpoint,
    /// The whole of a file that is too small for parts, which is to be put into the bucket.
    pub small: Option<Bytes>,
}

/// Uploads segments side by side, and records their checkpoints in order.
pub struct Writing<'a> {
    generator: &'a Generator,
    attempt: &'a Attempt,
    buffers: &'a Buffers,
    upload: Option<Upload>,
    /// Parts whose upload was started.
    parts: u32,
    tails: u32,
    checkpoint: Option<Checkpoint>,
    small: Option<Bytes>,
    ledger_complete_until: Option<Timestamp>,
    has_advanced: &'a Cell<bool>,
}

impl<'a> Writing<'a> {
    /// `has_advanced` is set with the first checkpoint.
    pub fn new(
        generator: &'a Generator,
        attempt: &'a Attempt,
        buffers: &'a Buffers,
        ledger_complete_until: Option<Timestamp>,
        has_advanced: &'a Cell<bool>,
    ) -> Self {
        let checkpoint = attempt.checkpoint.clone();
        let upload = checkpoint
            .as_ref()
            .and_then(|checkpoint| checkpoint.upload.as_ref());
        Self {
            generator,
            attempt,
            buffers,
            upload: upload.map(|state| state.upload.clone()),
            parts: upload.map_or(0, |state| state.parts),
            tails: 0,
            checkpoint,
            small: None,
            ledger_complete_until,
            has_advanced,
        }
    }

    /// Uploads segments until the channel is closed. Returns the last checkpoint, if there is any.
    pub async fn run(
        mut self,
        mut segments: Receiver<Segment>,
    ) -> Result<Option<Written>, AttemptError> {
        let mut running = FuturesOrdered::new();
        let mut is_open = true;
        while is_open || !running.is_empty() {
            tokio::select! {
                segment = segments.recv(), if is_open && running.len() < uploads_at_once(self.parts) => match segment {
                    Some(segment) => running.push_back(self.begin(segment).await?),
                    None => is_open = false,
                },
                Some((stored, mark)) = running.next() => self.record(stored?, mark).await?,
            }
        }
        let small = self.small;
        Ok(self
            .checkpoint
            .map(|checkpoint| Written { checkpoint, small }))
    }

    async fn begin(
        &mut self,
        segment: Segment,
    ) -> Result<LocalBoxFuture<'a, (Result<Stored, AttemptError>, Mark)>, AttemptError> {
        let generator = self.generator;
        Ok(match segment {
            Segment::Tail { content, mark } => {
                self.tails += 1;
                let key = tail_key(self.attempt, self.tails);
                Box::pin(async move { (put_tail(generator, key, content).await, mark) })
            }
            Segment::Part { content, mark } if self.upload.is_none() && mark.position.is_none() => {
                Box::pin(ready((Ok(Stored::Small { content }), mark)))
            }
            Segment::Part { content, mark } => {
                let upload = self.upload().await?;
                self.parts += 1;
                let (number, buffers) = (self.parts, self.buffers);
                Box::pin(async move {
                    let stored = put_part(generator, upload, number, &content).await;
                    buffers.give_back(content);
                    (stored, mark)
                })
            }
        })
    }

    /// The attempt's upload, started if there is none yet.
    async fn upload(&mut self) -> Result<Upload, AwsError> {
        if let Some(upload) = &self.upload {
            return Ok(upload.clone());
        }
        let export = &self.attempt.export;
        let (key, file_name) = (file_key(self.attempt), export.file_name());
        let start = || {
            let files = &self.generator.files;
            files.start(&key, &file_name, export.compression())
        };
        let upload = with_back_off(start).await?;
        Ok(self.upload.insert(upload).clone())
    }

    async fn record(&mut self, stored: Stored, mark: Mark) -> Result<(), AttemptError> {
        let before = self.checkpoint.take();
        let (upload, old_tail) = match before {
            Some(checkpoint) => (checkpoint.upload, checkpoint.tail),
            None => (None, None),
        };
        let checkpoint = |upload, tail| Checkpoint {
            position: mark.position,
            draft: mark.draft,
            upload,
            tail,
            ledger_complete_until: self.ledger_complete_until,
        };
        let checkpoint = match stored {
            Stored::Part {
                upload: begun,
                entity_tag,
            } => checkpoint(Some(with_part(upload, begun, &entity_tag)), None),
            Stored::Tail { key } => checkpoint(upload, key),
            Stored::Small { content } => {
                self.small = Some(content);
                // The recorded checkpoint stays: until the file is delivered, another attempt would resume from it.
                self.checkpoint = Some(checkpoint(upload, old_tail));
                return Ok(());
            }
        };
        let exports = &self.generator.exports;
        with_back_off(|| exports.record_checkpoint(self.attempt, &checkpoint, time::now()))
            .await??;
        self.has_advanced.set(true);
        self.checkpoint = Some(checkpoint);
        if let Some(key) = old_tail
            && let Err(cause) = self.generator.files.delete(&key).await
        {
            warn!(%cause, "a tail is left until the final clean-up");
        }
        Ok(())
    }
}

/// The state of the upload with one more part.
fn with_part(before: Option<UploadState>, upload: Upload, entity_tag: &str) -> UploadState {
    let (parts, digest) = before.map_or((0, String::new()), |state| (state.parts, state.digest));
    UploadState {
        upload,
        parts: parts + 1,
        digest: chained(&digest, entity_tag),
    }
}

/// A digest of a digest and the next part's entity tag. Some services omit the tag's quotes when they list parts.
fn chained(digest: &str, entity_tag: &str) -> String {
    let entity_tag = entity_tag.trim_matches('"');
    hex::encode(Sha256::digest(format!("{digest}{entity_tag}")))
}

/// Whether the parts in the bucket are those of the checkpoint.
pub fn are_recorded(state: &UploadState, parts: &Parts) -> bool {
    let digest = parts
        .entity_tags()
        .fold(String::new(), |digest, tag| chained(&digest, tag));
    digest == state.digest
}

async fn put_part(
    generator: &Generator,
    upload: Upload,
    number: u32,
    content: &Bytes,
) -> Result<Stored, AttemptError> {
    let part = || {
        generator
            .files
            .upload_part(&upload, number, content.clone())
    };
    let entity_tag = with_back_off(part)
        .await?
        .map_err(|_| AttemptError::CannotResume)?;
    Ok(Stored::Part { upload, entity_tag })
}

async fn put_tail(
    generator: &Generator,
    key: String,
    content: Bytes,
) -> Result<Stored, AttemptError> {
    if content.is_empty() {
        return Ok(Stored::Tail { key: None });
    }
    with_back_off(|| generator.files.put_tail(&key, content.clone())).await?;
    Ok(Stored::Tail { key: Some(key) })
}
