//! A JSON reader that borrows everything: strings are slices of the text, and values that are not needed are skipped.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

/// The text is no page of DynamoDB, or a record cannot become a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at byte {at} of the page")]
pub struct Unreadable {
    pub what: &'static str,
    pub at: usize,
}

/// A JSON string as it stands in the text, between its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text<'p> {
    pub raw: &'p [u8],
    pub is_escaped: bool,
    /// Whether the delimiter is in it, which decides whether the cell is quoted.
    pub has_delimiter: bool,
}

#[derive(Clone, Debug)]
pub struct Scanner<'p> {
    text: &'p [u8],
    /// Of the file's cells.
    delimiter: u8,
    pub at: usize,
}

impl<'p> Scanner<'p> {
    pub fn new(text: &'p [u8], delimiter: u8) -> Self {
        Self {
            text,
            delimiter,
            at: 0,
        }
    }

    pub fn fail<T>(&self, what: &'static str) -> Result<T, Unreadable> {
        Err(Unreadable { what, at: self.at })
    }

    /// The text that is not read yet.
    pub fn rest(&self) -> &'p [u8] {
        &self.text[self.at..]
    }

    pub fn since(&self, start: usize) -> &'p [u8] {
        &self.text[start..self.at]
    }

    /// The next byte that is not white space.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Skips `byte` if it comes next, and returns whether it did.
    pub fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    pub fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Unreadable> {
        if self.take(byte) {
            Ok(())
        } else {
            self.fail(what)
        }
    }

    /// Calls `read` with each name of an object, standing before its value.
    pub fn object(
        &mut self,
        mut read: impl FnMut(&mut Self, &[u8]) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        self.expect(b'{', "an object was expected")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let name = self.string()?.unescaped();
            let name = name.or_else(|what| self.fail(what))?;
            self.expect(b':', "a colon was expected")?;
            read(self, &name)?;
            if !self.take(b',') {
                return self.expect(b'}', "an object does not end");
            }
        }
    }

    pub fn string(&mut self) -> Result<Text<'p>, Unreadable> {
        self.expect(b'"', "a string was expected")?;
        self.rest_of_string()
    }

    /// A string of which the first quote is read.
    #[inline]
    pub fn rest_of_string(&mut self) -> Result<Text<'p>, Unreadable> {
        let start = self.at;
        let mut text = Text::default();
        loop {
            let Some(found) = memchr3(b'"', b'\\', self.delimiter, self.rest()) else {
                return self.fail("a string does not end");
            };
            self.at += found;
            match self.text[self.at] {
                b'"' => {
                    text.raw = self.since(start);
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => {
                    text.is_escaped = true;
                    self.skip_escape()?;
                }
                _ => {
                    text.has_delimiter = true;
                    self.at += 1;
                }
            }
        }
    }

    /// Skips a value of any kind.
    pub fn skip(&mut self) -> Result<(), Unreadable> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    self.skip_string()?;
                }
                Some(b'{' | b'[') => {
                    self.at += 1;
                    depth += 1;
                    continue;
                }
                Some(b'}' | b']') => {
                    if depth == 0 {
                        return self.fail("a value was expected");
                    }
                    self.at += 1;
                    depth -= 1;
                }
                Some(b',' | b':') if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => {
                    while let Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E') =
                        self.text.get(self.at)
                    {
                        self.at += 1;
                    }
                }
                _ => return self.fail("a value was expected"),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), Unreadable> {
        loop {
            let Some(found) = memchr2(b'"', b'\\', self.rest()) else {
                return self.fail("a string does not end");
            };
            self.at += found;
            if self.text[self.at] == b'"' {
                self.at += 1;
                return Ok(());
            }
            self.skip_escape()?;
        }
    }

    /// Any character after a backslash is part of the string.
    fn skip_escape(&mut self) -> Result<(), Unreadable> {
        self.at += 2;
        if self.at > self.text.len() {
            self.at = self.text.len();
            return self.fail("a string does not end");
        }
        Ok(())
    }
}

impl<'p> Text<'p> {
    /// The unescaped string. Fails with what is wrong with it.
    pub fn unescaped(&self) -> Result<Cow<'p, [u8]>, &'static str> {
        if self.is_escaped {
            let text =
                unescape(self.raw).ok_or("a string has an escape that JSON does not know")?;
            Ok(Cow::Owned(text))
        } else {
            Ok(Cow::Borrowed(self.raw))
        }
    }
}

fn unescape(raw: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(found) = memchr(b'\\', rest) {
        text.extend_from_slice(&rest[..found]);
        let (character, length) = match rest.get(found + 1)? {
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            byte @ (b'"' | b'\\' | b'/') => (char::from(*byte), 2),
            b'u' => unicode(&rest[found..])?,
            _ => return None,
        };
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[found + length..];
    }
    text.extend_from_slice(rest);
    Some(text)
}

/// The character of a `\u` escape, or of two that are a surrogate pair, and their length.
fn unicode(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |start: usize| {
        let digits = escape.get(start..start + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0_u32, |value, &digit| {
            Some(value << 4 | char::from(digit).to_digit(16)?)
        })
    };
    let first = unit(0)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let second = unit(6)?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    let high = first.checked_sub(0xd800).filter(|high| *high < 0x400)?;
    char::from_u32(0x1_0000 + (high << 10) + low).map(|character| (character, 12))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Option<String> {
        let text = Scanner::new(json.as_bytes(), b';').string().ok()?;
        String::from_utf8(text.unescaped().ok()?.into_owned()).ok()
    }

    #[test]
    fn strings_say_what_their_escapes_mean() {
        assert_eq!(
            read(r#" "a\"b\\\/\n\u00e9\ud83d\ude00;" "#).unwrap(),
            "a\"b\\/\né😀;"
        );
        for wrong in [
            r#""a"#,
            r#""a\"#,
            r#""\x""#,
            r#""\u12""#,
            r#""\ud83d""#,
            r#""\ude00""#,
            "5",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_nobody_asks_for_is_passed_over() {
        for value in [
            "5",
            "-1.5e+10",
            "null",
            "true",
            r#""a\"]}""#,
            "[]",
            "{}",
            r#"{"a":[1,{"b":"}"},[]],"c":null}"#,
        ] {
            let json = format!("{value},");
            let mut scanner = Scanner::new(json.as_bytes(), b';');
            scanner.skip().unwrap();
            assert_eq!(scanner.rest(), b",", "{value}");
        }
        for wrong in ["", "]", "{", "[1", "\"a", "?"] {
            assert!(
                Scanner::new(wrong.as_bytes(), b';').skip().is_err(),
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_string_comes_back(text in any::<String>()) {
            prop_assert_eq!(read(&serde_json::to_string(&text).unwrap()).unwrap(), text);
        }
    }
}
