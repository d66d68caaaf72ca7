//! The Lambda Runtime API for some invocations, and their results.

use std::{
    future::pending,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::{
    calls::since_epoch,
    reply::{self, Reply},
};

pub const PREFIX: &str = "/2018-06-01/runtime/";

const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000001";
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:bench";
const TIMEOUT: Duration = Duration::from_mins(15);

#[derive(Default)]
pub struct RuntimeApi {
    event: Option<Bytes>,
    /// How many invocations are left.
    left: Mutex<u64>,
    handed_over: Mutex<Option<Duration>>,
}

impl RuntimeApi {
    pub fn new(event: Option<Bytes>, times: u64) -> Self {
        Self {
            event,
            left: Mutex::new(times),
            handed_over: Mutex::new(None),
        }
    }

    pub async fn answer(&self, path: &str, body: &[u8]) -> Reply {
        match path.rsplit('/').next() {
            Some("next") => self.next().await,
            Some(outcome @ ("response" | "error")) => {
                self.report(outcome, body);
                reply::json(StatusCode::ACCEPTED, &json!({"status": "OK"}))
            }
            _ => reply::empty(StatusCode::NOT_FOUND),
        }
    }

    /// The event, as often as it was asked for. A further request waits without end, like a function that nobody calls.
    async fn next(&self) -> Reply {
        let Some(event) = self.take() else {
            return pending().await;
        };
        let mut reply = reply::json(StatusCode::OK, &Value::Null).map(|_| event.into());
        let deadline = (milliseconds() + TIMEOUT.as_millis() as u64).to_string();
        for (name, value) in [
            ("lambda-runtime-aws-request-id", REQUEST_ID),
            ("lambda-runtime-deadline-ms", &deadline),
            ("lambda-runtime-invoked-function-arn", FUNCTION_ARN),
        ] {
            let value = HeaderValue::from_str(value).expect("ids and numbers are plain text");
            reply.headers_mut().insert(name, value);
        }
        *lock(&self.handed_over) = Some(since_epoch());
        reply
    }

    fn take(&self) -> Option<Bytes> {
        let mut left = lock(&self.left);
        *left = left.checked_sub(1)?;
        self.event.clone()
    }

    /// Says on standard output what the function answered, and when.
    fn report(&self, outcome: &str, body: &[u8]) {
        let handed_over = *lock(&self.handed_over);
        let now = since_epoch();
        let took = handed_over.map(|before| now.saturating_sub(before).as_secs_f64() * 1000.0);
        let body = String::from_utf8_lossy(body);
        println!(
            "{}",
            json!({
                "outcome": outcome,
                "milliseconds": took,
                "nextUnixNanoseconds": handed_over.map(|before| before.as_nanos() as u64),
                "unixNanoseconds": now.as_nanos() as u64,
                "body": serde_json::from_str(&body).unwrap_or(Value::from(body)),
            })
        );
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn milliseconds() -> u64 {
    since_epoch().as_millis() as u64
}
