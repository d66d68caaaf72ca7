//! The right to work on a file.
//!
//! Its progress is replaced only by whoever wrote it last. So if a message comes twice, the later invocation takes over
//! from the earlier one's last checkpoint, and the earlier one stops at its next.

use std::time::Duration;

use shared::{
    aws::inbox::{Dropped, Inbox},
    domain::time,
};
use tokio::time::Instant;

use crate::{
    address::{progress_key, result_key},
    progress::Progress,
    stop::Stop,
};

/// How often progress is told.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);

/// How often to try to take over while others do.
const MOST_RACES: u32 = 5;

pub struct Ticket<'a> {
    inbox: &'a Inbox,
    key: String,
    entity_tag: String,
    saved_at: Instant,
    pub progress: Progress,
}

impl<'a> Ticket<'a> {
    /// Begins a file, or takes it over with what was done of it.
    pub async fn claim(
        inbox: &'a Inbox,
        key: &str,
        file: &Dropped,
        invocation: &str,
    ) -> Result<Self, Stop> {
        let (file_key, key) = (key, progress_key(key));
        for _ in 0..MOST_RACES {
            let known = inbox.document(&key).await?;
            let entity_tag = known.as_ref().map(|(_, entity_tag)| entity_tag.as_str());
            let left = known
                .as_ref()
                .and_then(|(json, _)| read(json))
                .filter(|left| left.entity_tag == file.entity_tag);
            let progress = match left {
                Some(left) => left.taken_over(invocation),
                None => {
                    // Of an earlier file of that name: nobody shall take it for this one's.
                    let result = result_key(file_key);
                    if let Some((_, entity_tag)) = inbox.document(&result).await? {
                        inbox.remove(&result, &entity_tag).await?;
                    }
                    Progress::new(&file.entity_tag, invocation, time::now())
                }
            };
            if let Ok(entity_tag) = inbox.replace(&key, json(&progress), entity_tag).await? {
                return Ok(Self {
                    inbox,
                    key,
                    entity_tag,
                    saved_at: Instant::now(),
                    progress,
                });
            }
        }
        Err(Stop::Superseded)
    }

    /// What was done of a file that is no longer there, with the entity tag of its progress.
    pub async fn left_of(inbox: &Inbox, key: &str) -> Result<Option<(Progress, String)>, Stop> {
        let known = inbox.document(&progress_key(key)).await?;
        Ok(known.and_then(|(json, entity_tag)| Some((read(&json)?, entity_tag))))
    }

    /// The entity tag of the progress as this invocation wrote it last.
    pub fn entity_tag(&self) -> &str {
        &self.entity_tag
    }

    pub fn is_checkpoint_due(&self) -> bool {
        self.saved_at.elapsed() >= CHECKPOINT_EVERY
    }

    /// Records the progress, unless another invocation has taken over.
    pub async fn save(&mut self) -> Result<(), Stop> {
        self.progress.updated_at = time::now();
        let document = json(&self.progress);
        let saved = self
            .inbox
            .replace(&self.key, document.clone(), Some(&self.entity_tag))
            .await?;
        self.entity_tag = match saved {
            Ok(entity_tag) => entity_tag,
            // The answer to an earlier try may have been lost.
            Err(_) => match self.inbox.document(&self.key).await? {
                Some((known, entity_tag)) if known == document.as_bytes() => entity_tag,
                _ => return Err(Stop::Superseded),
            },
        };
        self.saved_at = Instant::now();
        Ok(())
    }
}

fn json(progress: &Progress) -> String {
    serde_json::to_string_pretty(progress).expect("progress is plain JSON")
}

/// `None` if it is not of the form that this release writes; then the file is loaded from its start.
fn read(json: &[u8]) -> Option<Progress> {
    serde_json::from_slice(json).ok()
}
