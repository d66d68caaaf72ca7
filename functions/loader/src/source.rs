//! The bytes of a file, read a window at a time, so that memory holds a few windows however long the file is.

use std::{
    io::{self, BufRead, BufReader, Read},
    ops::Range,
};

use bytes::{Buf, Bytes};
use flate2::bufread::MultiGzDecoder;
use futures::{StreamExt, stream};
use record_files::Format;
use shared::aws::{
    AwsError,
    inbox::{Dropped, Inbox, Replaced},
    retry::with_back_off,
};
use tokio::sync::mpsc;

use crate::stop::Stop;

/// Bytes of a window. A window whose answer breaks off is read again.
const WINDOW: u64 = 2 << 20;

/// Windows that are on their way at the same time.
const WINDOWS_AHEAD: usize = 3;

const GZIP: &[u8] = &[0x1F, 0x8B];

/// A file to read. It may be opened several times.
#[derive(Clone, Debug)]
pub struct Source {
    inbox: Inbox,
    key: String,
    entity_tag: String,
    size: u64,
    is_gzip: bool,
}

/// Why a window could not be read; it travels through the readers as the cause of an [`io::Error`].
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    #[error(transparent)]
    Replaced(#[from] Replaced),
    #[error(transparent)]
    Aws(#[from] AwsError),
    #[error("the file ended before its end")]
    Short,
}

pub type Input = Box<dyn BufRead + Send>;

impl Source {
    /// Looks at the start of a file, which tells whether it is compressed.
    pub async fn of(inbox: &Inbox, key: &str, file: &Dropped) -> Result<Self, Stop> {
        let most = (GZIP.len() as u64).min(file.size);
        let is_gzip = if most == 0 {
            false
        } else {
            let read = || inbox.read(key, &file.entity_tag, 0..most);
            with_back_off(read).await?? == GZIP
        };
        Ok(Self {
            inbox: inbox.clone(),
            key: key.to_owned(),
            entity_tag: file.entity_tag.clone(),
            size: file.size,
            is_gzip,
        })
    }

    /// Opens the unpacked file at an offset. To be called and read from a thread that may wait.
    ///
    /// A compressed file is read over up to there.
    pub fn open(&self, offset: u64) -> io::Result<Input> {
        if !self.is_gzip {
            return Ok(Box::new(self.windows(offset)));
        }
        let mut unpacked = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(self.windows(0)));
        let skipped = io::copy(&mut unpacked.by_ref().take(offset), &mut io::sink())?;
        if skipped < offset {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Box::new(unpacked))
    }

    /// Tells the format from the file's name or from its start.
    pub fn format(&self, input: &mut Input) -> io::Result<Format> {
        let name = self.key.strip_suffix(".gz").unwrap_or(&self.key);
        Ok(Format::of(name, input.fill_buf()?))
    }

    fn windows(&self, offset: u64) -> Windows {
        let (sender, receiver) = mpsc::channel(1);
        let source = self.clone();
        tokio::spawn(async move {
            let mut read = stream::iter(windows(offset, source.size))
                .map(|range| source.read(range))
                .buffered(WINDOWS_AHEAD);
            while let Some(window) = read.next().await {
                let has_failed = window.is_err();
                if sender.send(window).await.is_err() || has_failed {
                    break;
                }
            }
        });
        Windows {
            receiver,
            current: Bytes::new(),
            left: self.size.saturating_sub(offset),
        }
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFailure> {
        let read = || self.inbox.read(&self.key, &self.entity_tag, range.clone());
        Ok(with_back_off(read).await??)
    }
}

fn windows(offset: u64, size: u64) -> impl Iterator<Item = Range<u64>> {
    (0..size.saturating_sub(offset).div_ceil(WINDOW)).map(move |window| {
        let start = offset + window * WINDOW;
        start..(start + WINDOW).min(size)
    })
}

/// Windows of a file, one after another, as a reader.
struct Windows {
    receiver: mpsc::Receiver<Result<Bytes, ReadFailure>>,
    current: Bytes,
    /// Bytes that have not come yet.
    left: u64,
}

impl BufRead for Windows {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.is_empty() && self.left > 0 {
            self.current = match self.receiver.blocking_recv() {
                Some(window) => window.map_err(io::Error::other)?,
                // Nobody may take it for the end of the file.
                None => return Err(io::Error::other(ReadFailure::Short)),
            };
            self.left -= self.current.len() as u64;
        }
        Ok(&self.current)
    }

    fn consume(&mut self, count: usize) {
        self.current.advance(count);
    }
}

impl Read for Windows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_are_the_file_from_the_offset_on() {
        assert_eq!(windows(0, 0).count(), 0);
        assert_eq!(windows(7, 7).count(), 0);
        let all: Vec<_> = windows(5, 2 * WINDOW).collect();
        assert_eq!(all, [5..WINDOW + 5, WINDOW + 5..2 * WINDOW]);
    }

    #[test]
    fn a_file_whose_windows_stop_coming_is_not_taken_for_whole() {
        let (sender, receiver) = mpsc::channel(2);
        sender.try_send(Ok(Bytes::from_static(b"ab"))).unwrap();
        drop(sender);
        let mut windows = Windows {
            receiver,
            current: Bytes::new(),
            left: 3,
        };
        let mut text = String::new();
        let error = windows.read_to_string(&mut text).unwrap_err();
        assert!(error.get_ref().unwrap().is::<ReadFailure>());
        assert_eq!(text, "ab");
    }
}
