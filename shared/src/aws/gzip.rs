//! Answers that DynamoDB has compressed, because the request allowed it.
//!
//! DynamoDB compresses an answer of more than some 4 KB. Its `x-amz-crc32` is of the compressed bytes (botocore#1255); what
//! is in them has gzip's own checksum and length.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

/// The value of `accept-encoding` and of `content-encoding`.
pub const GZIP: &str = "gzip";

/// Most bytes of an answer: DynamoDB reads 1 MB of items for it, and JSON writes a byte with six characters at most.
const LONGEST: usize = 16 * 1024 * 1024;

/// Inflates a body, which is one member and nothing else. Fails if it is damaged or does not end.
pub fn inflate(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut inflated = Vec::with_capacity(told_length(body));
    let mut decoder = GzDecoder::new(body);
    (&mut decoder)
        .take(LONGEST as u64 + 1)
        .read_to_end(&mut inflated)?;
    if inflated.len() > LONGEST {
        return Err(io::Error::other("the answer is too long"));
    }
    if !decoder.into_inner().is_empty() {
        return Err(io::Error::other("bytes follow the compressed answer"));
    }
    Ok(inflated)
}

/// The length that the last four bytes tell, and one more, so that the end is found without more memory. It is no more than
/// a hint: a damaged body says anything.
fn told_length(body: &[u8]) -> usize {
    let told = body
        .last_chunk()
        .map_or(0, |told| u32::from_le_bytes(*told));
    LONGEST.min(told as usize) + 1
}

#[cfg(test)]
pub mod examples {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    pub fn compressed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{examples::compressed, *};

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(body in prop::collection::vec(any::<u8>(), 0..5000)) {
            prop_assert_eq!(inflate(&compressed(&body)).unwrap(), body);
        }

        #[test]
        fn a_body_that_does_not_end_is_no_answer(kept in 0.0..1.0) {
            let whole = compressed(&b"{\"Items\":[]}".repeat(100));
            let kept = (whole.len() as f64 * kept) as usize;
            prop_assert!(inflate(&whole[..kept]).is_err());
        }

        #[test]
        fn a_damaged_body_is_no_other_answer(place in any::<prop::sample::Index>(), bit in 0u8..8) {
            let body = b"{\"Items\":[]}".repeat(100);
            let mut damaged = compressed(&body);
            let place = place.index(damaged.len());
            damaged[place] ^= 1u8 << bit;
            // The header says some things that do not matter, such as the time.
            if let Ok(inflated) = inflate(&damaged) {
                prop_assert!(inflated == body);
            }
        }
    }

    #[test]
    fn what_follows_an_answer_is_no_part_of_it() {
        let mut body = compressed(b"{}");
        body.push(b'{');
        assert!(inflate(&body).is_err());
        assert!(inflate(b"").is_err());
    }
}
