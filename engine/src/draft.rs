//! The file while it is written: the current part, and the hash, size and totals of everything so far.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{
    Digest, Sha256,
    digest::common::hazmat::{SerializableState, SerializedState},
};

use crate::{rows::Rows, totals::Totals};

/// The bytes that are hashed at a time: enough to be fast, and few enough to be still in the processor's cache.
const HASHED_AT_ONCE: usize = 64 * 1024;

/// A file that is being written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The rows since the last part.
    buffer: Vec<u8>,
    /// How much of the buffer the hash covers.
    hashed: usize,
    hash: Sha256,
    /// Bytes in the parts that were taken.
    taken: u64,
    rows: u64,
    totals: Totals,
}

/// The hash, size and totals of a file so far, in a form that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftState {
    pub rows: u64,
    /// Of the file so far.
    pub bytes: u64,
    /// Of them, how many were taken in parts. The others are the tail.
    pub taken: u64,
    hash: Vec<u8>,
    totals: Totals,
}

impl Draft {
    /// An empty file with its first row.
    pub fn new(header: &[u8]) -> Self {
        Self {
            buffer: header.to_vec(),
            hashed: 0,
            hash: Sha256::new(),
            taken: 0,
            rows: 0,
            totals: Totals::default(),
        }
    }

    /// The file as it was when its state was stored. `None` if the tail has another size than then, or the state is invalid.
    pub fn resume(state: &DraftState, tail: Vec<u8>) -> Option<Self> {
        if state.taken + tail.len() as u64 != state.bytes {
            return None;
        }
        let hash = SerializedState::<Sha256>::try_from(state.hash.as_slice()).ok()?;
        Some(Self {
            hashed: tail.len(),
            buffer: tail,
            hash: Sha256::deserialize(&hash).ok()?,
            taken: state.taken,
            rows: state.rows,
            totals: state.totals.clone(),
        })
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    pub fn bytes(&self) -> u64 {
        self.taken + self.buffer.len() as u64
    }

    /// The rows since the last part.
    pub fn tail(&self) -> &[u8] {
        &self.buffer
    }

    /// Adds a row.
    #[inline]
    pub fn push(&mut self, rows: &Rows, index: usize) {
        if let Some((currency, amount)) = rows.amount(index) {
            self.totals.add(currency, amount);
        }
        self.buffer.extend_from_slice(rows.line(index));
        self.rows += 1;
        if self.buffer.len() - self.hashed >= HASHED_AT_ONCE {
            self.hash_all();
        }
    }

    /// Takes the current part. `next` becomes the buffer of the part after it.
    pub fn take_part(&mut self, next: Vec<u8>) -> Vec<u8> {
        self.hash_all();
        self.taken += self.buffer.len() as u64;
        self.hashed = 0;
        std::mem::replace(&mut self.buffer, next)
    }

    /// The state of the file so far.
    pub fn state(&mut self) -> DraftState {
        self.hash_all();
        DraftState {
            rows: self.rows,
            bytes: self.bytes(),
            taken: self.taken,
            hash: self.hash.serialize().to_vec(),
            totals: self.totals.clone(),
        }
    }

    fn hash_all(&mut self) {
        self.hash.update(&self.buffer[self.hashed..]);
        self.hashed = self.buffer.len();
    }
}

impl DraftState {
    /// The SHA-256 of the file so far.
    pub fn sha256(&self) -> Option<[u8; 32]> {
        let hash = SerializedState::<Sha256>::try_from(self.hash.as_slice()).ok()?;
        Some(Sha256::deserialize(&hash).ok()?.finalize().into())
    }

    /// The totals so far, by currency.
    pub fn totals(&self) -> BTreeMap<String, String> {
        self.totals.shown()
    }

    /// The number of rows so far that are in no total.
    pub fn rows_not_in_totals(&self) -> u64 {
        self.totals.left_out()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Decoder, Dialect, Format};

    fn rows(amounts: &[&str]) -> Rows {
        let items: Vec<_> = amounts
            .iter()
            .map(|amount| {
                format!(
                    r#"{{"sort":{{"S":"s"}},"amount":{{"S":"{amount}"}},"currency":{{"S":"EUR"}}}}"#
                )
            })
            .collect();
        let columns = [Column {
            name: "amount",
            format: Format::Verbatim,
        }];
        let json = format!(r#"{{"Items":[{}]}}"#, items.join(","));
        Decoder::new(&columns, "sort", Dialect::STANDARD)
            .decode(json.as_bytes())
            .unwrap()
            .rows
    }

    #[test]
    fn a_file_that_is_taken_up_again_ends_in_the_same_hash_and_totals() {
        let rows = rows(&["1.00", "2.50", "-0.25", "10"]);
        let mut undisturbed = Draft::new(b"amount\n");
        for index in 0..4 {
            undisturbed.push(&rows, index);
        }
        let mut file = Vec::new();
        let mut draft = Draft::new(b"amount\n");
        for index in 0..4 {
            draft.push(&rows, index);
            if index == 1 {
                file.extend(draft.take_part(Vec::new()));
            }
            let stored = serde_json::to_string(&draft.state()).unwrap();
            let state: DraftState = serde_json::from_str(&stored).unwrap();
            draft = Draft::resume(&state, draft.tail().to_vec()).unwrap();
        }
        file.extend_from_slice(draft.tail());
        assert_eq!(file, b"amount\n1.00\n2.50\n-0.25\n10\n");
        let state = draft.state();
        assert_eq!((state.rows, state.bytes, state.taken), (4, 26, 17));
        assert_eq!(
            state.sha256().unwrap(),
            <[u8; 32]>::from(Sha256::digest(&file))
        );
        assert_eq!(state.sha256(), undisturbed.state().sha256());
        assert_eq!(state.totals()["EUR"], "13.25");
    }

    #[test]
    fn a_tail_of_another_length_is_not_what_was_left() {
        let mut draft = Draft::new(b"amount\n");
        let state = draft.state();
        assert!(Draft::resume(&state, b"amount".to_vec()).is_none());
    }
}
