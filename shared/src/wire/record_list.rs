//! A page of records, as callers see it.

use serde::{Serialize, Serializer};

/// A page of a list of records.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordList {
    pub items: Vec<RecordObject>,
    pub next_cursor: Option<String>,
    /// `2026-01-31T23:59:59Z`: the list has come to this second of creation. Only where the page is short although more may
    /// follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_through_to: Option<String>,
}

/// A record's cells by column, in the order of the file. A cell is what the file shows before it is quoted; `None` if it is
/// empty.
#[derive(Debug, PartialEq, Eq)]
pub struct RecordObject(pub Vec<(&'static str, Option<String>)>);

impl Serialize for RecordObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(column, cell)| (column, cell)))
    }
}
