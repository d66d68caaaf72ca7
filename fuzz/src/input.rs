//! How a target takes apart what it is given.

/// The first byte, which chooses among `count`, and the rest. Seeds are readable: `0`, `1` … choose the first, the second …
pub fn choice(data: &[u8], count: usize) -> (usize, &[u8]) {
    match data.split_first() {
        Some((first, rest)) => (usize::from(first.wrapping_sub(b'0')) % count, rest),
        None => (0, data),
    }
}
