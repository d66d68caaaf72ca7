//! The bucket of finished files.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::AwsError;
use crate::domain::export::{Delivery, Export};

const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

#[derive(Clone, Debug)]
pub struct ExportFiles {
    client: Client,
    bucket: String,
}

/// An upload in parts that is under way.
#[derive(Debug)]
pub struct Upload {
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

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
    pub async fn put(&self, key: &str, file_name: &str, content: Bytes) -> Result<(), AwsError> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(CONTENT_TYPE)
            .content_disposition(attachment(file_name))
            .body(ByteStream::from(content))
            .send()
            .await
            .map_err(AwsError::new("PutObject"))?;
        Ok(())
    }

    /// Begins an upload in parts.
    pub async fn start(&self, key: &str, file_name: &str) -> Result<Upload, AwsError> {
        let answer = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .content_type(CONTENT_TYPE)
            .content_disposition(attachment(file_name))
            // That of the parts, which the SDK chooses: S3 refuses parts with another one than the upload's.
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
            parts: Vec::new(),
        })
    }

    /// Uploads the next part: at least 5 MiB, unless it is the last.
    pub async fn upload_part(&self, upload: &mut Upload, content: Bytes) -> Result<(), AwsError> {
        let number = i32::try_from(upload.parts.len() + 1)
            .map_err(|error| AwsError::unexpected("UploadPart", error))?;
        let answer = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .part_number(number)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .body(ByteStream::from(content))
            .send()
            .await
            .map_err(AwsError::new("UploadPart"))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32)
            .build();
        upload.parts.push(part);
        Ok(())
    }

    /// Makes the file of its parts.
    pub async fn complete(&self, upload: &Upload) -> Result<(), AwsError> {
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(upload.parts.clone()))
            .build();
        self.client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .multipart_upload(parts)
            .send()
            .await
            .map_err(AwsError::new("CompleteMultipartUpload"))?;
        Ok(())
    }

    /// Gives an upload up, with the parts that were stored for it.
    pub async fn abort(&self, upload: &Upload) -> Result<(), AwsError> {
        self.client
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .send()
            .await
            .map_err(AwsError::new("AbortMultipartUpload"))?;
        Ok(())
    }

    /// Removes a file; one that is not there is removed already.
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
            .response_content_type(CONTENT_TYPE)
            .response_content_disposition(attachment(&export.file_name()))
            .presigned(config)
            .await
            .map_err(AwsError::new("presigning"))?;
        Ok((request.uri().to_owned(), ends_at))
    }
}

/// File names are made of a dataset's slug and a day, and so need no escaping.
fn attachment(file_name: &str) -> String {
    format!("attachment; filename=\"{file_name}\"")
}
