//! Answers in the forms that the services have.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::Full;
use serde::Serialize;
use serde_json::Value;

pub type Reply = Response<Full<Bytes>>;

pub fn empty(status: StatusCode) -> Reply {
    reply(status, "application/octet-stream", Bytes::new())
}

pub fn json(status: StatusCode, body: &Value) -> Reply {
    reply(status, "application/json", body.to_string().into())
}

/// An answer of a service that speaks AWS's JSON protocol.
pub fn aws_json(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    reply(status, "application/x-amz-json-1.0", body.into())
}

/// An answer of S3: a document whose root has the type's name.
pub fn xml(status: StatusCode, body: &impl Serialize) -> Reply {
    match quick_xml::se::to_string(body) {
        Ok(text) => reply(status, "application/xml", text.into()),
        Err(error) => reply(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/plain",
            error.to_string().into(),
        ),
    }
}

fn reply(status: StatusCode, content_type: &'static str, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    let content_type = header::HeaderValue::from_static(content_type);
    reply
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    reply
}
