//! When the first calls came and were answered: it shows which of them waited for others.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::{dynamodb, reply::Reply, server::target};

/// As many are kept as a small export has, many times over.
const MOST: usize = 1_000;

/// Calls that take longer than they need, and the first of them.
#[derive(Debug)]
pub struct Calls {
    latency: Duration,
    first: Mutex<Vec<Call>>,
}

#[derive(Debug)]
struct Call {
    name: String,
    /// Since the Unix epoch.
    began_at: Duration,
    ended_at: Duration,
}

impl Calls {
    pub fn new(latency: Duration) -> Self {
        Self {
            latency,
            first: Mutex::default(),
        }
    }

    /// Answers a call after the latency, and takes note of it.
    pub async fn slowed(&self, name: String, answer: impl Future<Output = Reply>) -> Reply {
        let began_at = since_epoch();
        tokio::time::sleep(self.latency).await;
        let reply = answer.await;
        self.note(name, began_at);
        reply
    }

    fn note(&self, name: String, began_at: Duration) {
        let mut calls = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() < MOST {
            calls.push(Call {
                name,
                began_at,
                ended_at: since_epoch(),
            });
        }
    }

    /// In the order of their answers, with times in milliseconds since the Unix epoch.
    pub fn shown(&self) -> Value {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let calls = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        calls
            .iter()
            .map(|call| {
                json!({
                    "name": call.name,
                    "beganAt": milliseconds(call.began_at),
                    "endedAt": milliseconds(call.ended_at),
                })
            })
            .collect()
    }
}

/// What a request asks for: `UpdateItem`, `Query by-position`, or of S3 and SES `PUT 1.csv`, with the end of the path.
pub fn name_of(request: &Request<Bytes>) -> String {
    let Some((_, operation)) = target(request) else {
        let end = request.uri().path().rsplit('/').next();
        return format!("{} {}", request.method(), end.unwrap_or_default());
    };
    match dynamodb::Request::parse(request.body()) {
        Ok(parsed) if !parsed.index_name.is_empty() => format!("{operation} {}", parsed.index_name),
        _ => operation.to_owned(),
    }
}

pub fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
