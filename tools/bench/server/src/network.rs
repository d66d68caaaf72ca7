//! A network as slow as Lambda's, for connections that are in truth as fast as memory.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// How often new bytes may pass. It is long enough for a timer, and short next to an answer.
const SLOT: Duration = Duration::from_millis(10);

/// What all connections together may send in each direction.
#[derive(Clone, Debug)]
pub struct Network {
    to_client: Arc<Bucket>,
    from_client: Arc<Bucket>,
}

impl Network {
    pub fn new(megabytes_per_second: u32) -> Self {
        let bucket = || Arc::new(Bucket::new(megabytes_per_second, Instant::now()));
        Self {
            to_client: bucket(),
            from_client: bucket(),
        }
    }
}

/// Bytes that may pass now. In each slot there are new ones; those of earlier slots are lost.
#[derive(Debug)]
struct Bucket {
    per_slot: i64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Below zero, what passed is more than was left: the next slots make up for it.
    left: i64,
    slot_began: Instant,
}

impl Bucket {
    fn new(megabytes_per_second: u32, now: Instant) -> Self {
        let per_slot = i64::from(megabytes_per_second) * 10_000;
        let state = Mutex::new(State {
            left: per_slot,
            slot_began: now,
        });
        Self { per_slot, state }
    }

    /// When bytes may pass; `None` if they may now.
    fn opens_at(&self, now: Instant) -> Option<Instant> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let slots = now.duration_since(state.slot_began).as_millis() / SLOT.as_millis();
        let slots = u32::try_from(slots).unwrap_or(u32::MAX);
        state.slot_began += SLOT * slots;
        state.left = (state.left + i64::from(slots) * self.per_slot).min(self.per_slot);
        (state.left <= 0).then(|| state.slot_began + SLOT)
    }

    /// Takes note of bytes that have passed.
    fn passed(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.left -= bytes as i64;
    }
}

/// A connection over the network.
pub struct Slowed<S> {
    stream: S,
    reading: Direction,
    writing: Direction,
}

struct Direction {
    bucket: Arc<Bucket>,
    wait: Option<Pin<Box<Sleep>>>,
}

impl<S> Slowed<S> {
    pub fn new(stream: S, network: &Network) -> Self {
        Self {
            stream,
            reading: Direction::new(&network.from_client),
            writing: Direction::new(&network.to_client),
        }
    }
}

impl Direction {
    fn new(bucket: &Arc<Bucket>) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            wait: None,
        }
    }

    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(wait) = &mut self.wait {
                ready!(wait.as_mut().poll(context));
                self.wait = None;
            }
            match self.bucket.opens_at(Instant::now()) {
                None => return Poll::Ready(()),
                Some(at) => self.wait = Some(Box::pin(sleep_until(at))),
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Slowed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.reading.poll_open(context));
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.reading.bucket.passed(buffer.filled().len() - before);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Slowed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.writing.poll_open(context));
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.writing.bucket.passed(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_passes_as_many_megabytes_as_the_network_has() {
        let mut now = Instant::now();
        let end = now + Duration::from_secs(1);
        let bucket = Bucket::new(75, now);
        let mut passed = 0;
        while now < end {
            match bucket.opens_at(now) {
                None => {
                    bucket.passed(400_000);
                    passed += 400_000;
                }
                Some(at) => now = at,
            }
        }
        assert!((75_000_000..76_500_000).contains(&passed), "{passed}");
    }

    #[test]
    fn what_was_not_sent_is_lost() {
        let now = Instant::now();
        let bucket = Bucket::new(75, now);
        assert_eq!(bucket.opens_at(now + Duration::from_secs(60)), None);
        bucket.passed(750_000);
        assert!(bucket.opens_at(now + Duration::from_secs(60)).is_some());
    }
}
