//! The first half: ledger pages to a complete file.

use std::time::{Duration, Instant};

use shared::{
    aws::{exports::Attempt, ledger::LedgerQuery},
    domain::{csv, dataset::Column, export::File, selection::Selection, time},
};
use tracing::warn;

use crate::{
    merge::{LedgerPages, Merge, Pages},
    row,
    sink::Sink,
    work::{Generator, Setback},
};

/// How often progress is recorded at most, which also keeps the lease.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

impl Generator {
    /// Makes the file of an export. Nothing is left in the bucket if it cannot be completed.
    pub async fn generate(&self, attempt: &Attempt) -> Result<File, Setback> {
        let export = &attempt.export;
        let dataset = export.dataset();
        let columns: Vec<_> = dataset.columns_for(export.audience()).collect();
        let selection = Selection::of(export);
        let lanes = if selection.is_empty() {
            Vec::new()
        } else {
            self.ledger
                .lanes(&export.tenant_id, dataset, &selection.source)
                .await?
        };
        let query = LedgerQuery::new(&selection, columns.iter().map(|column| column.name));
        let pages = LedgerPages {
            table: &self.ledger,
            lanes: &lanes,
            query: &query,
        };

        // The fence in the key keeps attempts apart: a late one cannot overwrite another's file.
        let key = format!(
            "exports/{}/{}/{}/{}.csv",
            export.tenant_id, dataset.slug, export.id, attempt.fence
        );
        let mut sink = Sink::new(&self.files, key.clone(), export.file_name());
        let records = Merge::new(&pages, lanes.len());
        match self.write(attempt, &columns, records, &mut sink).await {
            Ok((rows, size)) => Ok(File {
                key,
                rows,
                size,
                made_at: time::now(),
            }),
            Err(setback) => {
                if let Err(cause) = sink.discard().await {
                    warn!(exportId = %export.id, %cause, "the bucket's lifecycle rule will remove the upload");
                }
                Err(setback)
            }
        }
    }

    /// Answers the file's rows and bytes.
    async fn write<P: Pages>(
        &self,
        attempt: &Attempt,
        columns: &[&Column],
        mut records: Merge<'_, P>,
        sink: &mut Sink<'_>,
    ) -> Result<(u64, u64), Setback> {
        let mut rows = 0;
        let mut recorded = Instant::now();
        csv::write_header(columns.iter().copied(), &mut sink.buffer);
        while let Some(item) = records.next().await? {
            row::write(columns, &item, &mut sink.buffer);
            rows += 1;
            sink.flush_full_part().await?;
            if recorded.elapsed() >= PROGRESS_INTERVAL {
                self.exports
                    .record_progress(attempt, rows, time::now())
                    .await??;
                recorded = Instant::now();
            }
        }
        Ok((rows, sink.finish().await?))
    }
}
