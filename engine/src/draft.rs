//! The file while it is written: the current part, and the hash, size and totals of everything so far.
//!
//! A file is the text of its rows, or that text in compressed members.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    hash::{Hash, HashState},
    members::{Compressor, Members, MembersState},
    rows::Rows,
    totals::Totals,
};

/// The bytes that are hashed at a time: enough to be fast, and few enough to be still in the processor's cache.
const HASHED_AT_ONCE: usize = 64 * 1024;

/// A file that is being written.
pub struct Draft {
    /// The rows since the last part or, in a compressed file, since the last member.
    buffer: Vec<u8>,
    /// How much of the buffer the hash covers.
    hashed: usize,
    /// The length of the buffer at which there is something to do besides adding rows.
    next_pause: usize,
    hash: Hash,
    /// Bytes of text before the buffer.
    before: u64,
    rows: u64,
    totals: Totals,
    members: Option<Members>,
}

/// The hashes, sizes and totals of a file so far, in a form that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftState {
    pub rows: u64,
    /// Of the text so far.
    bytes: u64,
    hash: HashState,
    totals: Totals,
    #[serde(flatten)]
    form: FormState,
}

/// What became of the text. The two have no field in common: a release that knows no compression cannot take up a compressed
/// file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum FormState {
    Text {
        /// Bytes that were taken in parts. The others are the tail.
        taken: u64,
    },
    Compressed {
        /// Bytes that are in members. The others end the tail.
        packed: u64,
        members: MembersState,
    },
}

/// Bytes, by their number and their SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    pub size: u64,
    pub sha256: [u8; 32],
}

impl Draft {
    /// An empty file with its first row.
    pub fn new(header: &[u8], compressor: Option<Box<dyn Compressor + Send>>) -> Self {
        let mut draft = Self {
            buffer: header.to_vec(),
            hashed: 0,
            next_pause: 0,
            hash: Hash::default(),
            before: 0,
            rows: 0,
            totals: Totals::default(),
            members: compressor.map(Members::new),
        };
        draft.plan_pause();
        draft
    }

    /// The file as it was when its state was stored. `None` if the tail has another size than then, the state is invalid, or
    /// the file had another form.
    pub fn resume(
        state: &DraftState,
        tail: Vec<u8>,
        compressor: Option<Box<dyn Compressor + Send>>,
    ) -> Option<Self> {
        let (before, buffer, members) = match (&state.form, compressor) {
            (FormState::Text { taken }, None) => (*taken, tail, None),
            (FormState::Compressed { packed, members }, Some(compressor)) => {
                let (members, text) = Members::resume(members, compressor, tail)?;
                (*packed, text, Some(members))
            }
            _ => return None,
        };
        if before + buffer.len() as u64 != state.bytes {
            return None;
        }
        let mut draft = Self {
            hashed: buffer.len(),
            buffer,
            next_pause: 0,
            hash: Hash::resume(&state.hash)?,
            before,
            rows: state.rows,
            totals: state.totals.clone(),
            members,
        };
        draft.plan_pause();
        Some(draft)
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    pub fn is_compressed(&self) -> bool {
        self.members.is_some()
    }

    /// What a resumed file begins with: all that is in no part. In a compressed file these are members, and then rows.
    pub fn tail(&self) -> Vec<u8> {
        match &self.members {
            None => self.buffer.clone(),
            Some(members) => [members.tail(), &self.buffer].concat(),
        }
    }

    pub fn is_tail_empty(&self) -> bool {
        self.buffer.is_empty() && self.part_size() == 0
    }

    /// Bytes that the current part has already.
    #[inline]
    pub fn part_size(&self) -> usize {
        match &self.members {
            None => self.buffer.len(),
            Some(members) => members.tail().len(),
        }
    }

    /// Adds a row.
    #[inline]
    pub fn push(&mut self, rows: &Rows, index: usize) {
        if let Some((currency, amount)) = rows.amount(index) {
            self.totals.add(currency, amount);
        }
        self.buffer.extend_from_slice(rows.line(index));
        self.rows += 1;
        if self.buffer.len() >= self.next_pause {
            self.pause();
        }
    }

    /// Takes the current part, with every row so far. `next` becomes the buffer of the part after it.
    pub fn take_part(&mut self, next: Vec<u8>) -> Vec<u8> {
        self.hash_all();
        self.end_member();
        match &mut self.members {
            Some(members) => members.take_part(next),
            None => {
                self.before += self.buffer.len() as u64;
                self.hashed = 0;
                self.plan_pause();
                std::mem::replace(&mut self.buffer, next)
            }
        }
    }

    /// The state of the file so far.
    pub fn state(&mut self) -> DraftState {
        self.hash_all();
        DraftState {
            rows: self.rows,
            bytes: self.before + self.buffer.len() as u64,
            hash: self.hash.state(),
            totals: self.totals.clone(),
            form: match &self.members {
                None => FormState::Text { taken: self.before },
                Some(members) => FormState::Compressed {
                    packed: self.before,
                    members: members.state(),
                },
            },
        }
    }

    #[cold]
    fn pause(&mut self) {
        self.hash_all();
        let is_long = |members: &Members| self.buffer.len() >= members.member_size();
        if self.members.as_ref().is_some_and(is_long) {
            self.end_member();
        }
    }

    /// Where members end must depend on the text alone, and not on where hashing began.
    fn plan_pause(&mut self) {
        let next = self.hashed + HASHED_AT_ONCE;
        self.next_pause = match &self.members {
            None => next,
            Some(members) => next.min(members.member_size()),
        };
    }

    fn hash_all(&mut self) {
        self.hash.update(&self.buffer[self.hashed..]);
        self.hashed = self.buffer.len();
        self.plan_pause();
    }

    /// Makes the rows since the last member one more, if the file has members. A file without any text has one that is empty.
    fn end_member(&mut self) {
        let Some(members) = &mut self.members else {
            return;
        };
        if self.buffer.is_empty() && !members.is_empty() {
            return;
        }
        members.add(&self.buffer);
        self.before += self.buffer.len() as u64;
        self.buffer.clear();
        self.hashed = 0;
        self.plan_pause();
    }
}

impl DraftState {
    /// The file so far, as it is in its parts and its tail. `None` if the state is invalid. Rows that are in no member yet are not
    /// counted.
    pub fn file(&self) -> Option<Content> {
        match &self.form {
            FormState::Text { .. } => self.text(),
            FormState::Compressed { members, .. } => members.content(),
        }
    }

    /// The text of the file so far. `None` if the state is invalid.
    pub fn text(&self) -> Option<Content> {
        Content::of(self.bytes, &self.hash)
    }

    pub fn is_compressed(&self) -> bool {
        matches!(self.form, FormState::Compressed { .. })
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

impl Content {
    pub(crate) fn of(size: u64, hash: &HashState) -> Option<Self> {
        let sha256 = Hash::resume(hash)?.sha256();
        Some(Self { size, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::{Compression, bufread::GzDecoder, read::MultiGzDecoder, write::GzEncoder};
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::{Column, Decoder, Dialect, Format};

    /// With members of so many bytes of text.
    struct Gzip(usize);

    impl Compressor for Gzip {
        fn member_size(&self) -> usize {
            self.0
        }

        fn compress(&mut self, text: &[u8], members: &mut Vec<u8>) {
            let mut encoder = GzEncoder::new(members, Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap();
        }
    }

    fn gzip_of(member_size: usize) -> Option<Box<dyn Compressor + Send>> {
        Some(Box::new(Gzip(member_size)))
    }

    fn gzip() -> Option<Box<dyn Compressor + Send>> {
        gzip_of(10)
    }

    /// The length of each member's text.
    fn members(mut file: &[u8]) -> Vec<usize> {
        let mut lengths = Vec::new();
        while !file.is_empty() {
            let mut text = Vec::new();
            GzDecoder::new(&mut file).read_to_end(&mut text).unwrap();
            lengths.push(text.len());
        }
        lengths
    }

    fn unpacked(file: &[u8]) -> String {
        let mut text = String::new();
        MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
        text
    }

    fn content(bytes: &[u8]) -> Content {
        Content {
            size: bytes.len() as u64,
            sha256: Sha256::digest(bytes).into(),
        }
    }

    /// What was stored before there were compressed files.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "they are only read")]
    struct Earlier {
        rows: u64,
        bytes: u64,
        taken: u64,
        hash: Vec<u8>,
        totals: Totals,
    }

    fn stored(draft: &mut Draft) -> DraftState {
        let stored = serde_json::to_string(&draft.state()).unwrap();
        serde_json::from_str(&stored).unwrap()
    }

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
        let mut undisturbed = Draft::new(b"amount\n", None);
        for index in 0..4 {
            undisturbed.push(&rows, index);
        }
        let mut file = Vec::new();
        let mut draft = Draft::new(b"amount\n", None);
        for index in 0..4 {
            draft.push(&rows, index);
            if index == 1 {
                file.extend(draft.take_part(Vec::new()));
            }
            let state = stored(&mut draft);
            draft = Draft::resume(&state, draft.tail(), None).unwrap();
        }
        file.extend(draft.tail());
        assert_eq!(file, b"amount\n1.00\n2.50\n-0.25\n10\n");
        let state = draft.state();
        assert_eq!(state.rows, 4);
        assert_eq!(state.file(), Some(content(&file)));
        assert_eq!(state.file(), undisturbed.state().file());
        assert_eq!(state.totals()["EUR"], "13.25");
    }

    #[test]
    fn a_tail_of_another_length_is_not_what_was_left() {
        let mut draft = Draft::new(b"amount\n", None);
        let state = draft.state();
        assert!(Draft::resume(&state, b"amount".to_vec(), None).is_none());
    }

    #[test]
    fn a_compressed_file_has_the_same_members_wherever_it_is_taken_up_again() {
        let rows = rows(&["1.00", "2.50", "-0.25", "10", "0.5", "7.75", "3"]);
        let file_of = |stops: &[usize]| {
            let mut draft = Draft::new(b"amount\n", gzip());
            let (mut file, mut parts) = (Vec::new(), 1);
            for index in 0..rows.len() {
                if draft.part_size() > 40 {
                    file.extend(draft.take_part(Vec::new()));
                    parts += 1;
                }
                draft.push(&rows, index);
                if stops.contains(&index) {
                    let state = stored(&mut draft);
                    draft = Draft::resume(&state, draft.tail(), gzip()).unwrap();
                }
            }
            file.extend(draft.take_part(Vec::new()));
            assert_eq!(parts, 2);
            let state = stored(&mut draft);
            (file, state)
        };
        let (file, state) = file_of(&[]);
        assert_eq!(members(&file), [12, 11, 12, 2]);
        let text = "amount\n1.00\n2.50\n-0.25\n10\n0.5\n7.75\n3\n";
        assert_eq!(unpacked(&file), text);
        assert!(state.is_compressed());
        assert_eq!(state.file(), Some(content(&file)));
        assert_eq!(state.text(), Some(content(text.as_bytes())));
        for stop in 0..rows.len() {
            assert_eq!(file_of(&[stop]), (file.clone(), state.clone()));
        }
        assert_eq!(file_of(&[0, 1, 2, 3, 4, 5, 6]), (file, state));
    }

    #[test]
    fn where_a_member_ends_does_not_depend_on_where_hashing_began() {
        let rows = rows(&["1234567.89"; 25_000]);
        let file_of = |stop: Option<usize>| {
            let mut draft = Draft::new(b"amount\n", gzip_of(100_000));
            for index in 0..rows.len() {
                draft.push(&rows, index);
                if stop == Some(index) {
                    let state = stored(&mut draft);
                    draft = Draft::resume(&state, draft.tail(), gzip_of(100_000)).unwrap();
                }
            }
            draft.take_part(Vec::new())
        };
        let file = file_of(None);
        assert_eq!(members(&file), [100_008, 100_001, 74_998]);
        for stop in [10, 5_000, 9_000, 9_100, 20_000] {
            assert_eq!(file_of(Some(stop)), file);
        }
    }

    #[test]
    fn a_compressed_file_without_text_is_one_empty_member() {
        let mut draft = Draft::new(b"", gzip());
        assert!(draft.is_tail_empty());
        let file = draft.take_part(Vec::new());
        assert_eq!(unpacked(&file), "");
        assert_eq!(draft.state().file(), Some(content(&file)));
        assert!(!file.is_empty());
        assert!(draft.take_part(Vec::new()).is_empty());
    }

    #[test]
    fn a_file_is_not_taken_up_in_another_form() {
        for (begun, resumed) in [(None, gzip()), (gzip(), None)] {
            let mut draft = Draft::new(b"amount\n", begun);
            let state = stored(&mut draft);
            assert!(Draft::resume(&state, draft.tail(), resumed).is_none());
        }
    }

    #[test]
    fn a_release_that_knows_no_compression_cannot_read_the_state_of_a_compressed_file() {
        let mut draft = Draft::new(b"amount\n", gzip());
        draft.take_part(Vec::new());
        let compressed = serde_json::to_string(&draft.state()).unwrap();
        assert!(serde_json::from_str::<Earlier>(&compressed).is_err());
        let mut draft = Draft::new(b"amount\n", None);
        let plain = serde_json::to_string(&draft.state()).unwrap();
        assert!(serde_json::from_str::<Earlier>(&plain).is_ok());
    }

    #[test]
    fn the_state_of_an_earlier_release_is_taken_up() {
        let hash = Hash::default().state();
        let hash = serde_json::to_string(&hash).unwrap();
        let state = format!(
            r#"{{"rows":3,"bytes":7,"taken":0,"hash":{hash},"totals":{{"currencies":[{{"currency":"EUR","sums":[[2,170141183460469231731687303715884105727]]}}],"leftOut":1}}}}"#
        );
        let state: DraftState = serde_json::from_str(&state).unwrap();
        let draft = Draft::resume(&state, b"amount\n".to_vec(), None).unwrap();
        assert_eq!((draft.rows(), draft.tail()), (3, b"amount\n".to_vec()));
        let euros = "1701411834604692317316873037158841057.27";
        assert_eq!(state.totals()["EUR"], euros);
        assert_eq!(state.rows_not_in_totals(), 1);
    }

    #[test]
    fn a_tail_that_is_too_short_for_its_members_is_not_what_was_left() {
        let mut draft = Draft::new(b"amount of the row\n", gzip());
        draft.take_part(Vec::new());
        draft.push(&rows(&["1234567.89"]), 0);
        let (state, tail) = (stored(&mut draft), draft.tail());
        for length in 0..tail.len() {
            assert!(Draft::resume(&state, tail[..length].to_vec(), gzip()).is_none());
        }
        assert!(Draft::resume(&state, tail, gzip()).is_some());
    }
}
