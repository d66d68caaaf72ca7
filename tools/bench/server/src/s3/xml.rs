//! S3's documents. A type's name is its document's root.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Error<'a> {
    pub code: &'a str,
    pub message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InitiateMultipartUploadResult<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub upload_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompleteMultipartUploadResult<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    #[serde(rename = "ETag")]
    pub etag: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPartsResult<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub upload_id: &'a str,
    pub is_truncated: bool,
    pub part: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Part<'a> {
    pub part_number: u32,
    #[serde(rename = "ETag")]
    pub etag: &'a str,
    pub size: u64,
    #[serde(rename = "ChecksumCRC32")]
    pub checksum: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMultipartUploadsResult<'a> {
    pub bucket: &'a str,
    pub is_truncated: bool,
    pub upload: Vec<Upload<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Upload<'a> {
    pub key: &'a str,
    pub upload_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListBucketResult<'a> {
    pub name: &'a str,
    pub prefix: &'a str,
    pub key_count: usize,
    pub is_truncated: bool,
    pub contents: Vec<Contents<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Contents<'a> {
    pub key: &'a str,
    #[serde(rename = "ETag")]
    pub etag: &'a str,
    pub size: u64,
}

#[derive(Serialize)]
pub struct DeleteResult {}

#[derive(Serialize)]
pub struct CopyObjectResult<'a> {
    #[serde(rename = "ETag")]
    pub etag: &'a str,
}

#[derive(Serialize)]
pub struct CopyPartResult<'a> {
    #[serde(rename = "ETag")]
    pub etag: &'a str,
}

/// The body of a CompleteMultipartUpload.
#[derive(Deserialize)]
pub struct CompleteMultipartUpload {
    #[serde(rename = "Part", default)]
    pub parts: Vec<CompletedPart>,
}

#[derive(Deserialize)]
pub struct CompletedPart {
    #[serde(rename = "PartNumber")]
    pub number: u32,
}

/// The body of a DeleteObjects.
#[derive(Deserialize)]
pub struct Delete {
    #[serde(rename = "Object", default)]
    pub objects: Vec<ObjectIdentifier>,
}

#[derive(Deserialize)]
pub struct ObjectIdentifier {
    #[serde(rename = "Key")]
    pub key: String,
}
