//! One pass over what is due.

use std::{cell::Cell, time::Duration};

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use shared::{
    aws::{
        AwsError,
        audit_trail::AuditTrail,
        event_bus::EventBus,
        exports::{DuePage, DuePlace, ExportsTable},
        files::ExportFiles,
        queue::ExportQueue,
    },
    domain::time,
    ending::expire,
    items::{
        due::{Due, DueKind, DueShard},
        export::EXPIRY_GRACE,
    },
    metrics::{Metric, put_metrics},
};
use tokio::time::Instant;
use tracing::{error, info};

use crate::drain::{Drained, PAGE, Work, drain};

/// How long a pass may take; then the next one goes on. The function may run for a minute.
const LONGEST_PASS: Duration = Duration::from_secs(45);

/// The clients of this function.
pub struct Reconciler {
    pub exports: ExportsTable,
    pub files: ExportFiles,
    pub queue: ExportQueue,
    pub bus: EventBus,
    pub trail: AuditTrail,
}

/// What a pass does with exports of one kind.
struct Exports<'a> {
    reconciler: &'a Reconciler,
    kind: DueKind,
    before: Timestamp,
    now: Timestamp,
    /// When the oldest of those that were seen was requested.
    oldest: Cell<Option<Timestamp>>,
}

/// What a pass does with events.
struct Events<'a> {
    reconciler: &'a Reconciler,
    now: Timestamp,
}

impl Reconciler {
    /// Sends a message for each pending export that no attempt has, expires overdue exports, cleans up after failed and
    /// cancelled ones, and tells what the publisher did not. The kinds do not wait for each other, and if one item fails, the
    /// others are handled all the same.
    pub async fn pass(&self) -> Result<(), Error> {
        let now = time::now();
        let until = Instant::now() + LONGEST_PASS;
        let of = |kind, before| Exports {
            reconciler: self,
            kind,
            before,
            now,
            oldest: Cell::new(None),
        };
        let (pending, expiry, clean_up) = (
            of(DueKind::Pending, now),
            of(DueKind::Expiry, now - EXPIRY_GRACE),
            of(DueKind::CleanUp, now),
        );
        let events = Events {
            reconciler: self,
            now,
        };
        let drained = tokio::join!(
            drained(DueKind::Pending, &pending, until),
            drained(DueKind::Expiry, &expiry, until),
            drained(DueKind::CleanUp, &clean_up, until),
            drained(DueKind::Event, &events, until),
        );
        let failed = drained.0.failed + drained.1.failed + drained.2.failed + drained.3.failed;
        let oldest = pending.oldest.get().map_or(SignedDuration::ZERO, |oldest| {
            now.duration_since(oldest).max(SignedDuration::ZERO)
        });
        put_metrics(&[
            Metric::seconds("OldestPendingAge", oldest),
            Metric::count("CompletePasses", u64::from(failed == 0)),
        ]);
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} exports or events could not be reconciled").into())
        }
    }
}

async fn drained(kind: DueKind, work: &impl Work, until: Instant) -> Drained {
    let drained = drain(work, &kind.shards(), until).await;
    if drained != Drained::default() {
        let kind: &'static str = kind.into();
        let Drained {
            done,
            failed,
            is_cut_short,
        } = drained;
        info!(kind, done, failed, isCutShort = is_cut_short, "a pass");
    }
    drained
}

impl Work for Exports<'_> {
    /// Of pending exports all are read, in the same calls, since the oldest one may be in somebody's hands.
    async fn page(&self, shard: &DueShard, from: Option<DuePlace>) -> Result<DuePage, AwsError> {
        let exports = &self.reconciler.exports;
        let until = match self.kind {
            DueKind::Pending => Timestamp::MAX,
            _ => self.before,
        };
        let mut page = exports.due(shard, until, from, PAGE).await?;
        if self.kind == DueKind::Pending {
            let seen = page.due.iter().filter_map(|due| due.export().ok());
            let seen = seen.map(|(_, id)| id.created_at());
            self.oldest.set(seen.chain(self.oldest.get()).min());
            page.due.retain(|due| due.at <= self.before.as_second());
        }
        Ok(page)
    }

    async fn work(&self, due: &[Due]) -> Result<usize, AwsError> {
        for export in due {
            self.reconcile(export).await?;
        }
        Ok(0)
    }
}

impl Exports<'_> {
    async fn reconcile(&self, due: &Due) -> Result<(), AwsError> {
        let Reconciler {
            exports,
            files,
            queue,
            ..
        } = self.reconciler;
        let (tenant_id, id) = due.export()?;
        let done = match self.kind {
            DueKind::Pending => {
                // A message too many does no harm: it meets a live lease, or an export that has ended.
                queue.send(tenant_id, &id, SignedDuration::ZERO).await?;
                exports.record_resent(tenant_id, &id, self.now).await?;
                "sent again"
            }
            DueKind::Expiry => {
                expire(exports, files, tenant_id, &id, self.now).await?;
                "expired"
            }
            DueKind::CleanUp => {
                if let Some(export) = exports.find(tenant_id, &id).await? {
                    files.clean(&export, |_| true, &[]).await?;
                    exports.record_cleaned(&export).await?;
                }
                "cleaned up"
            }
            DueKind::Event | DueKind::Schedule => return Ok(()),
        };
        info!(tenantId = tenant_id, exportId = %id, done, "reconciled");
        Ok(())
    }
}

impl Work for Events<'_> {
    /// The audit trail writes as many in one call, and the bus takes them in three.
    const CHUNK: usize = 25;

    async fn page(&self, shard: &DueShard, from: Option<DuePlace>) -> Result<DuePage, AwsError> {
        let exports = &self.reconciler.exports;
        exports.due(shard, self.now, from, PAGE).await
    }

    async fn work(&self, due: &[Due]) -> Result<usize, AwsError> {
        let Reconciler {
            exports,
            bus,
            trail,
            ..
        } = self.reconciler;
        let untold = exports.untold(due).await?;
        let told = exports.tell(bus, trail, &untold).await;
        let left = told.iter().filter(|is_told| !**is_told).count();
        if left > 0 {
            error!(left, "events are not told yet");
        }
        Ok(left)
    }
}
