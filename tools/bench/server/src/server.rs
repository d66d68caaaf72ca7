//! Which service a request is for.

use std::sync::Arc;

use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use crate::{
    calls::{Calls, name_of},
    dynamodb::{self, DynamoDb},
    messages,
    reply::{self, Reply},
    runtime_api::{self, RuntimeApi},
    s3::S3,
    stats::Stats,
    upstream::Upstream,
};

const STATS: &str = "/__bench/stats";

/// All services.
pub struct Server {
    pub dynamodb: DynamoDb,
    pub s3: S3,
    pub runtime_api: RuntimeApi,
    pub upstream: Option<Upstream>,
    /// For calls that take longer than they need.
    pub calls: Option<Calls>,
    pub stats: Stats,
}

impl Server {
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>) -> hyper::Result<Reply> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let request = Request::from_parts(head, body);
        Ok(match &self.calls {
            Some(calls) if !is_by_the_way(request.uri().path()) => {
                calls.slowed(name_of(&request), self.pass_on(request)).await
            }
            _ => self.pass_on(request).await,
        })
    }

    async fn pass_on(&self, request: Request<Bytes>) -> Reply {
        match &self.upstream {
            Some(upstream) if !self.is_own(&request, upstream) => {
                upstream.forward(request).await.unwrap_or_else(|error| {
                    reply::empty(StatusCode::BAD_GATEWAY).map(|_| Full::from(error.to_string()))
                })
            }
            _ => self.play(request).await,
        }
    }

    async fn play(&self, request: Request<Bytes>) -> Reply {
        let path = request.uri().path();
        if path.starts_with(runtime_api::PREFIX) {
            return self.runtime_api.answer(path, request.body()).await;
        }
        match (request.method(), path) {
            (&Method::GET, STATS) => {
                let shown = self
                    .stats
                    .shown(self.s3.shown(), self.calls.as_ref().map(Calls::shown));
                return reply::json(StatusCode::OK, &shown);
            }
            (&Method::POST, "/v2/email/outbound-emails") => return messages::mail(&self.stats),
            _ => {}
        }
        match target(&request) {
            Some(("DynamoDB_20120810", operation)) => {
                let accepts_gzip = accepts_gzip(&request);
                self.dynamodb
                    .answer(operation, request.body(), accepts_gzip, &self.stats)
                    .await
            }
            Some(("AmazonSQS", operation)) => {
                messages::queue(operation, request.body(), &self.stats)
            }
            Some(("AWSEvents", "PutEvents")) => messages::events(request.body()),
            Some(_) => reply::empty(StatusCode::NOT_FOUND),
            None => self.s3.answer(request, &self.stats),
        }
    }

    /// Whether a request is answered here although there is another endpoint behind this one.
    fn is_own(&self, request: &Request<Bytes>, upstream: &Upstream) -> bool {
        if is_by_the_way(request.uri().path()) {
            return true;
        }
        let Some((_, operation @ ("Query" | "GetItem"))) = target(request) else {
            return false;
        };
        dynamodb::Request::parse(request.body()).is_ok_and(|request| {
            upstream.is_ledger(&request.table_name)
                && (operation == "Query" || request.is_for_layout())
        })
    }
}

/// Whether a request is none to a service.
fn is_by_the_way(path: &str) -> bool {
    path == STATS || path.starts_with(runtime_api::PREFIX)
}

fn accepts_gzip(request: &Request<Bytes>) -> bool {
    let accepted = request.headers().get(ACCEPT_ENCODING);
    accepted.is_some_and(|accepted| accepted.as_bytes().windows(4).any(|name| name == b"gzip"))
}

/// Service and operation of a request in AWS's JSON protocol.
pub fn target(request: &Request<Bytes>) -> Option<(&str, &str)> {
    request
        .headers()
        .get("x-amz-target")?
        .to_str()
        .ok()?
        .split_once('.')
}
