//! The bucket of finished files.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::AwsError;
use crate::domain::{
    export::{Delivery, Export},
    file_format::Compression,
};

/// Of a tail, which may have compressed rows and others.
const BYTES: &str = "application/octet-stream";
pub(super) const JSON: &str = "application/json";

#[derive(Clone, Debug)]
pub struct ExportFiles {
    client: Client,
    bucket: String,
}

/// An upload in parts that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub key: String,
    id: String,
}

/// Parts of an upload, as the bucket has them.
#[derive(Clone, Debug)]
pub struct Parts(Vec<CompletedPart>);

/// The upload has changed: it was completed or aborted, or a part was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the upload is not what was left")]
pub struct Gone;

impl ExportFiles {
    /// `is_path_style`: see [`crate::config::is_s3_path_style`].
    pub fn new(aws: &SdkConfig, bucket: String, is_path_style: bool) -> Self {
        let config = aws_sdk_s3::config::Builder::from(aws)
            .force_path_style(is_path_style)
            .build();
        Self {
            client: Client::from_conf(config),
            bucket,
        }
    }

    /// Stores a file in one piece.
    pub async fn put(
        &self,
        key: &str,
        file_name: &str,
        compression: Compression,
        content: Bytes,
    ) -> Result<(), AwsError> {
        let name = Some(attachment(file_name));
        self.put_object(key, compression.media_type(), name, content)
            .await
    }

    /// Stores the manifest of a file.
    pub async fn put_json(&self, key: &str, json: String) -> Result<(), AwsError> {
        self.put_object(key, JSON, None, json.into()).await
    }

    /// Stores rows that do not fill a part.
    pub async fn put_tail(&self, key: &str, tail: Bytes) -> Result<(), AwsError> {
        self.put_object(key, BYTES, None, tail).await
    }

    async fn put_object(
        &self,
        key: &str,
        content_type: &str,
        content_disposition: Option<String>,
        content: Bytes,
    ) -> Result<(), AwsError> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .set_content_disposition(content_disposition)
            .body(ByteStream::from(content))
            .send()
            .await
            .map_err(AwsError::new("PutObject"))?;
        Ok(())
    }

    /// A small object. `None` if it does not exist.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, AwsError> {
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        let object = match answer {
            Ok(object) => object,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(AwsError::new("GetObject")(error)),
        };
        let content = object
            .body
            .collect()
            .await
            .map_err(|error| AwsError::unexpected("GetObject", error))?;
        Ok(Some(content.to_vec()))
    }

    /// The size of an object in bytes. `None` if it does not exist.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, AwsError> {
        let answer = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        match answer {
            Ok(object) => Ok(object
                .content_length
                .and_then(|length| length.try_into().ok())),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(AwsError::new("HeadObject")(error)),
        }
    }

    /// Starts the upload of a file in parts.
    pub async fn start(
        &self,
        key: &str,
        file_name: &str,
        compression: Compression,
    ) -> Result<Upload, AwsError> {
        let answer = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .content_type(compression.media_type())
            .content_disposition(attachment(file_name))
            // The checksum that the SDK chooses for parts. S3 refuses parts whose checksum has another algorithm than the upload's.
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .send()
            .await
            .map_err(AwsError::new("CreateMultipartUpload"))?;
        let id = answer
            .upload_id
            .ok_or_else(|| AwsError::unexpected("CreateMultipartUpload", "no upload id"))?;
        Ok(Upload {
            key: key.to_owned(),
            id,
        })
    }

    /// Uploads a part, and replaces an earlier one of the same number. Every part but the last must have 5 MiB or more.
    /// Returns its entity tag.
    ///
    /// The signature does not cover the content, because that would hash the content once more. TLS and the part's checksum
    /// protect it.
    pub async fn upload_part(
        &self,
        upload: &Upload,
        number: u32,
        content: Bytes,
    ) -> Result<Result<String, Gone>, AwsError> {
        let answer = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .part_number(part_number(number)?)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .body(ByteStream::from(content))
            .customize()
            .disable_payload_signing()
            .send()
            .await;
        match answer {
            Ok(part) => part
                .e_tag
                .map(Ok)
                .ok_or_else(|| AwsError::unexpected("UploadPart", "no entity tag")),
            Err(error) if is_gone(&error) => Ok(Err(Gone)),
            Err(error) => Err(AwsError::new("UploadPart")(error)),
        }
    }

    /// The first parts of an upload.
    pub async fn parts(
        &self,
        upload: &Upload,
        count: u32,
    ) -> Result<Result<Parts, Gone>, AwsError> {
        let mut parts = Vec::new();
        let mut pages = self
            .client
            .list_parts()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                Err(error) if is_gone(&error) => return Ok(Err(Gone)),
                Err(error) => return Err(AwsError::new("ListParts")(error)),
            };
            parts.extend(page.parts.unwrap_or_default().into_iter().map(|part| {
                CompletedPart::builder()
                    .set_part_number(part.part_number)
                    .set_e_tag(part.e_tag)
                    .set_checksum_crc32(part.checksum_crc32)
                    .build()
            }));
        }
        // An attempt that died may have uploaded more parts than it recorded.
        let last = part_number(count)?;
        parts.retain(|part| part.part_number.is_some_and(|number| number <= last));
        Ok(if parts.len() == count as usize {
            Ok(Parts(parts))
        } else {
            Err(Gone)
        })
    }

    /// Completes the upload.
    pub async fn complete(
        &self,
        upload: &Upload,
        parts: Parts,
    ) -> Result<Result<(), Gone>, AwsError> {
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(parts.0))
            .build();
        let answer = self
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .multipart_upload(parts)
            .customize()
            .config_override(
                aws_sdk_s3::config::Builder::new().timeout_config(completion_timeouts()),
            )
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_gone(&error) => Ok(Err(Gone)),
            Err(error) => Err(AwsError::new("CompleteMultipartUpload")(error)),
        }
    }

    /// Removes an object. It is no error if there is none.
    pub async fn delete(&self, key: &str) -> Result<(), AwsError> {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .map_err(AwsError::new("DeleteObject"))?;
        Ok(())
    }

    /// Removes the objects and uploads of an export for whose keys `is_left` is true. The objects in `kept` stay. An upload at
    /// a kept key is removed, because the upload of a complete file no longer exists.
    pub async fn clean(
        &self,
        export: &Export,
        is_left: impl Fn(&str) -> bool,
        kept: &[&str],
    ) -> Result<(), AwsError> {
        let folder = export.folder();
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(&folder)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(AwsError::new("ListObjectsV2"))?;
            for key in page.contents().iter().filter_map(|object| object.key()) {
                if is_left(key) && !kept.contains(&key) {
                    self.delete(key).await?;
                }
            }
        }
        let uploads = self
            .client
            .list_multipart_uploads()
            .bucket(&self.bucket)
            .prefix(&folder)
            .send()
            .await
            .map_err(AwsError::new("ListMultipartUploads"))?;
        for upload in uploads.uploads() {
            if let (Some(key), Some(id)) = (upload.key(), upload.upload_id())
                && is_left(key)
            {
                self.abort(key, id).await?;
            }
        }
        Ok(())
    }

    async fn abort(&self, key: &str, id: &str) -> Result<(), AwsError> {
        let answer = self
            .client
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(id)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(AwsError::new("AbortMultipartUpload")(error)),
        }
    }

    /// A URL at which anyone can fetch an export's file, for `most` but never past its expiry, and when the URL ends. No
    /// call is made: the URL is signed here.
    pub async fn download_url(
        &self,
        export: &Export,
        delivery: &Delivery,
        now: Timestamp,
        most: SignedDuration,
    ) -> Result<(String, Timestamp), AwsError> {
        let lifetime = delivery.url_lifetime(now, most);
        let ends_at = now + lifetime;
        let lifetime = Duration::try_from(lifetime)
            .map_err(|error| AwsError::unexpected("presigning", error))?;
        let config = PresigningConfig::expires_in(lifetime)
            .map_err(|error| AwsError::unexpected("presigning", error))?;
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&delivery.file.key)
            .response_content_type(delivery.file.compression().media_type())
            .response_content_disposition(attachment(&export.file_name()))
            .presigned(config)
            .await
            .map_err(AwsError::new("presigning"))?;
        Ok((request.uri().to_owned(), ends_at))
    }
}

impl Parts {
    /// The parts' entity tags, in order.
    pub fn entity_tags(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|part| part.e_tag().unwrap_or_default())
    }
}

fn part_number(number: u32) -> Result<i32, AwsError> {
    i32::try_from(number).map_err(|error| AwsError::unexpected("UploadPart", error))
}

fn is_gone<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    matches!(
        error.code(),
        Some("NoSuchUpload" | "InvalidPart" | "InvalidPartOrder")
    )
}

/// An answer to HEAD has no body that could hold a code.
pub(super) fn is_not_found<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error
        .raw_response()
        .is_some_and(|answer| answer.status().as_u16() == 404)
}

/// S3 takes minutes for an upload of thousands of parts.
pub(super) fn completion_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_mins(5))
        .operation_timeout(Duration::from_mins(10))
        .build()
}

/// File names are made from a dataset's slug and a day, and so need no escaping.
fn attachment(file_name: &str) -> String {
    format!("attachment; filename=\"{file_name}\"")
}
