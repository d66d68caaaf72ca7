//! The body of a request to send an export's email again.

use super::{
    json::Reader,
    problem::FieldError,
    trigger_request::{read_cc, refuse_unknown},
};
use crate::domain::address::EmailAddress;

/// Reads the carbon copies that replace the export's own for this sending, as they were named; `None` keeps those.
pub fn parse(body: &[u8]) -> Result<Option<Vec<EmailAddress>>, Vec<FieldError>> {
    let mut reader = Reader::default();
    let object = reader.body(body);
    let mut cc = None;
    for (name, raw) in object.fields() {
        match name {
            "cc" => cc = Some(read_cc(&mut reader, raw)),
            unknown => refuse_unknown(&mut reader, "", unknown, "cc"),
        }
    }
    reader.finish(cc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cc_keeps_the_exports_own_and_an_empty_one_sends_to_nobody_else() {
        assert_eq!(parse(b""), Ok(None));
        assert_eq!(parse(b"{}"), Ok(None));
        assert_eq!(parse(br#"{"cc": []}"#), Ok(Some(vec![])));
    }

    #[test]
    fn the_primary_recipient_cannot_be_chosen() {
        let errors = parse(br#"{"to": "eve@example.com", "cc": ["eve"]}"#).unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/to", "/cc/0"]);
    }
}
