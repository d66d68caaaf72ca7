//! Email addresses of people who receive a download link.

use std::fmt;

/// Most addresses that a request's `cc` may hold.
pub const MOST_CC: usize = 20;

/// A valid email address, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// Why a text is not an address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A line break or another control character: it could end a mail header and begin another.
    #[error("must not contain line breaks or control characters")]
    ControlCharacter,
    /// SES takes only ASCII; an international domain is written in its xn-- form.
    #[error("must be ASCII; write an international domain in its xn-- form")]
    NotAscii,
    /// Not of the form that RFC 5321 gives.
    #[error("must be an email address such as name@example.com")]
    Malformed,
}

impl EmailAddress {
    /// Reads an address, ignoring spaces around it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.chars().any(char::is_control) {
            return Err(AddressError::ControlCharacter);
        }
        let text = text.trim();
        if !text.is_ascii() {
            return Err(AddressError::NotAscii);
        }
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        email_address::EmailAddress::parse_with_options(text, options)
            .map_err(|_| AddressError::Malformed)?;
        if is_plain(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AddressError::Malformed)
        }
    }

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes after the last `@`, in lower case.
    pub fn domain(&self) -> String {
        let (_, domain) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        domain.to_ascii_lowercase()
    }

    /// Whether both are written to the same mailbox.
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

/// Whether every mail server reads the address alike. Quotes, comments and encoded words (`=?…?=`) are in the standards, hardly
/// anybody has an address with one, and where one reader sees `@trusted.example` in them another sees something else.
fn is_plain(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let is_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let is_domain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    local.bytes().all(is_local) && !local.contains("=?") && domain.bytes().all(is_domain)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text for a log. Of each address in it, enough is left to tell it from others, but not enough to write to it.
pub fn mask_addresses(text: &str) -> String {
    let is_part = |character: char| {
        character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(character)
    };
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let local = rest[..at]
            .rfind(|character| !is_part(character))
            .map_or(0, |end| {
                end + rest[end..].chars().next().map_or(1, char::len_utf8)
            });
        masked.push_str(&rest[..local]);
        masked.extend(rest[local..at].chars().take(1));
        masked.push_str("…@");
        rest = &rest[at + 1..];
    }
    masked.push_str(rest);
    masked
}

/// The carbon copies to send to: each mailbox once, and never the requester's own, which is a recipient already.
pub fn distinct_cc(requester: &EmailAddress, cc: Vec<EmailAddress>) -> Vec<EmailAddress> {
    let mut distinct: Vec<EmailAddress> = Vec::with_capacity(cc.len());
    for address in cc {
        let is_known = address.is_same_mailbox(requester)
            || distinct.iter().any(|seen| seen.is_same_mailbox(&address));
        if !is_known {
            distinct.push(address);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_accepts() {
        for text in [
            "ana@example.com",
            "  o'neil+cfo@mail.example.co.uk ",
            "a.b@xn--bcher-kva.example",
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text.trim());
        }
    }

    #[test]
    fn refuses_what_could_break_out_of_a_header() {
        for text in [
            "a@example.com\r\nBcc: b@example.com",
            "a@example.com\n",
            "a\u{0}@example.com",
            "a@example.com\u{85}",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(AddressError::ControlCharacter),
                "{text:?}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "ana@localhost",
            "Ana <ana@example.com>",
            "a@b.com, c@d.com",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(AddressError::Malformed),
                "{text}"
            );
        }
        for text in [
            "\"ana@example.com, eve\"@evil.example",
            "\"ana\"@example.com",
            "ana(@trusted.example)@example.com",
            "ana@example.com(trusted.example)",
            "=?utf-8?q?ana=40evil.example=3e?=@example.com",
            "ana@exa_mple.com",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(AddressError::Malformed),
                "{text}"
            );
        }
        assert_eq!(
            EmailAddress::parse("é@example.com"),
            Err(AddressError::NotAscii)
        );
    }

    #[test]
    fn a_mailbox_is_written_to_once() {
        let parse = |text| EmailAddress::parse(text).unwrap();
        let cc = [
            "b@example.com",
            "A@example.com",
            "B@EXAMPLE.com",
            "c@example.com",
        ]
        .map(parse)
        .to_vec();
        assert_eq!(
            distinct_cc(&parse("a@Example.com"), cc),
            ["b@example.com", "c@example.com"].map(parse)
        );
    }

    #[test]
    fn a_masked_address_cannot_be_written_to() {
        for (text, masked) in [
            ("finance@example.com", "f…@example.com"),
            (
                "in region EU: a.b+c@x.org, d@y.org.",
                "in region EU: a…@x.org, d…@y.org.",
            ),
            ("«ö@example.com»", "«ö…@example.com»"),
            ("no address", "no address"),
            ("@", "…@"),
        ] {
            assert_eq!(mask_addresses(text), masked);
        }
    }
}
