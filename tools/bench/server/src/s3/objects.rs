//! Whole objects.

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

    /// An object's content, which is empty where contents are not kept.
    pub(super) fn get(&self, target: &Target, with_content: bool) -> Reply {
        let store = self.lock();
        let Some(object) = store.objects.get(&target.place()) else {
            return refuse(StatusCode::NOT_FOUND, "NoSuchKey");
        };
        let mut reply = stored(object);
        if with_content {
            *reply.body_mut() = Full::new(object.content.clone().unwrap_or_default());
        } else {
            insert(
                &mut reply,
                header::CONTENT_LENGTH.as_str(),
                &object.size.to_string(),
            );
        }
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
