//! A compressed file while it is written: members that can be read one after the other.
//!
//! A member ends with the row that makes its text long enough. So where it ends follows from the text alone: a file that is
//! taken up again has the same members.

use serde::{Deserialize, Serialize};

use crate::{
    draft::Content,
    hash::{Hash, HashState},
};

/// Writes members.
pub trait Compressor {
    /// Bytes of text after which a member ends with its row. Always the same.
    fn member_size(&self) -> usize;

    /// Appends one whole member with this text. The same text is always the same member.
    fn compress(&mut self, text: &[u8], members: &mut Vec<u8>);
}

/// The members of a file.
pub struct Members {
    compressor: Box<dyn Compressor + Send>,
    /// Those since the last part.
    buffer: Vec<u8>,
    hash: Hash,
    /// Bytes of members in the parts that were taken.
    taken: u64,
}

/// How far the members of a file are, in a form that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersState {
    bytes: u64,
    /// Of the bytes, how many were taken in parts. The others begin the tail.
    taken: u64,
    hash: HashState,
}

impl Members {
    /// No members.
    pub fn new(compressor: Box<dyn Compressor + Send>) -> Self {
        Self {
            compressor,
            buffer: Vec::new(),
            hash: Hash::default(),
            taken: 0,
        }
    }

    /// The members as they were when their state was stored, and what follows them in the tail. `None` if the tail is too
    /// short for that, or the state is invalid.
    pub fn resume(
        state: &MembersState,
        compressor: Box<dyn Compressor + Send>,
        mut tail: Vec<u8>,
    ) -> Option<(Self, Vec<u8>)> {
        let left = state.bytes.checked_sub(state.taken)?.try_into().ok()?;
        if tail.len() < left {
            return None;
        }
        let text = tail.split_off(left);
        let members = Self {
            compressor,
            buffer: tail,
            hash: Hash::resume(&state.hash)?,
            taken: state.taken,
        };
        Some((members, text))
    }

    /// Those since the last part.
    pub fn tail(&self) -> &[u8] {
        &self.buffer
    }

    pub fn member_size(&self) -> usize {
        self.compressor.member_size()
    }

    pub fn is_empty(&self) -> bool {
        self.taken == 0 && self.buffer.is_empty()
    }

    /// Adds a member with this text.
    pub fn add(&mut self, text: &[u8]) {
        let before = self.buffer.len();
        self.compressor.compress(text, &mut self.buffer);
        self.hash.update(&self.buffer[before..]);
    }

    /// Takes the current part. `next` becomes the buffer of the part after it.
    pub fn take_part(&mut self, next: Vec<u8>) -> Vec<u8> {
        self.taken += self.buffer.len() as u64;
        std::mem::replace(&mut self.buffer, next)
    }

    pub fn state(&self) -> MembersState {
        MembersState {
            bytes: self.taken + self.buffer.len() as u64,
            taken: self.taken,
            hash: self.hash.state(),
        }
    }
}

impl MembersState {
    pub fn content(&self) -> Option<Content> {
        Content::of(self.bytes, &self.hash)
    }
}
