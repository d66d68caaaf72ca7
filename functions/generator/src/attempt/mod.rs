//! One attempt at an export: claim it, make and deliver its file as far as the invocation allows, and decide what follows.

mod deliver;
mod next_step;
pub mod slot;

use std::pin::pin;

use futures::{
    FutureExt,
    future::{Either, LocalBoxFuture, ready, select},
};
use jiff::SignedDuration;
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Claim, Superseded},
        ledger::Layout,
    },
    domain::{
        export::{Export, State},
        id::ExportId,
        time,
    },
    ending::fail,
    logging::note_attempt,
    metrics,
};
use tracing::warn;

use self::{
    next_step::{NextStep, next_step, reason_to_give_up},
    slot::Slot,
};

use crate::{
    error::AttemptError, file::Made, generator::Generator, invocation::Invocation, outcome::Outcome,
};

impl Generator {
    /// Works on an export until it is READY or the invocation ends, if its tenant has a slot for it. A message that comes
    /// twice or late changes nothing: one attempt at a time can claim an export, and none once it has ended.
    ///
    /// What only reads is not waited for: the ledger's layout is read beside the claim, and the first pages beside the taking
    /// of a slot.
    ///
    /// Fails if neither the work was done nor another message sent for it: the message must come back.
    pub async fn work(
        &self,
        tenant_id: &str,
        id: &ExportId,
        invocation: &Invocation,
    ) -> Result<Outcome, AwsError> {
        let layout = self.ledger.layout(tenant_id, id.dataset());
        let (claim, layout) = beside(self.exports.claim(tenant_id, id, time::now()), layout).await;
        let attempt = match claim? {
            Claim::Begun(attempt) => attempt,
            Claim::Held => return Ok(Outcome::Held),
            // It may have been woken, and ended before it could begin.
            Claim::Over => {
                self.give_up_slot(tenant_id, id).await?;
                return Ok(Outcome::Over);
            }
        };
        note_attempt(attempt.fence);
        let slot = Slot::default();
        let (is_taken, worked) = tokio::join!(
            self.take_slot(&attempt, invocation, &slot),
            self.attempt(&attempt, layout, invocation, &slot)
        );
        if is_taken? {
            self.leave_slot(&attempt, invocation).await;
        }
        worked
    }

    /// One attempt. Until it has a slot of the tenant, it changes nothing.
    async fn attempt(
        &self,
        attempt: &Attempt,
        layout: LayoutOnTheWay<'_>,
        invocation: &Invocation,
        slot: &Slot,
    ) -> Result<Outcome, AwsError> {
        let advanced = match reason_to_give_up(attempt, time::now()) {
            None => Ok(self.advance(attempt, layout, invocation, slot).await),
            Some(reason) => Err(reason),
        };
        if slot.taken().await.is_err() {
            return Ok(Outcome::Waiting);
        }
        let advanced = match advanced {
            Ok(advanced) => advanced,
            Err(reason) => return self.give_up(attempt, reason).await,
        };
        let error = match advanced {
            Ok(Advance::Ready) => return Ok(Outcome::Ready),
            Ok(Advance::InPart) => {
                self.hand_over(attempt).await?;
                return Ok(Outcome::Continued);
            }
            Err(error) => error,
        };
        warn!(tries = attempt.tries, cause = %error, "the attempt ended early");
        let tries = if invocation.has_advanced.get() {
            1
        } else {
            attempt.tries
        };
        match next_step(&error, tries) {
            NextStep::Leave => self.leave(attempt).await,
            NextStep::GiveUp(reason) => self.give_up(attempt, reason).await,
            NextStep::RetryAfter { pause, waiting_for } => {
                metrics::retried(error.is_throttled());
                self.retry_after(attempt, pause, &waiting_for).await?;
                Ok(Outcome::Retried)
            }
            NextStep::Restart => match self.exports.restart(attempt).await? {
                Ok(()) => {
                    self.hand_over(attempt).await?;
                    Ok(Outcome::Restarted)
                }
                Err(Superseded) => Ok(Outcome::Superseded),
            },
        }
    }

    /// Makes the file and delivers it. If an earlier attempt has made the file, only its mail is sent.
    async fn advance(
        &self,
        attempt: &Attempt,
        layout: LayoutOnTheWay<'_>,
        invocation: &Invocation,
        slot: &Slot,
    ) -> Result<Advance, AttemptError> {
        let (file, rules) = match attempt.export.delivery() {
            Some(delivery) => {
                slot.taken().await?;
                (delivery.file.clone(), None)
            }
            None => match self.make(attempt, layout, invocation, slot).await? {
                Made::Whole { file, rules } => (*file, Some(rules)),
                Made::InPart => return Ok(Advance::InPart),
            },
        };
        self.deliver(attempt, file.clone(), rules).await?;
        if attempt.fence > 1 || invocation.has_advanced.get() {
            self.clean(attempt, &file).await;
        }
        Ok(Advance::Ready)
    }

    /// Another attempt has the export, or it has ended. If it has ended without a file, what this attempt has put into the
    /// bucket since then goes too.
    async fn leave(&self, attempt: &Attempt) -> Result<Outcome, AwsError> {
        let Export { tenant_id, id, .. } = &attempt.export;
        if let Some(export) = self.exports.find(tenant_id, id).await?
            && matches!(export.state, State::Failed { .. } | State::Cancelled(_))
        {
            self.files.clean(&export, |_| true, &[]).await?;
        }
        Ok(Outcome::Superseded)
    }

    async fn give_up(&self, attempt: &Attempt, reason: &str) -> Result<Outcome, AwsError> {
        let export = &attempt.export;
        warn!(reason, "given up");
        fail(
            &self.exports,
            &self.files,
            &export.tenant_id,
            &export.id,
            Some(attempt.fence),
            reason,
            time::now(),
        )
        .await?;
        Ok(Outcome::GivenUp)
    }

    /// Sends the message first. If the process dies before the lease is released, the message meets a live lease and is
    /// dropped, and the reconciler sends another one when the lease has ended.
    async fn retry_after(
        &self,
        attempt: &Attempt,
        delay: SignedDuration,
        waiting_for: &str,
    ) -> Result<(), AwsError> {
        let Export { tenant_id, id, .. } = &attempt.export;
        self.queue.send(tenant_id, id, delay).await?;
        // This is refused only if another attempt has the export.
        let retry_at = time::now() + delay;
        let _ = self
            .exports
            .release(attempt, retry_at, Some(waiting_for))
            .await?;
        Ok(())
    }

    /// Releases the lease first, because the message has no delay. If the message cannot be sent, the reconciler sends it.
    ///
    /// The message is sent even if the release is refused: the SDK may have repeated one whose answer was lost. If another
    /// attempt has the export, a message too many does no harm.
    async fn hand_over(&self, attempt: &Attempt) -> Result<(), AwsError> {
        let Export { tenant_id, id, .. } = &attempt.export;
        let _ = self.exports.release(attempt, time::now(), None).await?;
        if let Err(cause) = self.queue.send(tenant_id, id, SignedDuration::ZERO).await {
            warn!(%cause, "the reconciler sends the message");
        }
        Ok(())
    }
}

/// The layout of the tenant's records, which was asked for before it was known whether the export is to be made.
pub type LayoutOnTheWay<'a> = LocalBoxFuture<'a, Result<Option<Layout>, AwsError>>;

/// What `first` comes to, and `second`, which goes on from where it is by then.
async fn beside<'a, A, B: 'a>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B> + 'a,
) -> (A, LocalBoxFuture<'a, B>) {
    match select(pin!(first), second.boxed_local()).await {
        Either::Left((first, second)) => (first, second),
        Either::Right((second, first)) => (first.await, ready(second).boxed_local()),
    }
}

/// How far an attempt brought its export.
enum Advance {
    Ready,
    /// A continuation makes the rest of the file.
    InPart,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    async fn after(seconds: u64) -> u64 {
        sleep(Duration::from_secs(seconds)).await;
        seconds
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_begun_beside_something_else_is_not_waited_for_and_goes_on() {
        let began = Instant::now();
        let (first, second) = beside(after(1), after(3)).await;
        assert_eq!((first, began.elapsed().as_secs()), (1, 1));
        assert_eq!((second.await, began.elapsed().as_secs()), (3, 3));

        let began = Instant::now();
        let (first, second) = beside(after(3), after(1)).await;
        assert_eq!((first, began.elapsed().as_secs()), (3, 3));
        assert_eq!((second.await, began.elapsed().as_secs()), (1, 3));
    }
}
