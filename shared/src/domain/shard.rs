//! What is spread evenly by the ids of things.

use sha2::{Digest, Sha256};

/// The shard that an id belongs to, below `shards`, which is at least 1. It is the same for ever.
pub fn shard_of(id: &str, shards: u32) -> u32 {
    let digest = Sha256::digest(id.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % shards
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::ledger::DEFAULT_SHARDS;

    #[test]
    fn the_shard_is_the_digests_first_four_bytes() {
        // printf trf_1 | sha256sum begins db090297.
        assert_eq!(shard_of("trf_1", u32::MAX), 0xdb09_0297);
        assert_eq!(shard_of("trf_1", 16), 7);
        assert_eq!(shard_of("trf_1", 1), 0);
        let mut counts = [0; 16];
        for number in 0..16_000 {
            counts[shard_of(&format!("trf_{number}"), DEFAULT_SHARDS) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (800..1200).contains(count)),
            "{counts:?}"
        );
    }
}
