//! Where the file goes: parts of an upload as rows come, or one piece if it is small.

use bytes::Bytes;
use shared::aws::{
    AwsError,
    files::{ExportFiles, Upload},
};

/// Bytes of a part. S3 wants at least 5 MiB of all but the last, and at most 10,000 parts.
const PART_SIZE: usize = 8 * 1024 * 1024;

/// A file that is being written. Never more than a part of it is in memory.
pub struct Sink<'a> {
    files: &'a ExportFiles,
    key: String,
    file_name: String,
    upload: Option<Upload>,
    /// What is not uploaded yet.
    pub buffer: Vec<u8>,
    uploaded: u64,
}

impl<'a> Sink<'a> {
    pub fn new(files: &'a ExportFiles, key: String, file_name: String) -> Self {
        Self {
            files,
            key,
            file_name,
            upload: None,
            buffer: Vec::with_capacity(PART_SIZE + 4096),
            uploaded: 0,
        }
    }

    /// Uploads a part if there is enough for one.
    pub async fn flush_full_part(&mut self) -> Result<(), AwsError> {
        if self.buffer.len() >= PART_SIZE {
            self.flush().await
        } else {
            Ok(())
        }
    }

    /// Completes the file and answers its size in bytes.
    pub async fn finish(&mut self) -> Result<u64, AwsError> {
        if self.upload.is_some() && !self.buffer.is_empty() {
            self.flush().await?;
        }
        match &self.upload {
            Some(upload) => {
                self.files.complete(upload).await?;
                Ok(self.uploaded)
            }
            None => {
                let content = Bytes::from(std::mem::take(&mut self.buffer));
                let size = content.len() as u64;
                self.files.put(&self.key, &self.file_name, content).await?;
                Ok(size)
            }
        }
    }

    /// Leaves nothing behind of a file that is not to be: neither parts nor, if only the answer to its completion was
    /// lost, the object.
    pub async fn discard(&self) -> Result<(), AwsError> {
        if let Some(upload) = &self.upload {
            // Refused if the upload was completed after all.
            let aborted = self.files.abort(upload).await;
            self.files.delete(&self.key).await?;
            return aborted;
        }
        self.files.delete(&self.key).await
    }

    async fn flush(&mut self) -> Result<(), AwsError> {
        let part = Bytes::from(std::mem::replace(
            &mut self.buffer,
            Vec::with_capacity(PART_SIZE + 4096),
        ));
        let size = part.len() as u64;
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.files.start(&self.key, &self.file_name).await?),
        };
        self.files.upload_part(upload, part).await?;
        self.uploaded += size;
        Ok(())
    }
}
