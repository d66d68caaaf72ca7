//! Uploads in parts.

use std::ops::Range;

use bytes::Bytes;
use http::StatusCode;

use super::{S3, Target, document, refuse, stored, xml};
use crate::{
    reply::{self, Reply},
    stats::Stats,
};

impl S3 {
    pub(super) fn put_part(
        &self,
        target: &Target,
        id: &str,
        content: Bytes,
        stats: &Stats,
    ) -> Reply {
        let parts = stats.part(content.len());
        if self.throttle_every > 0 && parts.is_multiple_of(self.throttle_every) {
            stats.throttled();
            return refuse(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
        }
        let number = target.part_number();
        let mut store = self.lock();
        let part = store.object(content);
        match (store.uploads.get_mut(id), number) {
            (Some(upload), Some(number)) => {
                let reply = stored(&part);
                upload.parts.insert(number, part);
                reply
            }
            _ => refuse(StatusCode::NOT_FOUND, "NoSuchUpload"),
        }
    }

    /// Makes a part of bytes of an object.
    pub(super) fn copy_part(
        &self,
        target: &Target,
        id: &str,
        source: &str,
        range: Range<u64>,
    ) -> Reply {
        let number = target.part_number();
        let mut store = self.lock();
        let part = store.objects.get(source).map(|object| object.part(range));
        match (store.uploads.get_mut(id), number, part) {
            (Some(upload), Some(number), Some(part)) => {
                let result = xml::CopyPartResult { etag: &part.etag };
                let reply = reply::xml(StatusCode::OK, &result);
                upload.parts.insert(number, part);
                reply
            }
            _ => refuse(StatusCode::NOT_FOUND, "NoSuchUpload"),
        }
    }

    pub(super) fn begin(&self, target: &Target) -> Reply {
        let upload_id = self.lock().begin(target.place());
        let result = xml::InitiateMultipartUploadResult {
            bucket: target.bucket,
            key: &target.key,
            upload_id: &upload_id,
        };
        reply::xml(StatusCode::OK, &result)
    }

    pub(super) fn complete(&self, target: &Target, id: &str, body: &[u8]) -> Reply {
        let Some(wanted) = document::<xml::CompleteMultipartUpload>(body) else {
            return refuse(StatusCode::BAD_REQUEST, "MalformedXML");
        };
        let numbers: Vec<_> = wanted.parts.iter().map(|part| part.number).collect();
        let mut store = self.lock();
        if !store.uploads.contains_key(id) {
            return refuse(StatusCode::NOT_FOUND, "NoSuchUpload");
        }
        let Some(object) = store.complete(id, &numbers) else {
            return refuse(StatusCode::BAD_REQUEST, "InvalidPart");
        };
        let result = xml::CompleteMultipartUploadResult {
            bucket: target.bucket,
            key: &target.key,
            etag: &object.etag,
        };
        reply::xml(StatusCode::OK, &result)
    }

    pub(super) fn abort(&self, id: &str) -> Reply {
        match self.lock().uploads.remove(id) {
            Some(_) => reply::empty(StatusCode::NO_CONTENT),
            None => refuse(StatusCode::NOT_FOUND, "NoSuchUpload"),
        }
    }

    pub(super) fn list_parts(&self, target: &Target, id: &str) -> Reply {
        let store = self.lock();
        let Some(upload) = store.uploads.get(id) else {
            return refuse(StatusCode::NOT_FOUND, "NoSuchUpload");
        };
        let parts = upload.parts.iter().map(|(number, part)| xml::Part {
            part_number: *number,
            etag: &part.etag,
            size: part.size,
            checksum: &part.checksum,
        });
        let result = xml::ListPartsResult {
            bucket: target.bucket,
            key: &target.key,
            upload_id: id,
            is_truncated: false,
            part: parts.collect(),
        };
        reply::xml(StatusCode::OK, &result)
    }

    pub(super) fn list_uploads(&self, target: &Target) -> Reply {
        let store = self.lock();
        let place = target.place();
        let uploads = store.uploads.iter().filter_map(|(upload_id, upload)| {
            let key = upload.key.strip_prefix(&place)?;
            Some(xml::Upload { key, upload_id })
        });
        let result = xml::ListMultipartUploadsResult {
            bucket: target.bucket,
            is_truncated: false,
            upload: uploads.collect(),
        };
        reply::xml(StatusCode::OK, &result)
    }
}
