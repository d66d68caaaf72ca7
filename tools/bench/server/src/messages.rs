//! SES, SQS and EventBridge: everything is accepted and goes nowhere.

use http::StatusCode;
use md5::{Digest, Md5};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use crate::{
    reply::{Reply, aws_json, json},
    stats::Stats,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage {
    message_body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<IgnoredAny>,
}

pub fn mail(stats: &Stats) -> Reply {
    stats.mail();
    let id = "0100000000000000-bench-000000";
    json(StatusCode::OK, &json!({"MessageId": id}))
}

pub fn queue(operation: &str, body: &[u8], stats: &Stats) -> Reply {
    let refuse = |name: &str| {
        let body = json!({"__type": format!("com.amazonaws.sqs#{name}")});
        aws_json(StatusCode::BAD_REQUEST, body.to_string())
    };
    if operation != "SendMessage" {
        return refuse("UnsupportedOperation");
    }
    let Ok(message) = serde_json::from_slice::<SendMessage>(body) else {
        return refuse("InvalidMessageContents");
    };
    stats.message();
    let digest = hex::encode(Md5::digest(message.message_body.as_bytes()));
    let body = json!({"MessageId": "bench", "MD5OfMessageBody": digest});
    aws_json(StatusCode::OK, body.to_string())
}

pub fn events(body: &[u8]) -> Reply {
    let Ok(events) = serde_json::from_slice::<PutEvents>(body) else {
        let body = json!({"__type": "ValidationException"});
        return aws_json(StatusCode::BAD_REQUEST, body.to_string());
    };
    let entries = vec![json!({"EventId": "bench"}); events.entries.len()];
    let body = json!({"FailedEntryCount": 0, "Entries": entries});
    aws_json(StatusCode::OK, body.to_string())
}
