//! SES and SQS: everything is accepted and goes nowhere.

use http::StatusCode;
use md5::{Digest, Md5};
use serde::Deserialize;
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
