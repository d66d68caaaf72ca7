//! How large the parts of a file are, and how many are uploaded at the same time.

const MEBIBYTE: usize = 1024 * 1024;

/// S3 takes no more parts than these.
pub const MOST_PARTS: u32 = 10_000;

/// Bytes of a part after so many others. S3 wants at least 5 MiB of all but the last; later ones are larger, so that
/// 10,000 of them make files of up to 80 GB.
pub fn part_size(before: u32) -> usize {
    match before {
        0..1_000 => 5 * MEBIBYTE,
        _ => 8 * MEBIBYTE,
    }
}

/// Uploads that are under way at the same time. One part more waits for its turn, and one is being filled.
pub fn uploads_at_once(before: u32) -> usize {
    match before {
        // The last small ones may still be on their way when the first large one is.
        0..996 => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::gzip::USUAL_MEMBER;

    #[test]
    fn parts_grow_within_what_s3_takes() {
        let sizes: Vec<_> = (0..MOST_PARTS).map(part_size).collect();
        assert!(sizes.is_sorted());
        assert!(sizes[0] >= 5 * MEBIBYTE);
        assert_eq!(sizes.iter().sum::<usize>() / 1_000_000_000, 80);
    }

    #[test]
    fn memory_does_not_grow_with_the_parts() {
        for before in 0..MOST_PARTS {
            let parts = uploads_at_once(before) + 2;
            // A compressed part ends with its last member.
            let size = part_size(before + 1) + USUAL_MEMBER;
            assert!(parts * size <= 25 * MEBIBYTE);
        }
    }
}
