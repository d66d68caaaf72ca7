//! The lines of a file, counted from 1.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
};

/// Most bytes that a record may take. More is not a record but a quote or a line break that is missing.
pub const LONGEST_RECORD: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads line by line, without a byte order mark at the start.
pub struct Lines<R> {
    input: R,
    /// Of the line that was read last.
    number: u64,
}

impl Lines<BufReader<File>> {
    pub fn open(path: &std::path::Path) -> io::Result<Self> {
        Ok(Self::new(BufReader::with_capacity(
            1 << 16,
            File::open(path)?,
        )))
    }
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    pub fn number(&self) -> u64 {
        self.number
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
            self.number += 1;
            if self.number == 1 && buffer[start..].starts_with(BYTE_ORDER_MARK) {
                buffer.drain(start..start + BYTE_ORDER_MARK.len());
            }
        }
        Ok(read > 0)
    }
}
