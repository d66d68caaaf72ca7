//! Whole objects.

use std::ops::Range;

use bytes::Bytes;
use http::{StatusCode, header};
use http_body_util::Full;

use super::{S3, Target, document, insert, refuse, stored, xml};
use crate::reply::{self, Reply};

impl S3 {
    pub(super) fn put(&self, target: &Target, content: Bytes) -> Reply {
        let mut store = self.lock();
        let object = store.object(content);
        let reply = stored(&object);
        store.objects.insert(target.place(), object);
        reply
    }

    /// Puts an object there that another one is a copy of.
    pub(super) fn copy(&self, target: &Target, source: &str) -> Reply {
        let mut store = self.lock();
        let Some(object) = store.objects.get(source).cloned() else {
            return refuse(StatusCode::NOT_FOUND, "NoSuchKey");
        };
        let reply = reply::xml(
            StatusCode::OK,
            &xml::CopyObjectResult { etag: &object.etag },
        );
        store.objects.insert(target.place(), object);
        reply
    }

    /// An object's content or a range of it, which is empty where contents are not kept.
    pub(super) fn get(&self, target: &Target, range: Option<Range<u64>>) -> Reply {
        let store = self.lock();
        let Some(object) = store.objects.get(&target.place()) else {
            return refuse(StatusCode::NOT_FOUND, "NoSuchKey");
        };
        let size = object.size;
        let (reply, range) = match range {
            Some(range) if range.end > size || range.is_empty() => {
                return refuse(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange");
            }
            Some(range) => {
                // Without a checksum, which would be the whole object's.
                let mut reply = reply::empty(StatusCode::PARTIAL_CONTENT);
                insert(&mut reply, header::ETAG.as_str(), &object.etag);
                let (first, last) = (range.start, range.end - 1);
                let shown = format!("bytes {first}-{last}/{size}");
                insert(&mut reply, header::CONTENT_RANGE.as_str(), &shown);
                (reply, range)
            }
            None => (stored(object), 0..size),
        };
        match object.read(range) {
            Ok(content) => reply.map(|_| Full::new(content)),
            Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        }
    }

    /// What an object is, without its content.
    pub(super) fn head(&self, target: &Target) -> Reply {
        let store = self.lock();
        let Some(object) = store.objects.get(&target.place()) else {
            return refuse(StatusCode::NOT_FOUND, "NoSuchKey");
        };
        let mut reply = stored(object);
        let length = header::CONTENT_LENGTH.as_str();
        insert(&mut reply, length, &object.size.to_string());
        reply
    }

    pub(super) fn list_objects(&self, target: &Target) -> Reply {
        let store = self.lock();
        let prefix = target.query.get("prefix").map_or("", AsRef::as_ref);
        let bucket = format!("{}/", target.bucket);
        let contents: Vec<_> = store
            .objects
            .iter()
            .filter_map(|(place, object)| {
                let key = place.strip_prefix(&bucket)?;
                key.starts_with(prefix).then_some(xml::Contents {
                    key,
                    etag: &object.etag,
                    size: object.size,
                })
            })
            .collect();
        let result = xml::ListBucketResult {
            name: target.bucket,
            prefix,
            key_count: contents.len(),
            is_truncated: false,
            contents,
        };
        reply::xml(StatusCode::OK, &result)
    }

    pub(super) fn delete_all(&self, target: &Target, body: &[u8]) -> Reply {
        let Some(wanted) = document::<xml::Delete>(body) else {
            return refuse(StatusCode::BAD_REQUEST, "MalformedXML");
        };
        let mut store = self.lock();
        for object in wanted.objects {
            let place = format!("{}/{}", target.bucket, object.key);
            store.objects.remove(&place);
        }
        reply::xml(StatusCode::OK, &xml::DeleteResult {})
    }
}
