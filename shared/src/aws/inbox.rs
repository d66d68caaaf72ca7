//! The bucket that other systems drop files of records in.
//!
//! Somebody may replace a file while it is read. So whatever is read, copied or removed is named by its entity tag too.

use std::{collections::HashMap, ops::Range};

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart, MetadataDirective, TaggingDirective},
};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    AwsError,
    files::{JSON, completion_timeouts, is_not_found},
};

/// Bytes of a part of a copy: few enough that S3 copies them well within the time of a call.
const COPIED_PART: u64 = 64 << 20;
const PARTS_IN_FLIGHT: usize = 8;

/// Parts of an upload that S3 takes.
const MOST_PARTS: u64 = 10_000;

/// What the name of a copy's source keeps as it is.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

#[derive(Clone, Debug)]
pub struct Inbox {
    client: Client,
    bucket: String,
}

/// A file as it is now.
#[derive(Clone, Debug)]
pub struct Dropped {
    pub size: u64,
    pub entity_tag: String,
    /// What whoever dropped it said of it; names in lower case.
    pub metadata: HashMap<String, String>,
    content_type: Option<String>,
}

/// The object is no longer what it was: it was replaced or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the object is not what it was")]
pub struct Replaced;

impl Inbox {
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

    /// A file. `None` if there is none.
    pub async fn find(&self, key: &str) -> Result<Option<Dropped>, AwsError> {
        let answer = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        let object = match answer {
            Ok(object) => object,
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(AwsError::new("HeadObject")(error)),
        };
        let missing = |what| AwsError::unexpected("HeadObject", what);
        Ok(Some(Dropped {
            size: object
                .content_length
                .and_then(|length| length.try_into().ok())
                .ok_or_else(|| missing("no length"))?,
            entity_tag: object.e_tag.ok_or_else(|| missing("no entity tag"))?,
            metadata: object.metadata.unwrap_or_default(),
            content_type: object.content_type,
        }))
    }

    /// Some bytes of a file: all of the range, which must not be empty or go past the file's end.
    pub async fn read(
        &self,
        key: &str,
        entity_tag: &str,
        range: Range<u64>,
    ) -> Result<Result<Bytes, Replaced>, AwsError> {
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .if_match(entity_tag)
            .range(inclusive(&range))
            .send()
            .await;
        let object = match answer {
            Ok(object) => object,
            Err(error) if is_replaced(&error) => return Ok(Err(Replaced)),
            Err(error) => return Err(AwsError::new("GetObject")(error)),
        };
        let content = object.body.collect().await;
        let content = content.map_err(|error| AwsError::broken_off("GetObject", error))?;
        let content = content.into_bytes();
        if content.len() as u64 == range.end - range.start {
            Ok(Ok(content))
        } else {
            Err(AwsError::broken_off("GetObject", "it is too short"))
        }
    }

    /// A small document, with its entity tag. `None` if there is none.
    pub async fn document(&self, key: &str) -> Result<Option<(Vec<u8>, String)>, AwsError> {
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
        let entity_tag = object.e_tag.unwrap_or_default();
        let content = object.body.collect().await;
        let content = content.map_err(|error| AwsError::broken_off("GetObject", error))?;
        Ok(Some((content.to_vec(), entity_tag)))
    }

    /// Stores a document.
    pub async fn put(&self, key: &str, json: String) -> Result<(), AwsError> {
        self.put_object(key, json)
            .send()
            .await
            .map(drop)
            .map_err(AwsError::new("PutObject"))
    }

    /// Stores a document in the place of the one that has this entity tag, or where there is none yet. Returns its
    /// entity tag.
    pub async fn replace(
        &self,
        key: &str,
        json: String,
        entity_tag: Option<&str>,
    ) -> Result<Result<String, Replaced>, AwsError> {
        let put = self.put_object(key, json);
        let put = match entity_tag {
            Some(entity_tag) => put.if_match(entity_tag),
            None => put.if_none_match("*"),
        };
        match put.send().await {
            Ok(answer) => Ok(Ok(answer.e_tag.unwrap_or_default())),
            Err(error) if is_replaced(&error) => Ok(Err(Replaced)),
            Err(error) => Err(AwsError::new("PutObject")(error)),
        }
    }

    fn put_object(
        &self,
        key: &str,
        json: String,
    ) -> aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(JSON)
            .body(ByteStream::from(json.into_bytes()))
    }

    /// Copies a file of any size, with its metadata and without its tags.
    pub async fn copy(
        &self,
        key: &str,
        file: &Dropped,
        target: &str,
    ) -> Result<Result<(), Replaced>, AwsError> {
        if file.size > COPIED_PART {
            return self.copy_in_parts(key, file, target).await;
        }
        let answer = self
            .client
            .copy_object()
            .bucket(&self.bucket)
            .key(target)
            .copy_source(self.source(key))
            .copy_source_if_match(&file.entity_tag)
            .metadata_directive(MetadataDirective::Copy)
            .tagging_directive(TaggingDirective::Replace)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_replaced(&error) => Ok(Err(Replaced)),
            Err(error) => Err(AwsError::new("CopyObject")(error)),
        }
    }

    /// CopyObject takes 5 GB at most, and longer than a call may.
    async fn copy_in_parts(
        &self,
        key: &str,
        file: &Dropped,
        target: &str,
    ) -> Result<Result<(), Replaced>, AwsError> {
        let started = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(target)
            .set_content_type(file.content_type.clone())
            .set_metadata(Some(file.metadata.clone()))
            .send()
            .await
            .map_err(AwsError::new("CreateMultipartUpload"))?;
        let id = started
            .upload_id
            .ok_or_else(|| AwsError::unexpected("CreateMultipartUpload", "no upload id"))?;
        let id = id.as_str();
        let parts: Result<Vec<_>, Failure> = stream::iter((1..).zip(parts(file.size)))
            .map(async |(number, range): (i32, Range<u64>)| {
                let copied = self
                    .client
                    .upload_part_copy()
                    .bucket(&self.bucket)
                    .key(target)
                    .upload_id(id)
                    .part_number(number)
                    .copy_source(self.source(key))
                    .copy_source_range(inclusive(&range))
                    .copy_source_if_match(&file.entity_tag)
                    .send()
                    .await;
                match copied {
                    Ok(answer) => Ok(CompletedPart::builder()
                        .part_number(number)
                        .set_e_tag(answer.copy_part_result.and_then(|part| part.e_tag))
                        .build()),
                    Err(error) if is_replaced(&error) => Err(Failure::Replaced),
                    Err(error) => Err(Failure::Aws(AwsError::new("UploadPartCopy")(error))),
                }
            })
            .buffered(PARTS_IN_FLIGHT)
            .try_collect()
            .await;
        let parts = match parts {
            Ok(parts) => parts,
            // The bucket removes what is left of the upload.
            Err(Failure::Replaced) => return Ok(Err(Replaced)),
            Err(Failure::Aws(error)) => return Err(error),
        };
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(parts))
            .build();
        self.client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(target)
            .upload_id(id)
            .multipart_upload(parts)
            .customize()
            .config_override(
                aws_sdk_s3::config::Builder::new().timeout_config(completion_timeouts()),
            )
            .send()
            .await
            .map(|_| Ok(()))
            .map_err(AwsError::new("CompleteMultipartUpload"))
    }

    /// Removes a file, unless it was replaced. It is no error if there is none.
    pub async fn remove_file(
        &self,
        key: &str,
        entity_tag: &str,
    ) -> Result<Result<(), Replaced>, AwsError> {
        let answer = self
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(key)
            .if_match(entity_tag)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_not_found(&error) => Ok(Ok(())),
            Err(error) if is_replaced(&error) => Ok(Err(Replaced)),
            Err(error) => Err(AwsError::new("DeleteObject")(error)),
        }
    }

    /// Removes the document that has this entity tag. One that has replaced it stays, even if S3 carries this call out
    /// after its caller has given it up.
    pub async fn remove(&self, key: &str, entity_tag: &str) -> Result<(), AwsError> {
        // It was replaced: that is no error.
        let _ = self.remove_file(key, entity_tag).await?;
        Ok(())
    }

    fn source(&self, key: &str) -> String {
        format!("{}/{}", self.bucket, utf8_percent_encode(key, IN_A_PATH))
    }
}

enum Failure {
    Replaced,
    Aws(AwsError),
}

/// The parts that a copy of so many bytes is made of.
fn parts(size: u64) -> impl Iterator<Item = Range<u64>> {
    let most = COPIED_PART.max(size.div_ceil(MOST_PARTS));
    (0..size.div_ceil(most)).map(move |part| {
        let start = part * most;
        start..(start + most).min(size)
    })
}

/// A range as HTTP writes it: with its last byte.
fn inclusive(range: &Range<u64>) -> String {
    format!("bytes={}-{}", range.start, range.end - 1)
}

/// The object is another one, or is gone; or another write of it came first.
fn is_replaced<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    matches!(
        error.code(),
        Some("PreconditionFailed" | "NoSuchKey" | "ConditionalRequestConflict")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_copy_are_the_file() {
        assert_eq!(parts(COPIED_PART + 1).count(), 2);
        // The largest file that is loaded, and the largest that is refused.
        for size in [10 * (1 << 30), 5 * (1 << 40)] {
            let mut end = 0;
            for (number, part) in (1..).zip(parts(size)) {
                assert!(number <= MOST_PARTS);
                assert_eq!(part.start, end);
                end = part.end;
            }
            assert_eq!(end, size);
        }
        assert_eq!(inclusive(&(0..5)), "bytes=0-4");
    }

    #[test]
    fn any_key_can_be_a_copys_source() {
        let name = utf8_percent_encode("inbox/a/b/J\u{e4}n +1%.csv", IN_A_PATH).to_string();
        assert_eq!(name, "inbox/a/b/J%C3%A4n%20%2B1%25.csv");
    }
}
