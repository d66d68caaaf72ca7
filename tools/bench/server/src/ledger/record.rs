//! What of a record follows from its number.

use jiff::{SignedDuration, Timestamp};

/// Milliseconds from one record to the next: a hundred share a second.
const INTERVAL: u64 = 10;
/// 2026-01-01T00:00:00Z.
const BASE_SECONDS: i64 = 1_767_225_600;
const ID_PREFIX: &[u8; 4] = b"trf_";

pub const ID_LENGTH: usize = 20;
pub const TIME_LENGTH: usize = 24;
/// `2026-01-01T00:00:00Z#` and the id.
pub const SORT_LENGTH: usize = 21 + ID_LENGTH;

/// Writes the fields of records, which are best asked for in order: the minute is kept.
pub struct RecordWriter {
    minute: Option<u64>,
    /// `2026-01-01T00:00`.
    prefix: [u8; 16],
}

impl RecordWriter {
    pub fn new() -> Self {
        Self {
            minute: None,
            prefix: [0; 16],
        }
    }

    /// `trf_`, and the number with leading zeros.
    pub fn write_id(number: u64, text: &mut [u8]) {
        text[..ID_PREFIX.len()].copy_from_slice(ID_PREFIX);
        write_decimal(number, &mut text[ID_PREFIX.len()..ID_LENGTH]);
    }

    /// `2026-01-01T00:00:00.000Z`.
    pub fn write_time(&mut self, number: u64, text: &mut [u8]) {
        self.write_second(number, text);
        text[19] = b'.';
        write_decimal(number * INTERVAL % 1000, &mut text[20..23]);
        text[23] = b'Z';
    }

    /// `2026-01-01T00:00:00Z#trf_0000000000000000`: in the order of the numbers.
    pub fn write_sort(&mut self, number: u64, text: &mut [u8]) {
        self.write_second(number, text);
        text[19] = b'Z';
        text[20] = b'#';
        Self::write_id(number, &mut text[21..]);
    }

    pub fn sort(&mut self, number: u64) -> String {
        let mut text = [0; SORT_LENGTH];
        self.write_sort(number, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn write_second(&mut self, number: u64, text: &mut [u8]) {
        let second = number * INTERVAL / 1000;
        let minute = second / 60;
        if self.minute != Some(minute) {
            self.minute = Some(minute);
            self.prefix = minute_text(minute);
        }
        text[..16].copy_from_slice(&self.prefix);
        text[16] = b':';
        write_decimal(second % 60, &mut text[17..19]);
    }
}

fn minute_text(minute: u64) -> [u8; 16] {
    let since = SignedDuration::from_secs(60 * minute as i64);
    let time = Timestamp::from_second(BASE_SECONDS).expect("the base is a time") + since;
    let text = time.to_string();
    text.as_bytes()[..16]
        .try_into()
        .expect("a time begins with its date and minute")
}

/// Fills the text with a number and leading zeros.
fn write_decimal(mut number: u64, text: &mut [u8]) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_ids_follow_from_the_number() {
        let mut writer = RecordWriter::new();
        let mut time = [0; TIME_LENGTH];
        writer.write_time(0, &mut time);
        assert_eq!(&time, b"2026-01-01T00:00:00.000Z");
        writer.write_time(8_640_123, &mut time);
        assert_eq!(&time, b"2026-01-02T00:00:01.230Z");
        assert_eq!(
            writer.sort(6_100),
            "2026-01-01T00:01:01Z#trf_0000000000006100"
        );
    }

    #[test]
    fn text_order_is_the_order_of_the_numbers() {
        let mut writer = RecordWriter::new();
        let sorts: Vec<_> = (0..20_000).map(|number| writer.sort(number)).collect();
        assert!(sorts.is_sorted());
    }
}
