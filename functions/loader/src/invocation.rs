//! How long an invocation may work.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// When an invocation must stop.
#[derive(Clone, Copy, Debug)]
pub struct Invocation {
    /// From then on nothing more is begun: what is on its way is awaited, and another invocation goes on.
    pub stop_at: Instant,
    /// From then on the invocation waits for nothing: only the time to send the next one's message is left.
    pub give_up_at: Instant,
}

impl Invocation {
    /// An invocation that Lambda ends at `deadline`.
    pub fn until(deadline: SystemTime) -> Self {
        let left = deadline
            .duration_since(SystemTime::now())
            .unwrap_or_default();
        // Time for the batches on their way and their contacts, and until they count; then for a small call.
        let stop = (left / 4).min(Duration::from_secs(45));
        let now = Instant::now();
        Self {
            stop_at: now + left.saturating_sub(stop),
            give_up_at: now + left.saturating_sub(stop / 4),
        }
    }

    pub fn is_over(&self) -> bool {
        Instant::now() >= self.stop_at
    }
}
