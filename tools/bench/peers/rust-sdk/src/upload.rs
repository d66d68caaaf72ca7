//! An upload in parts.

use anyhow::Context;
use aws_sdk_s3::{
    Client,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};

const PART_SIZE: usize = 8 * 1024 * 1024;

pub struct Upload {
    client: Client,
    bucket: String,
    key: String,
    id: String,
    buffer: Vec<u8>,
    parts: Vec<CompletedPart>,
}

impl Upload {
    pub async fn start(client: Client, bucket: String, key: String) -> anyhow::Result<Self> {
        let answer = client
            .create_multipart_upload()
            .bucket(&bucket)
            .key(&key)
            .send()
            .await?;
        Ok(Self {
            id: answer.upload_id.context("S3 gave no upload id")?,
            client,
            bucket,
            key,
            buffer: Vec::new(),
            parts: Vec::new(),
        })
    }

    pub async fn write(&mut self, text: &[u8]) -> anyhow::Result<()> {
        self.buffer.extend_from_slice(text);
        while self.buffer.len() >= PART_SIZE {
            let rest = self.buffer.split_off(PART_SIZE);
            let part = std::mem::replace(&mut self.buffer, rest);
            self.upload_part(part).await?;
        }
        Ok(())
    }

    pub async fn finish(mut self) -> anyhow::Result<()> {
        let last = std::mem::take(&mut self.buffer);
        self.upload_part(last).await?;
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(self.parts))
            .build();
        self.client
            .complete_multipart_upload()
            .bucket(self.bucket)
            .key(self.key)
            .upload_id(self.id)
            .multipart_upload(parts)
            .send()
            .await?;
        Ok(())
    }

    async fn upload_part(&mut self, part: Vec<u8>) -> anyhow::Result<()> {
        let number = i32::try_from(self.parts.len() + 1)?;
        let answer = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .part_number(number)
            .body(ByteStream::from(part))
            .send()
            .await?;
        self.parts.push(
            CompletedPart::builder()
                .part_number(number)
                .set_e_tag(answer.e_tag)
                .set_checksum_crc32(answer.checksum_crc32)
                .build(),
        );
        Ok(())
    }
}
