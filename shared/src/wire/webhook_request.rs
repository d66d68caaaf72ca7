//! The bodies of requests about webhooks.

use jiff::SignedDuration;
use serde_json::value::RawValue;
use strum::VariantArray;

use super::{
    json::Reader,
    problem::{FieldError, FieldErrorCode},
    trigger_request::refuse_unknown,
};
use crate::domain::{
    event::EventType,
    text::may_be_in_name,
    webhook::{
        LONGEST_DESCRIPTION, WebhookChange,
        secret::{DEFAULT_OVERLAP, LONGEST_OVERLAP},
        target::{Reach, Target},
    },
};

/// What a new endpoint is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWebhook {
    pub target: Target,
    /// `None`: every event.
    pub events: Option<Vec<EventType>>,
    pub description: Option<String>,
}

/// Reads the body that registers an endpoint, or says everything that is wrong with it.
pub fn parse_new(body: &[u8], reach: Reach) -> Result<NewWebhook, Vec<FieldError>> {
    let mut reader = Reader::default();
    let object = reader.body(body);
    let (mut target, mut events, mut description) = (None, None, None);
    let mut has_url = false;
    for (name, raw) in object.fields() {
        match name {
            "url" => {
                has_url = true;
                target = read_url(&mut reader, raw, reach);
            }
            "events" => events = read_events(&mut reader, raw),
            "description" => description = read_description(&mut reader, raw),
            unknown => refuse_unknown(&mut reader, "", unknown, "url, events, description"),
        }
    }
    if !has_url {
        let detail = "must be there: where events are posted to";
        reader.refuse("/url", FieldErrorCode::Missing, detail);
    }
    let target = reader.finish(target)?;
    // Whatever left it out has been refused.
    let target = target.ok_or_else(Vec::new)?;
    Ok(NewWebhook {
        target,
        events,
        description,
    })
}

/// Reads the body that changes an endpoint, or says everything that is wrong with it.
pub fn parse_change(body: &[u8], reach: Reach) -> Result<WebhookChange, Vec<FieldError>> {
    let mut reader = Reader::default();
    let object = reader.body(body);
    let mut change = WebhookChange::default();
    for (name, raw) in object.fields() {
        match name {
            "url" => change.target = read_url(&mut reader, raw, reach),
            "events" => change.events = Some(read_events(&mut reader, raw)),
            "description" => change.description = Some(read_description(&mut reader, raw)),
            "enabled" => change.is_enabled = reader.boolean("/enabled", raw),
            unknown => {
                refuse_unknown(
                    &mut reader,
                    "",
                    unknown,
                    "url, events, description, enabled",
                );
            }
        }
    }
    reader.finish(change)
}

/// Reads how long the secret before still signs, or says everything that is wrong with the body.
pub fn parse_rotation(body: &[u8]) -> Result<SignedDuration, Vec<FieldError>> {
    let mut reader = Reader::default();
    let object = reader.body(body);
    let mut overlap = DEFAULT_OVERLAP;
    for (name, raw) in object.fields() {
        match name {
            "overlapSeconds" => {
                let Some(seconds) = reader.integer("/overlapSeconds", raw) else {
                    continue;
                };
                let most = LONGEST_OVERLAP.as_secs();
                if (0..=most).contains(&seconds) {
                    overlap = SignedDuration::from_secs(seconds);
                } else {
                    let detail = format!("must be from 0 to {most}");
                    reader.refuse("/overlapSeconds", FieldErrorCode::OutOfRange, detail);
                }
            }
            unknown => refuse_unknown(&mut reader, "", unknown, "overlapSeconds"),
        }
    }
    reader.finish(overlap)
}

fn read_url(reader: &mut Reader, raw: &RawValue, reach: Reach) -> Option<Target> {
    let text = reader.text("/url", raw)?;
    match Target::parse(&text, reach) {
        Ok(target) => Some(target),
        Err(error) => {
            reader.refuse("/url", FieldErrorCode::InvalidValue, error.to_string());
            None
        }
    }
}

/// Reads types of events. `null` is every event, as if there were no such field.
fn read_events(reader: &mut Reader, raw: &RawValue) -> Option<Vec<EventType>> {
    if raw.get() == "null" {
        return None;
    }
    let known = EventType::VARIANTS;
    let mut events = Vec::new();
    for (pointer, text) in reader.texts("/events", raw, 1, known.len()) {
        match text.parse::<EventType>() {
            Ok(event) if events.contains(&event) => {
                let detail = format!("must not name {event} a second time");
                reader.refuse(&pointer, FieldErrorCode::InvalidValue, detail);
            }
            Ok(event) => events.push(event),
            Err(_) => {
                let names: Vec<_> = known.iter().map(ToString::to_string).collect();
                let detail = format!("must be one of {}", names.join(", "));
                reader.refuse(&pointer, FieldErrorCode::InvalidValue, detail);
            }
        }
    }
    Some(events)
}

/// Reads a description. `null` is none.
fn read_description(reader: &mut Reader, raw: &RawValue) -> Option<String> {
    if raw.get() == "null" {
        return None;
    }
    let text = reader.text("/description", raw)?;
    if text.chars().count() > LONGEST_DESCRIPTION {
        let detail = format!("must have at most {LONGEST_DESCRIPTION} characters");
        reader.refuse("/description", FieldErrorCode::InvalidValue, detail);
    }
    if !text.chars().all(may_be_in_name) {
        let detail = "must not contain line breaks, or control or invisible characters";
        reader.refuse("/description", FieldErrorCode::InvalidValue, detail);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers<T: std::fmt::Debug>(result: Result<T, Vec<FieldError>>) -> Vec<String> {
        let errors = result.unwrap_err();
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn an_endpoint_needs_no_more_than_a_url() {
        let new = parse_new(br#"{"url": "https://hooks.example.com"}"#, Reach::Public).unwrap();
        assert_eq!(new.target.as_str(), "https://hooks.example.com/");
        assert_eq!((new.events, new.description), (None, None));
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let body = br#"{"url": "http://hooks.example.com", "events": ["export.ready", "webhook.test", "export.ready"],
            "description": 7, "secret": "x"}"#;
        assert_eq!(
            pointers(parse_new(body, Reach::Public)),
            ["/url", "/events/1", "/events/2", "/description", "/secret"]
        );
        assert_eq!(pointers(parse_new(b"", Reach::Public)), ["/url"]);
        assert_eq!(
            pointers(parse_new(br#"{"url": null}"#, Reach::Public)),
            ["/url"]
        );
        assert_eq!(
            pointers(parse_change(
                br#"{"events": [], "enabled": "yes"}"#,
                Reach::Public
            )),
            ["/events", "/enabled"]
        );
    }

    #[test]
    fn a_change_leaves_the_rest_and_null_takes_away() {
        let change = parse_change(br#"{"enabled": false}"#, Reach::Public).unwrap();
        let expected = WebhookChange {
            is_enabled: Some(false),
            ..WebhookChange::default()
        };
        assert_eq!(change, expected);
        let change = parse_change(br#"{"events": null, "description": null}"#, Reach::Public);
        let expected = WebhookChange {
            events: Some(None),
            description: Some(None),
            ..WebhookChange::default()
        };
        assert_eq!(change, Ok(expected));
    }

    #[test]
    fn the_secret_before_signs_for_a_day_or_up_to_a_week() {
        assert_eq!(parse_rotation(b""), Ok(SignedDuration::from_hours(24)));
        let week = parse_rotation(br#"{"overlapSeconds": 604800}"#);
        assert_eq!(week, Ok(SignedDuration::from_hours(168)));
        let none = parse_rotation(br#"{"overlapSeconds": 0}"#);
        assert_eq!(none, Ok(SignedDuration::ZERO));
        for wrong in ["604801", "-1", "1.5", "\"60\""] {
            let body = format!(r#"{{"overlapSeconds": {wrong}}}"#);
            assert_eq!(
                pointers(parse_rotation(body.as_bytes())),
                ["/overlapSeconds"]
            );
        }
    }
}
