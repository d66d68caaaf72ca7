//! Endpoints and deliveries as callers see them.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    cursor::CursorBinding,
    list_parameters::{DEFAULT_LIMIT, foreign_cursor, read_limit, refusal, refused, twice},
    problem::{FieldError, FieldErrorCode},
};
use crate::domain::{
    caller::Caller,
    time::to_seconds,
    webhook::{
        Attempt, Delivery, DeliveryState, Outcome, Webhook,
        id::{DeliveryId, WebhookId},
        secret::Secret,
    },
};

/// An endpoint. Its secret is shown only when it is made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookObject {
    webhook_id: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<String>,
    created_at: String,
    created_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_until: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct WebhookList {
    pub items: Vec<WebhookObject>,
}

/// What was sent to an endpoint, or is to be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryObject {
    delivery_id: String,
    event_id: String,
    event_type: String,
    state: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<String>,
    attempt_count: u32,
    attempts: Vec<AttemptObject>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptObject {
    at: String,
    milliseconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryPage {
    items: Vec<DeliveryObject>,
    next_cursor: Option<String>,
}

/// Which deliveries of an endpoint are wanted.
pub struct DeliveryQuery {
    /// The last one of the page before.
    pub behind: Option<DeliveryId>,
    /// 1 to 100.
    pub limit: usize,
    binding: CursorBinding,
}

impl WebhookObject {
    /// With a secret that has just been made.
    pub fn with_secret(mut self, secret: &Secret) -> Self {
        self.secret = Some(secret.reveal().to_owned());
        self
    }

    /// With the time until which the secret before signs too.
    pub fn with_overlap(mut self, until: Timestamp) -> Self {
        self.previous_secret_until = Some(to_seconds(until));
        self
    }
}

impl From<&Webhook> for WebhookObject {
    fn from(webhook: &Webhook) -> Self {
        let events = webhook.events.as_ref();
        Self {
            webhook_id: webhook.id.to_string(),
            url: webhook.target.to_string(),
            events: events.map(|events| events.iter().map(ToString::to_string).collect()),
            description: webhook.description.clone(),
            enabled: webhook.disabled.is_none(),
            disabled_at: webhook.disabled.map(|disabled| to_seconds(disabled.at)),
            disabled_reason: webhook.disabled.map(|disabled| disabled.reason.to_string()),
            failing_since: webhook.failing_since.map(to_seconds),
            created_at: to_seconds(webhook.created_at),
            created_by: webhook.owner.user_id.clone(),
            secret: None,
            previous_secret_until: None,
        }
    }
}

impl From<&Delivery> for DeliveryObject {
    fn from(delivery: &Delivery) -> Self {
        let is_pending = delivery.state == DeliveryState::Pending;
        Self {
            delivery_id: delivery.id.to_string(),
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.to_string(),
            state: delivery.state.to_string(),
            created_at: to_seconds(delivery.created_at),
            next_attempt_at: delivery
                .next_attempt_at
                .filter(|_| is_pending)
                .map(to_seconds),
            attempt_count: delivery.attempted,
            attempts: delivery.attempts.iter().map(AttemptObject::from).collect(),
        }
    }
}

impl From<&Attempt> for AttemptObject {
    fn from(attempt: &Attempt) -> Self {
        let (status, answer, failure) = match &attempt.outcome {
            Outcome::Answered { status, answer, .. } => (Some(*status), Some(answer.clone()), None),
            Outcome::Unanswered(failure) => (None, None, Some(failure.clone().into_owned())),
        };
        Self {
            at: to_seconds(attempt.at),
            milliseconds: attempt.milliseconds,
            status,
            answer,
            failure,
        }
    }
}

impl DeliveryQuery {
    /// Reads the parameters of a list of an endpoint's deliveries, or says every problem.
    pub fn parse(
        parameters: &[(String, String)],
        caller: &Caller,
        webhook: &WebhookId,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let binding = CursorBinding::of_list(caller, "webhook-deliveries", webhook.as_str());
        let (mut behind, mut limit) = (None, DEFAULT_LIMIT);
        for (index, (name, value)) in parameters.iter().enumerate() {
            if parameters[..index]
                .iter()
                .any(|(earlier, _)| earlier == name)
            {
                errors.push(twice(name));
                continue;
            }
            match name.as_str() {
                "limit" => match read_limit(value) {
                    Ok(read) => limit = read,
                    Err((code, detail)) => errors.push(refusal(name, code, detail)),
                },
                "cursor" => {
                    behind = binding.read(value).and_then(|place| place.parse().ok());
                    if behind.is_none() {
                        errors.push(foreign_cursor());
                    }
                }
                _ => errors.push(refusal(
                    name,
                    FieldErrorCode::UnknownField,
                    "is not a parameter of this list; known are limit, cursor",
                )),
            }
        }
        if errors.is_empty() {
            Ok(Self {
                behind,
                limit,
                binding,
            })
        } else {
            refused(errors)
        }
    }

    /// A page of these deliveries.
    pub fn page(&self, deliveries: &[Delivery], has_more: bool) -> DeliveryPage {
        let last = deliveries.last().filter(|_| has_more);
        DeliveryPage {
            items: deliveries.iter().map(DeliveryObject::from).collect(),
            next_cursor: last.map(|delivery| self.binding.cursor(delivery.id.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::examples::operator,
        webhook::examples::{delivery, webhook},
    };

    #[test]
    fn an_endpoint_shows_no_secret_unless_it_was_just_made() {
        let shown = serde_json::to_string(&WebhookObject::from(&webhook())).unwrap();
        assert!(!shown.contains("ecret"));
        let made = WebhookObject::from(&webhook()).with_secret(&Secret::new([1; 32]));
        assert!(serde_json::to_string(&made).unwrap().contains("whsec_"));
    }

    #[test]
    fn a_page_goes_on_where_the_one_before_ended() {
        let id = webhook().id;
        let first = DeliveryQuery::parse(&[], &operator(), &id).unwrap();
        let page = first.page(&[delivery()], true);
        let cursor = page.next_cursor.unwrap();
        let parameters = [("cursor".to_owned(), cursor)];
        let next = DeliveryQuery::parse(&parameters, &operator(), &id).unwrap();
        assert_eq!(next.behind, Some(delivery().id));
        assert!(first.page(&[delivery()], false).next_cursor.is_none());

        let other = "whk_01kh0c8rm0e4t8v2zj6m3x9q5z".parse().unwrap();
        assert!(DeliveryQuery::parse(&parameters, &operator(), &other).is_err());
    }

    #[test]
    fn every_problem_names_its_parameter() {
        let pairs = [
            ("limit", "0"),
            ("cursor", "x"),
            ("state", "PENDING"),
            ("limit", "1"),
        ];
        let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let errors = DeliveryQuery::parse(&owned, &operator(), &webhook().id);
        let pointers: Vec<_> = errors
            .err()
            .unwrap()
            .into_iter()
            .map(|e| e.pointer)
            .collect();
        assert_eq!(pointers, ["/limit", "/cursor", "/state", "/limit"]);
    }
}
