//! The end of a file: its result is told, and it is moved out of the way.
//!
//! The order matters, because an invocation may die between any two steps: the next one takes them again. Whoever waits
//! for the result beside the dropped file finds everything else done.

use jiff::Timestamp;
use shared::{
    aws::inbox::{Dropped, Inbox},
    metrics::{Metric, put_metrics},
};
use tracing::info;

use crate::{
    address::{Destination, progress_key, result_key, target},
    loader::Next,
    outcome::{Outcome, Status},
    progress::{Progress, Stage},
    stop::Stop,
    ticket::Ticket,
};

pub struct Ending<'a> {
    pub inbox: &'a Inbox,
    pub key: &'a str,
}

impl Ending<'_> {
    pub async fn of_file(
        &self,
        file: &Dropped,
        ticket: &Ticket<'_>,
        status: Status,
        ended_at: Timestamp,
    ) -> Result<Next, Stop> {
        let target = target(self.key, status);
        let result = Outcome::of(&ticket.progress, status, ended_at).json();
        self.inbox.copy(self.key, file, &target).await??;
        self.inbox.put(&result_key(&target), result).await?;
        self.inbox.remove_file(self.key, &file.entity_tag).await??;
        self.tell(&ticket.progress, ticket.entity_tag(), status, ended_at)
            .await
    }

    /// The file is gone: it was moved, and perhaps not all was done after that; or somebody removed it.
    pub async fn of_no_file(&self) -> Result<Next, Stop> {
        let Some((left, entity_tag)) = Ticket::left_of(self.inbox, self.key).await? else {
            return Ok(Next::Done);
        };
        match left.stage {
            Stage::Ending { status, ended_at } => {
                self.tell(&left, &entity_tag, status, ended_at).await
            }
            Stage::Checking | Stage::Writing => {
                let progress = progress_key(self.key);
                self.inbox.remove(&progress, &entity_tag).await?;
                info!("a file was removed before it was loaded");
                Ok(Next::Done)
            }
        }
    }

    async fn tell(
        &self,
        progress: &Progress,
        entity_tag: &str,
        status: Status,
        ended_at: Timestamp,
    ) -> Result<Next, Stop> {
        let result = Outcome::of(progress, status, ended_at).json();
        self.inbox.put(&result_key(self.key), result).await?;
        let known = progress_key(self.key);
        self.inbox.remove(&known, entity_tag).await?;
        let destination = Destination::of(self.key).ok();
        let counts = &progress.counts;
        info!(
            tenantId = destination
                .as_ref()
                .map(|destination| destination.tenant_id.as_str()),
            r#type = destination
                .as_ref()
                .map(|destination| destination.dataset.export_type),
            ?status,
            rowsRead = counts.rows_read,
            rowsWritten = counts.rows_written,
            rowsUnchanged = counts.rows_unchanged,
            rowsRefused = counts.rows_refused,
            problems = progress.findings.count(),
            "a file has ended"
        );
        put_metrics(&[
            Metric::count("FilesLoaded", u64::from(status == Status::Loaded)),
            Metric::count("FilesRefused", u64::from(status == Status::Refused)),
            Metric::count("RowsWritten", counts.rows_written),
            Metric::count("RowsUnchanged", counts.rows_unchanged),
            Metric::count("RowsRefused", counts.rows_refused),
        ]);
        Ok(Next::Done)
    }
}
