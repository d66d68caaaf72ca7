//! A change of one record of the ledger, as its source tells of it.

use jiff::Timestamp;

use super::{dataset::Dataset, record::Record};

/// What follows a version's name in a sentence that refuses it.
pub const VERSION_RULE: &str = "must be a whole number from 0 up";

/// What a record is from now on, or that it no longer exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub tenant_id: String,
    /// Grows with each change of the record; of two changes, the one with the greater version counts. `None` is less
    /// than every version: records that are loaded from a file without versions replace only others of that kind.
    pub version: Option<u64>,
    pub content: Content,
    /// When it happened at the source, if the source says so.
    pub occurred_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Record(Record),
    Deleted {
        dataset: &'static Dataset,
        id: String,
    },
}

impl Change {
    /// A record that was loaded without a version.
    pub fn unversioned(tenant_id: &str, record: Record) -> Self {
        Self {
            tenant_id: tenant_id.to_owned(),
            version: None,
            content: Content::Record(record),
            occurred_at: None,
        }
    }

    pub fn dataset(&self) -> &'static Dataset {
        match &self.content {
            Content::Record(record) => record.dataset(),
            Content::Deleted { dataset, .. } => dataset,
        }
    }

    /// What names the record, within its tenant and dataset.
    pub fn id(&self) -> &str {
        match &self.content {
            Content::Record(record) => record.id(),
            Content::Deleted { id, .. } => id,
        }
    }
}
