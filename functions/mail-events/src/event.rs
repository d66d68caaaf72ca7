//! SES's events of mails, as EventBridge passes them on. Source: "Contents of event data" in the SES developer guide.

use jiff::Timestamp;
use serde::Deserialize;
use shared::{
    aws::exports::Told,
    domain::arrival::{Arrival, ArrivalState},
};

/// What an event tells.
#[derive(Debug, PartialEq, Eq)]
pub struct MailEvent {
    pub told: Told,
    /// When SES took the mail.
    pub sent_at: Timestamp,
}

/// The message is no event of a mail. Its text is not repeated: it may have addresses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no event of a mail: {0}")]
pub struct Unreadable(String);

#[derive(Deserialize)]
struct Envelope {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    delivery: Option<Delivery>,
    delivery_delay: Option<DeliveryDelay>,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    timestamp: Timestamp,
    destination: Vec<String>,
}

#[derive(Deserialize)]
struct Delivery {
    timestamp: Timestamp,
    recipients: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryDelay {
    timestamp: Timestamp,
    delayed_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    timestamp: Timestamp,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    timestamp: Timestamp,
    complained_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl MailEvent {
    /// Reads an event. `None` for one that does not tell whether a mail arrives.
    pub fn parse(body: &str) -> Result<Option<Self>, Unreadable> {
        let Envelope { detail } = serde_json::from_str(body).map_err(|error| {
            // Its kind and place, without the text that was there.
            let place = format!("line {}, column {}", error.line(), error.column());
            Unreadable(format!("{:?} at {place}", error.classify()))
        })?;
        let lacks = |what: &str| Unreadable(format!("it lacks `{what}`"));
        let (state, at, addresses) = match detail.event_type.as_str() {
            "Delivery" => {
                let delivery = detail.delivery.ok_or_else(|| lacks("delivery"))?;
                (
                    ArrivalState::Delivered,
                    delivery.timestamp,
                    delivery.recipients,
                )
            }
            "DeliveryDelay" => {
                let delay = detail
                    .delivery_delay
                    .ok_or_else(|| lacks("deliveryDelay"))?;
                let addresses = addresses(delay.delayed_recipients);
                (ArrivalState::Delayed, delay.timestamp, addresses)
            }
            "Bounce" => {
                let bounce = detail.bounce.ok_or_else(|| lacks("bounce"))?;
                // `Transient` and `Undetermined` may pass.
                let state = match bounce.bounce_type.as_str() {
                    "Permanent" => ArrivalState::Bounced,
                    _ => ArrivalState::SoftBounced,
                };
                (
                    state,
                    bounce.timestamp,
                    addresses(bounce.bounced_recipients),
                )
            }
            "Complaint" => {
                let complaint = detail.complaint.ok_or_else(|| lacks("complaint"))?;
                let addresses = addresses(complaint.complained_recipients);
                (ArrivalState::Complained, complaint.timestamp, addresses)
            }
            // It has a reason and neither time nor recipients of its own: none of them gets the mail.
            "Reject" => (
                ArrivalState::Rejected,
                detail.mail.timestamp,
                detail.mail.destination,
            ),
            _ => return Ok(None),
        };
        Ok(Some(Self {
            told: Told {
                message_id: detail.mail.message_id,
                addresses,
                arrival: Arrival { state, at },
            },
            sent_at: detail.mail.timestamp,
        }))
    }
}

/// SES may name a recipient as the mail's header does: `Ana <ana@example.com>`.
fn addresses(recipients: Vec<Recipient>) -> Vec<String> {
    recipients
        .into_iter()
        .map(|recipient| bare(&recipient.email_address).to_owned())
        .collect()
}

fn bare(address: &str) -> &str {
    let within = address
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.strip_suffix('>'));
    within.unwrap_or(address).trim()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(event_type: &str, name: &str, more: Value) -> String {
        let mut detail = json!({
            "eventType": event_type,
            "mail": {
                "timestamp": "2026-11-20T09:30:05.012Z",
                "source": "exports@payouts.example",
                "sendingAccountId": "123456789012",
                "messageId": "0100018f2c6f4a5e-6c5f4d0c-000000",
                "destination": ["ana@northwind.example", "finance@example.com"],
                "headersTruncated": false,
                "tags": {"ses:configuration-set": ["payout-exports-mail"]},
            },
        });
        detail[name] = more;
        json!({"version": "0", "source": "aws.ses", "detail-type": "…", "detail": detail})
            .to_string()
    }

    fn told(event: &str) -> (String, Vec<String>, String) {
        let told = MailEvent::parse(event).unwrap().unwrap().told;
        assert_eq!(told.message_id, "0100018f2c6f4a5e-6c5f4d0c-000000");
        (
            told.arrival.state.to_string(),
            told.addresses,
            told.arrival.at.to_string(),
        )
    }

    #[test]
    fn each_kind_of_event_tells_a_state_of_its_recipients() {
        let at = "2026-11-20T09:30:07.5Z";
        let of = |address: &str| json!([{"emailAddress": address, "status": "5.1.1"}]);
        let bounce = |kind: &str| {
            json!({"bounceType": kind, "bounceSubType": "General", "timestamp": at, "feedbackId": "1",
                   "bouncedRecipients": of("Finance <finance@example.com>")})
        };
        let ana = "ana@northwind.example".to_owned();
        let finance = "finance@example.com".to_owned();
        for (event, expected) in [
            (
                event(
                    "Delivery",
                    "delivery",
                    json!({"timestamp": at, "recipients": [ana], "smtpResponse": "250 ok"}),
                ),
                ("DELIVERED", vec![ana.clone()], at),
            ),
            (
                event(
                    "DeliveryDelay",
                    "deliveryDelay",
                    json!({"timestamp": at, "delayType": "MailboxFull", "delayedRecipients": of(&ana)}),
                ),
                ("DELAYED", vec![ana.clone()], at),
            ),
            (
                event("Bounce", "bounce", bounce("Permanent")),
                ("BOUNCED", vec![finance.clone()], at),
            ),
            (
                event("Bounce", "bounce", bounce("Transient")),
                ("SOFT_BOUNCED", vec![finance.clone()], at),
            ),
            (
                event(
                    "Complaint",
                    "complaint",
                    json!({"timestamp": at, "complainedRecipients": of(&ana), "complaintSubType": null}),
                ),
                ("COMPLAINED", vec![ana.clone()], at),
            ),
            (
                event("Reject", "reject", json!({"reason": "Bad content"})),
                (
                    "REJECTED",
                    vec![ana.clone(), finance.clone()],
                    "2026-11-20T09:30:05.012Z",
                ),
            ),
        ] {
            let (state, addresses, time) = expected;
            assert_eq!(told(&event), (state.to_owned(), addresses, time.to_owned()));
        }
    }

    #[test]
    fn other_events_are_done_and_what_is_no_event_is_told_without_its_text() {
        let sent = event("Send", "send", json!({}));
        assert_eq!(MailEvent::parse(&sent), Ok(None));
        for text in [
            "",
            "ana@example.com",
            r#"{"detail": {"eventType": "Bounce ana@example.com"}}"#,
            &event("Bounce", "other", json!({})),
        ] {
            let error = MailEvent::parse(text).unwrap_err().to_string();
            assert!(!error.contains("ana@"), "{error}");
        }
    }
}
