//! Idempotency keys: a request that comes again gets the same export.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{UnreadableItem, file_format::choice, filters::FiltersItem, read_id};
use crate::domain::{
    address::EmailAddress,
    export::{Export, IDEMPOTENCY_LIFETIME},
    id::ExportId,
};

/// The sort key, in a partition of its own.
pub const IDEMPOTENCY: &str = "idempotency";

/// An accepted request, by its idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdempotencyItem {
    partition: String,
    sort: String,
    export_id: String,
    request_hash: String,
    /// Unix seconds, the first at which the key is forgotten.
    forgotten_at: i64,
    time_to_live: i64,
}

/// A request that may come again under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's own text.
    pub key: String,
    /// SHA-256 of the request, written the same way for all requests that mean the same.
    request_hash: String,
}

impl Idempotency {
    /// The key of the request that `export` was made for.
    pub fn of(key: String, export: &Export) -> Self {
        let cc: Vec<_> = export.cc.iter().map(EmailAddress::as_str).collect();
        let request = serde_json::to_vec(&(
            cc,
            FiltersItem::from(&export.filters),
            format!("{:?}", export.scope),
        ))
        .expect("a request is plain JSON");
        let mut hash = Sha256::new_with_prefix(request);
        hash.update(choice(&export.format));
        if let Some(id) = &export.retry_of {
            hash.update(id.as_str());
        }
        Self {
            key,
            request_hash: hex::encode(hash.finalize()),
        }
    }
}

/// The key is hashed, because the caller's text may have any length and characters.
pub fn idempotency_partition(export: &Export, key: &str) -> String {
    format!(
        "idempotency#{}#{}#{}#{}",
        export.tenant_id,
        export.dataset().export_type,
        export.requester_id,
        hex::encode(Sha256::digest(key.as_bytes()))
    )
}

impl IdempotencyItem {
    pub fn of(export: &Export, idempotency: &Idempotency) -> Self {
        let forgotten_at = (export.created_at + IDEMPOTENCY_LIFETIME).as_second() + 1;
        Self {
            partition: idempotency_partition(export, &idempotency.key),
            sort: IDEMPOTENCY.to_owned(),
            export_id: export.id.to_string(),
            request_hash: idempotency.request_hash.clone(),
            forgotten_at,
            time_to_live: forgotten_at,
        }
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.export_id)
    }

    pub fn is_same_request(&self, idempotency: &Idempotency) -> bool {
        self.request_hash == idempotency.request_hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::examples::pending,
        file_format::{Compression, FileFormat, Locale, Profile},
    };

    fn hash(columns: Option<&[&str]>, profile: Option<Profile>) -> String {
        let format = FileFormat {
            columns: columns.map(|names| names.iter().map(ToString::to_string).collect()),
            profile,
            compression: None,
        };
        hash_of(format)
    }

    fn hash_of(format: FileFormat) -> String {
        let export = Export {
            format,
            ..pending()
        };
        Idempotency::of("key".to_owned(), &export).request_hash
    }

    #[test]
    fn another_compression_is_another_request() {
        let compressed = |compression| {
            hash_of(FileFormat {
                compression: Some(compression),
                ..FileFormat::default()
            })
        };
        assert_eq!(compressed(Compression::None), hash(None, None));
        assert_ne!(compressed(Compression::Gzip), hash(None, None));
    }

    #[test]
    fn a_request_without_a_choice_has_the_hash_that_it_always_had() {
        let request = br#"[["finance@northwind.example"],{},"Tenant"]"#;
        let as_ever = hex::encode(Sha256::digest(request));
        assert_eq!(hash(None, None), as_ever);
        // It means the same.
        assert_eq!(hash(None, Some(Profile::Standard)), as_ever);
    }

    #[test]
    fn another_choice_of_columns_is_another_request() {
        let with = |columns: &[&str]| hash(Some(columns), None);
        assert_eq!(with(&["amount", "currency"]), with(&["amount", "currency"]));
        assert_ne!(with(&["amount", "currency"]), with(&["currency", "amount"]));
        assert_ne!(with(&["amount"]), hash(None, None));
    }

    #[test]
    fn another_profile_or_locale_is_another_request() {
        let in_locale = |locale| hash(None, Some(Profile::Spreadsheet(locale)));
        assert_eq!(in_locale(Locale::French), in_locale(Locale::French));
        assert_ne!(in_locale(Locale::French), in_locale(Locale::Spanish));
        assert_ne!(in_locale(Locale::French), hash(None, None));
    }

    #[test]
    fn an_idempotency_key_is_of_one_user_and_type() {
        let partition = idempotency_partition(&pending(), "a key / with # anything");
        assert!(partition.starts_with("idempotency#northwind-market#FUNDING_TRANSFERS#usr-ana#"));
        assert!(!partition.contains("anything"));
    }
}
