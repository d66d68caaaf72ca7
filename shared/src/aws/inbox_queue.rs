//! The queue of files to load.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::AwsError;

#[derive(Clone, Debug)]
pub struct InboxQueue {
    client: Client,
    url: String,
}

/// What a message of the queue is about.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// These objects, by their keys: somebody put them into the bucket, or one is to be loaded further.
    Keys(Vec<String>),
    /// S3 sends one when it is told of the queue.
    Test,
}

/// A message of the queue, as the loader or S3 writes it. Source: S3's "Event message structure".
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    GoOn(GoOn),
    Notification {
        #[serde(rename = "Records")]
        records: Vec<Record>,
    },
    Test {
        #[serde(rename = "Event")]
        event: String,
    },
}

#[derive(Serialize, Deserialize)]
struct GoOn {
    key: String,
}

#[derive(Deserialize)]
struct Record {
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    /// As in a form: percent signs, and `+` for a space.
    key: String,
}

impl Message {
    /// Reads a message's body. `None` if it names no object; then a retry cannot help.
    pub fn parse(body: &str) -> Option<Self> {
        Some(match serde_json::from_str(body).ok()? {
            Body::GoOn(GoOn { key }) => Self::Keys(vec![key]),
            Body::Notification { records } => {
                let keys: Option<_> = records
                    .iter()
                    .map(|record| decode(&record.s3.object.key))
                    .collect();
                Self::Keys(keys?)
            }
            Body::Test { event } => (event == "s3:TestEvent").then_some(Self::Test)?,
        })
    }
}

fn decode(key: &str) -> Option<String> {
    let key = key.replace('+', " ");
    let decoded = percent_decode_str(&key).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

impl InboxQueue {
    pub fn new(aws: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(aws),
            url,
        }
    }

    /// Sends a message for a file that is to be loaded further, with a delay of at most 15 minutes.
    pub async fn send(&self, key: &str, delay: Duration) -> Result<(), AwsError> {
        let go_on = GoOn {
            key: key.to_owned(),
        };
        let body = serde_json::to_string(&go_on).expect("a key is plain JSON");
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(i32::try_from(delay.as_secs()).unwrap_or(900).min(900))
            .send()
            .await
            .map_err(AwsError::new("SendMessage"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> Option<Message> {
        Some(Message::Keys(
            keys.iter().map(|key| (*key).to_owned()).collect(),
        ))
    }

    #[test]
    fn a_notification_names_objects() {
        let body = r#"{"Records": [{"eventVersion": "2.1", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"},
            "object": {"key": "inbox/acme/funding-transfers/J%C3%A4n+1%2B2.csv", "size": 5}}}]}"#;
        assert_eq!(
            Message::parse(body),
            keys(&["inbox/acme/funding-transfers/J\u{e4}n 1+2.csv"])
        );
        let own = r#"{"key": "inbox/a b+c.csv"}"#;
        assert_eq!(Message::parse(own), keys(&["inbox/a b+c.csv"]));
    }

    #[test]
    fn what_names_no_object_is_told_apart() {
        let test = r#"{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}"#;
        assert_eq!(Message::parse(test), Some(Message::Test));
        for poison in [
            "",
            "{}",
            "[]",
            r#"{"Event": "s3:Other"}"#,
            r#"{"Records": [{}]}"#,
        ] {
            assert_eq!(Message::parse(poison), None);
        }
    }
}
