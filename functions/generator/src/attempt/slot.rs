//! The slots of a tenant: no more than so many of its exports are made at once, however many generators there are.

use jiff::SignedDuration;
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Released},
    },
    domain::{export::Export, id::ExportId, time},
    metrics,
};
use tokio::sync::SetOnce;
use tracing::warn;

use crate::{error::AttemptError, generator::Generator, invocation::Invocation};

/// What readers are told of an export that waits for a slot.
const OTHERS_ARE_MADE: &str = "As many exports as may be made at once for your company are being made. This one starts as \
     soon as one of them has ended.";

/// Whether an attempt has a slot, once that is known. Meanwhile it reads.
#[derive(Debug, Default)]
pub struct Slot(SetOnce<bool>);

impl Slot {
    /// Waits until the slot is taken. Fails if there is none.
    pub async fn taken(&self) -> Result<(), AttemptError> {
        match self.0.wait().await {
            true => Ok(()),
            false => Err(AttemptError::NoSlot),
        }
    }

    fn decide(&self, is_taken: bool) {
        // It is decided once, by the one who takes it.
        let _ = self.0.set(is_taken);
    }
}

impl Generator {
    /// Takes a slot for an attempt, which is told. If there is none, the export waits, and whoever gives a slot back sends its
    /// message. The attempt does not count then.
    pub async fn take_slot(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
        slot: &Slot,
    ) -> Result<bool, AwsError> {
        let Export { tenant_id, id, .. } = &attempt.export;
        let (most, now) = (self.most_per_tenant, time::now());
        let is_taken = self
            .exports
            .take_slot(tenant_id, id, invocation.ends_at, most, now)
            .await;
        let has_slot = matches!(is_taken, Ok(true));
        if has_slot && attempt.is_first() {
            metrics::first_attempt(&attempt.export, time::now());
        }
        // At once, so that an export without a slot reads no longer.
        slot.decide(has_slot);
        if is_taken? {
            return Ok(true);
        }
        // Recorded first: whoever is told that an export waits must find it. If this is refused, the SDK may have repeated a
        // write whose answer was lost.
        let _ = self
            .exports
            .wait_for_slot(attempt, OTHERS_ARE_MADE, now)
            .await?;
        if self.exports.want_slot(tenant_id, most, now).await?.is_err() {
            // A slot was given back in this moment, and perhaps the last one: nobody would wake the export.
            self.queue.send(tenant_id, id, SignedDuration::ZERO).await?;
        }
        Ok(false)
    }

    /// Gives the slot back, and wakes the tenant's export that waits for one. If that fails, the slot ends with the
    /// invocation's time, and the reconciler sends the message.
    pub async fn leave_slot(&self, attempt: &Attempt, invocation: &Invocation) {
        let Export { tenant_id, id, .. } = &attempt.export;
        let left = async {
            let until = Some(invocation.ends_at);
            let released = self.exports.release_slot(tenant_id, id, until).await?;
            self.wake_next(tenant_id, released).await
        };
        if let Err(cause) = left.await {
            warn!(%cause, "the reconciler wakes what waits for a slot");
        }
    }

    /// Gives back whatever slot is kept for an export that has ended.
    pub async fn give_up_slot(&self, tenant_id: &str, id: &ExportId) -> Result<(), AwsError> {
        let released = self.exports.release_slot(tenant_id, id, None).await?;
        self.wake_next(tenant_id, released).await
    }

    async fn wake_next(&self, tenant_id: &str, released: Released) -> Result<(), AwsError> {
        let Released::Wanted(wanted_at) = released else {
            return Ok(());
        };
        let now = time::now();
        let next = self
            .exports
            .next_waiting(tenant_id, wanted_at, self.most_per_tenant, now)
            .await?;
        match next {
            Some(id) => self.queue.send(tenant_id, &id, SignedDuration::ZERO).await,
            None => Ok(()),
        }
    }
}
