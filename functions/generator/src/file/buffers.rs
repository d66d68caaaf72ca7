//! The memory of parts, used again for later ones.

use std::cell::RefCell;

use bytes::Bytes;

/// The buffers of parts that are in the bucket. A part takes one of these, because blocks of 5 MiB that come and go among
/// smaller ones leave holes in the heap, which then has up to 10 MiB more than is in use.
#[derive(Debug, Default)]
pub struct Buffers(RefCell<Vec<Vec<u8>>>);

impl Buffers {
    /// An empty buffer of at least this size.
    pub fn take(&self, size: usize) -> Vec<u8> {
        let spare = self.0.borrow_mut().pop();
        spare
            .filter(|buffer| buffer.capacity() >= size)
            .unwrap_or_else(|| Vec::with_capacity(size))
    }

    /// Keeps the memory of what is stored, unless it is still shared.
    pub fn give_back(&self, content: Bytes) {
        if content.is_unique() {
            let mut buffer = Vec::from(content);
            buffer.clear();
            self.0.borrow_mut().push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_used_again_if_it_is_large_enough() {
        let buffers = Buffers::default();
        let mut first = buffers.take(1000);
        let place = first.as_ptr();
        first.extend_from_slice(b"a row");
        buffers.give_back(first.into());
        let second = buffers.take(900);
        assert_eq!((second.as_ptr(), second.len()), (place, 0));
        assert!(second.capacity() >= 1000);
        buffers.give_back(second.into());
        assert!(buffers.take(2000).capacity() >= 2000);
    }

    #[test]
    fn what_somebody_still_reads_is_not_written_over() {
        let buffers = Buffers::default();
        let mut content = buffers.take(1000);
        content.extend_from_slice(b"a row");
        let content = Bytes::from(content);
        let read = content.clone();
        buffers.give_back(content);
        let next = buffers.take(1000);
        assert_ne!(next.as_ptr(), read.as_ptr());
    }
}
