//! The first half: ledger pages to a complete file.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use shared::{
    aws::{AwsError, exports::Attempt, ledger::LedgerQuery},
    domain::{csv, dataset::Column, export::File, selection::Selection, time},
};
use tracing::warn;

use crate::{
    merge::{LedgerPages, Merge, Pages},
    row,
    sink::Sink,
    work::{Generator, Setback, file_key},
};

/// How often progress is recorded.
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

        let key = file_key(export, attempt.fence);
        let mut sink = Sink::new(&self.files, key.clone(), export.file_name());
        let records = Merge::new(&pages, lanes.len());
        let rows = AtomicU64::new(0);
        let written = tokio::select! {
            written = write(&columns, records, &rows, &mut sink) => written.map_err(Setback::from),
            setback = self.show_progress(attempt, &rows) => Err(setback),
        };
        match written {
            Ok(size) => Ok(File {
                key,
                rows: rows.into_inner(),
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

    /// Records progress, and with it keeps the lease, for as long as the export is this attempt's. Beside the work, not
    /// within it: a query may pass over records for minutes before one is a row.
    async fn show_progress(&self, attempt: &Attempt, rows: &AtomicU64) -> Setback {
        loop {
            tokio::time::sleep(PROGRESS_INTERVAL).await;
            let rows = rows.load(Ordering::Relaxed);
            match self
                .exports
                .record_progress(attempt, rows, time::now())
                .await
            {
                Ok(Ok(())) => {}
                Ok(Err(superseded)) => return superseded.into(),
                Err(error) => return error.into(),
            }
        }
    }
}

/// Writes the whole file, counting its rows; answers its bytes.
async fn write<P: Pages>(
    columns: &[&Column],
    mut records: Merge<'_, P>,
    rows: &AtomicU64,
    sink: &mut Sink<'_>,
) -> Result<u64, AwsError> {
    csv::write_header(columns.iter().copied(), &mut sink.buffer);
    while let Some(item) = records.next().await? {
        row::write(columns, &item, &mut sink.buffer);
        rows.fetch_add(1, Ordering::Relaxed);
        sink.flush_full_part().await?;
    }
    sink.finish().await
}
