//! What is in the bucket.

use std::{collections::BTreeMap, fs::File, io, ops::Range, os::unix::fs::FileExt, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Objects and uploads, all of whose keys begin with the bucket.
#[derive(Default)]
pub struct Store {
    pub objects: BTreeMap<String, Object>,
    pub uploads: BTreeMap<String, Upload>,
    begun: u64,
    /// Whether content is kept, and not only its size.
    keeps: bool,
}

/// An object or a part of one.
#[derive(Clone)]
pub struct Object {
    pub size: u64,
    pub etag: String,
    pub checksum: String,
    /// `None` if contents are not kept.
    pub content: Option<Content>,
}

#[derive(Clone)]
pub enum Content {
    Memory(Bytes),
    File(Arc<File>),
}

impl Object {
    /// An object that shows what is in a file.
    pub fn of_file(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self {
            size,
            etag: format!("\"{size:032x}\""),
            checksum: String::new(),
            content: Some(Content::File(Arc::new(file))),
        })
    }

    /// Bytes of the content, within its size; none if it is not kept.
    pub fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        match &self.content {
            None => Ok(Bytes::new()),
            Some(Content::Memory(bytes)) => {
                let [start, end] = [range.start, range.end].map(|place| place as usize);
                Ok(bytes.slice(start..end))
            }
            Some(Content::File(file)) => {
                let mut bytes = vec![0; (range.end - range.start) as usize];
                file.read_exact_at(&mut bytes, range.start)?;
                Ok(bytes.into())
            }
        }
    }

    /// Bytes of it as a part of another object; of a file only its size is kept.
    pub fn part(&self, range: Range<u64>) -> Self {
        Self {
            size: range.end - range.start,
            etag: self.etag.clone(),
            checksum: String::new(),
            content: None,
        }
    }

    fn bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Some(Content::Memory(bytes)) => Some(bytes),
            Some(Content::File(_)) | None => None,
        }
    }
}

pub struct Upload {
    pub key: String,
    pub parts: BTreeMap<u32, Object>,
}

impl Store {
    pub fn new(keeps: bool) -> Self {
        Self {
            keeps,
            ..Self::default()
        }
    }

    /// An object of this content.
    pub fn object(&self, content: Bytes) -> Object {
        let checksum = crc32fast::hash(&content);
        Object {
            size: content.len() as u64,
            etag: format!("\"{:024x}{checksum:08x}\"", content.len()),
            checksum: BASE64_STANDARD.encode(checksum.to_be_bytes()),
            content: self.keeps.then_some(Content::Memory(content)),
        }
    }

    /// Begins an upload and names it.
    pub fn begin(&mut self, key: String) -> String {
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        let parts = BTreeMap::new();
        self.uploads.insert(id.clone(), Upload { key, parts });
        id
    }

    /// Makes an object from the given parts; none if the upload does not have them all.
    pub fn complete(&mut self, id: &str, numbers: &[u32]) -> Option<Object> {
        let upload = self.uploads.get(id)?;
        let parts: Vec<_> = numbers
            .iter()
            .map(|number| upload.parts.get(number))
            .collect::<Option<_>>()?;
        let content: Option<BytesMut> = parts
            .iter()
            .map(|part| part.bytes().map(AsRef::as_ref))
            .collect::<Option<Vec<_>>>()
            .map(|contents| contents.concat().as_slice().into());
        let etags: String = parts.iter().map(|part| part.etag.as_str()).collect();
        let object = Object {
            size: parts.iter().map(|part| part.size).sum(),
            etag: format!(
                "\"{:08x}-{}\"",
                crc32fast::hash(etags.as_bytes()),
                parts.len()
            ),
            checksum: String::new(),
            content: content.map(|content| Content::Memory(content.freeze())),
        };
        self.objects.insert(upload.key.clone(), object.clone());
        self.uploads.remove(id);
        Some(object)
    }

    pub fn shown(&self) -> Value {
        let objects = self.objects.iter().map(|(key, object)| {
            let digest = object.bytes().map(Sha256::digest);
            let object = json!({"size": object.size, "sha256": digest.map(hex::encode)});
            (key.clone(), object)
        });
        Value::Object(objects.collect())
    }
}
