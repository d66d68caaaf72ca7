//! Compressed files: gzip members of one MiB of text each, made by libdeflate.
//!
//! Its fastest level makes our files three to six times smaller at half a gigabyte of text a second, so that the network is no
//! limit.

use engine::Compressor;
use libdeflater::CompressionLvl;
use shared::domain::file_format::Compression;

/// Bytes of text in a member: many enough that members of their own cost next to nothing, and few enough to be held in memory.
const MEMBER_SIZE: usize = 1024 * 1024;

/// Enough for most members: what a part may have beyond its size.
pub const USUAL_MEMBER: usize = MEMBER_SIZE / 4;

/// What compresses a file, if anything does.
pub fn compressor(compression: Compression) -> Option<Box<dyn Compressor + Send>> {
    match compression {
        Compression::None => None,
        Compression::Gzip => Some(Box::new(Gzip::new())),
    }
}

struct Gzip {
    compressor: libdeflater::Compressor,
    /// The last member, in memory that is used for all of them.
    member: Vec<u8>,
}

impl Gzip {
    fn new() -> Self {
        let fastest = CompressionLvl::new(1).expect("there is a level 1");
        Self {
            compressor: libdeflater::Compressor::new(fastest),
            member: Vec::new(),
        }
    }
}

impl Compressor for Gzip {
    fn member_size(&self) -> usize {
        MEMBER_SIZE
    }

    fn compress(&mut self, text: &[u8], members: &mut Vec<u8>) {
        let longest = self.compressor.gzip_compress_bound(text.len());
        if self.member.len() < longest {
            self.member.resize(longest, 0);
        }
        let length = self
            .compressor
            .gzip_compress(text, &mut self.member)
            .expect("there is room for the longest");
        // Not twice what there is: a part's buffer is large.
        members.reserve_exact(length);
        members.extend_from_slice(&self.member[..length]);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::MultiGzDecoder;

    use super::*;

    fn members(texts: &[&[u8]]) -> Vec<u8> {
        let mut gzip = Gzip::new();
        let mut members = Vec::new();
        for text in texts {
            gzip.compress(text, &mut members);
        }
        members
    }

    #[test]
    fn members_are_one_text_to_whoever_reads_them() {
        let large = b"a row;1.00\n".repeat(100_000);
        // What does not compress is longer than its text.
        let noise: Vec<u8> = (0..70_000_u32)
            .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let texts = [large.as_slice(), b"", &noise, b"end\n"];
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(members(&texts).as_slice())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, texts.concat());
    }

    #[test]
    fn a_member_depends_on_nothing_but_its_text() {
        let (one, other) = (b"one row\n".repeat(1000), b"another\n".repeat(1000));
        let alone = members(&[&other]);
        assert!(members(&[&one, &other]).ends_with(&alone));
        // Neither a name nor a time: flags and time of the header are zero.
        assert_eq!(alone[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    }
}
