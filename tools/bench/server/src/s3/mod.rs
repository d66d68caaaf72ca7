//! S3, with the bucket in the path.

mod chunked;
mod objects;
mod store;
mod uploads;
mod xml;

use std::{
    borrow::Cow,
    collections::HashMap,
    fs::File,
    io,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Object, Store};

use crate::{
    reply::{self, Reply},
    stats::Stats,
};

const CHECKSUM: &str = "x-amz-checksum-crc32";

pub struct S3 {
    store: Mutex<Store>,
    /// 0 refuses none.
    throttle_every: u64,
}

/// What a request is about.
struct Target<'a> {
    bucket: &'a str,
    key: Cow<'a, str>,
    query: HashMap<&'a str, Cow<'a, str>>,
}

impl<'a> Target<'a> {
    fn of(uri: &'a http::Uri) -> Self {
        let path = uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let pairs = uri.query().unwrap_or_default().split('&');
        Self {
            bucket,
            key: decoded(key),
            query: pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (name, decoded(value)))
                .collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.query.contains_key(name)
    }

    fn part_number(&self) -> Option<u32> {
        self.query.get("partNumber")?.parse().ok()
    }

    fn place(&self) -> String {
        format!("{}/{}", self.bucket, self.key)
    }
}

impl S3 {
    pub fn new(keeps: bool, throttle_every: u64) -> Self {
        Self {
            store: Mutex::new(Store::new(keeps)),
            throttle_every,
        }
    }

    /// Shows a file as an object.
    pub fn show(&self, place: String, file: File) -> io::Result<()> {
        let object = Object::of_file(file)?;
        self.lock().objects.insert(place, object);
        Ok(())
    }

    pub fn answer(&self, request: Request<Bytes>, stats: &Stats) -> Reply {
        let (head, body) = request.into_parts();
        let target = Target::of(&head.uri);
        let Some(content) = content(&head.headers, body) else {
            return refuse(StatusCode::BAD_REQUEST, "IncompleteBody");
        };
        let upload_id = target.query.get("uploadId").map(AsRef::as_ref);
        if let Some(source) = text_of(&head.headers, "x-amz-copy-source") {
            stats.operation("Copy");
            let source = decoded(source.trim_start_matches('/'));
            let range = text_of(&head.headers, "x-amz-copy-source-range").and_then(range);
            return match (upload_id, range) {
                (Some(id), Some(range)) => self.copy_part(&target, id, &source, range),
                (None, None) => self.copy(&target, &source),
                _ => refuse(StatusCode::BAD_REQUEST, "InvalidArgument"),
            };
        }
        let (name, reply) = match (head.method, upload_id) {
            (Method::PUT, Some(id)) => return self.put_part(&target, id, content, stats),
            (Method::POST, Some(id)) => (
                "CompleteMultipartUpload",
                self.complete(&target, id, &content),
            ),
            (Method::GET, Some(id)) => ("ListParts", self.list_parts(&target, id)),
            (Method::DELETE, Some(id)) => ("AbortMultipartUpload", self.abort(id)),
            (Method::POST, None) if target.has("uploads") => {
                ("CreateMultipartUpload", self.begin(&target))
            }
            (Method::GET, None) if target.has("uploads") => {
                ("ListMultipartUploads", self.list_uploads(&target))
            }
            (Method::POST, None) if target.has("delete") => {
                ("DeleteObjects", self.delete_all(&target, &content))
            }
            (Method::GET, None) if target.key.is_empty() => {
                ("ListObjectsV2", self.list_objects(&target))
            }
            (Method::PUT, None) => ("PutObject", self.put(&target, content)),
            (Method::GET, None) => {
                let range = text_of(&head.headers, header::RANGE.as_str()).and_then(range);
                ("GetObject", self.get(&target, range))
            }
            (Method::HEAD, None) => ("HeadObject", self.head(&target)),
            (Method::DELETE, None) => {
                self.lock().objects.remove(&target.place());
                ("DeleteObject", reply::empty(StatusCode::NO_CONTENT))
            }
            _ => return refuse(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
        };
        stats.operation(name);
        reply
    }

    /// The objects with their sizes and, where contents are kept, their digests.
    pub fn shown(&self) -> Value {
        self.lock().shown()
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a request brings, without the frames that it may be in.
fn content(headers: &HeaderMap, body: Bytes) -> Option<Bytes> {
    let is_framed = headers
        .get("x-amz-content-sha256")
        .is_some_and(|digest| digest.as_bytes().starts_with(b"STREAMING-"));
    if is_framed {
        chunked::content(body)
    } else {
        Some(body)
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A range as HTTP writes it: `bytes=0-4`, with its last byte.
fn range(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    Some(first.parse().ok()?..last.parse::<u64>().ok()?.checked_add(1)?)
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

fn document<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    quick_xml::de::from_str(std::str::from_utf8(body).ok()?).ok()
}

fn stored(object: &Object) -> Reply {
    let mut reply = reply::empty(StatusCode::OK);
    insert(&mut reply, header::ETAG.as_str(), &object.etag);
    if !object.checksum.is_empty() {
        insert(&mut reply, CHECKSUM, &object.checksum);
    }
    reply
}

fn insert(reply: &mut Reply, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).expect("digests and sizes are plain text");
    reply.headers_mut().insert(name, value);
}

fn refuse(status: StatusCode, code: &str) -> Reply {
    let message = "See the code.";
    reply::xml(status, &xml::Error { code, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(s3: &S3, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        s3.answer(request.body(Bytes::new()).unwrap(), &Stats::default())
    }

    async fn content_of(reply: Reply) -> Bytes {
        use http_body_util::BodyExt;
        reply.into_body().collect().await.unwrap().to_bytes()
    }

    #[tokio::test]
    async fn an_object_of_a_file_is_read_by_ranges_and_copied() {
        let path = std::env::temp_dir().join(format!("bench-server-{}", std::process::id()));
        std::fs::write(&path, "id,amount\n").unwrap();
        let s3 = S3::new(true, 0);
        s3.show("inbox/a.csv".to_owned(), File::open(&path).unwrap())
            .unwrap();
        std::fs::remove_file(&path).unwrap();

        let source = ("x-amz-copy-source", "inbox/a.csv");
        let copied = asked(&s3, Method::PUT, "/inbox/b%20c.csv", &[source]);
        assert_eq!(copied.status(), StatusCode::OK);
        for place in ["/inbox/a.csv", "/inbox/b%20c.csv"] {
            let head = asked(&s3, Method::HEAD, place, &[]);
            assert_eq!(head.headers()[header::CONTENT_LENGTH], "10");
            let part = asked(&s3, Method::GET, place, &[("range", "bytes=3-8")]);
            assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
            assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 3-8/10");
            assert_eq!(content_of(part).await, "amount");
            let beyond = asked(&s3, Method::GET, place, &[("range", "bytes=3-10")]);
            assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
            let whole = asked(&s3, Method::GET, place, &[]);
            assert_eq!(content_of(whole).await, "id,amount\n");
        }
    }
}
