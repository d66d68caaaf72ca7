//! Bodies in chunks that the AWS SDKs frame themselves: `aws-chunked`.

use bytes::{Buf, Bytes, BytesMut};

/// The content within the frames; none if they are broken.
pub fn content(mut framed: Bytes) -> Option<Bytes> {
    let mut content = BytesMut::with_capacity(framed.len());
    loop {
        let line = take_line(&mut framed)?;
        // Behind a semicolon, the chunk's signature.
        let size = std::str::from_utf8(&line).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            // The rest is trailers.
            return Some(content.freeze());
        }
        if framed.len() < size + 2 {
            return None;
        }
        content.extend_from_slice(&framed[..size]);
        framed.advance(size + 2);
    }
}

fn take_line(text: &mut Bytes) -> Option<Bytes> {
    let length = text.windows(2).position(|pair| pair == b"\r\n")?;
    let line = text.split_to(length);
    text.advance(2);
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_trailers_are_left_out() {
        let framed = "5\r\nhello\r\nA;chunk-signature=00\r\n, 10 bytes\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n";
        assert_eq!(content(framed.into()).unwrap(), "hello, 10 bytes");
    }

    #[test]
    fn broken_frames_have_no_content() {
        for framed in ["", "5\r\nhel", "z\r\n", "5\r\nhello\r\n"] {
            assert_eq!(content(framed.into()), None, "{framed:?}");
        }
    }
}
