//! The lines of a file, counted from 1.

use std::io::{self, BufRead, Read};

/// Most bytes that a record may take. More is not a record but a quote or a line break that is missing.
pub const LONGEST_RECORD: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A place in a file: what was read of it so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Lines.
    pub line: u64,
    /// Bytes, a byte order mark included.
    pub offset: u64,
}

/// Reads line by line, without a byte order mark at the start.
pub struct Lines<R> {
    input: R,
    place: Place,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Self::from(input, Place::default())
    }

    /// The lines after a place; `input` has the bytes from there on.
    pub fn from(input: R, place: Place) -> Self {
        Self { input, place }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    /// Of the line that was read last.
    pub fn number(&self) -> u64 {
        self.place.line
    }

    /// Appends the next line with its line break; false at the end of the file. A line of more than
    /// [`LONGEST_RECORD`] bytes comes in pieces, which count as lines.
    pub fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        let start = buffer.len();
        let read = self
            .input
            .by_ref()
            .take(LONGEST_RECORD as u64 + 1)
            .read_until(b'\n', buffer)?;
        if read > 0 {
            self.place.line += 1;
            self.place.offset += read as u64;
            if self.place.line == 1 && buffer[start..].starts_with(BYTE_ORDER_MARK) {
                buffer.drain(start..start + BYTE_ORDER_MARK.len());
            }
        }
        Ok(read > 0)
    }
}
