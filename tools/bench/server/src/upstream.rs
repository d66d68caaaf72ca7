//! The endpoint behind this one.

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Uri, uri::PathAndQuery};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::reply::Reply;

pub struct Upstream {
    client: Client<HttpConnector, Full<Bytes>>,
    url: Uri,
    ledger_table: String,
}

impl Upstream {
    pub fn new(url: &str, ledger_table: String) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            url: url.parse().context("the upstream must be a URL")?,
            ledger_table,
        })
    }

    pub fn is_ledger(&self, table: &str) -> bool {
        table == self.ledger_table
    }

    /// Passes a request on as it is: its signature covers its headers, the host among them.
    pub async fn forward(&self, request: Request<Bytes>) -> anyhow::Result<Reply> {
        let (mut parts, body) = request.into_parts();
        let mut uri = self.url.clone().into_parts();
        let path = PathAndQuery::from_static("/");
        uri.path_and_query = Some(parts.uri.path_and_query().cloned().unwrap_or(path));
        parts.uri = Uri::from_parts(uri)?;
        let request = Request::from_parts(parts, Full::new(body));
        let (mut head, body) = self.client.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        // The body is whole now, whatever it came in.
        head.headers.remove(http::header::TRANSFER_ENCODING);
        Ok(Reply::from_parts(head, Full::new(body)))
    }
}
