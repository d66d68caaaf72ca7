//! What an export would come to, as callers see it.

use std::collections::BTreeMap;

use serde::Serialize;

/// An estimate of an export. `totals`, `statuses` and `days` are `None` if the rows were not all counted.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EstimateObject {
    pub row_count: EstimatedNumber,
    /// Bytes, before they are compressed.
    pub file_size: EstimatedNumber,
    /// From the launch to the mail.
    pub seconds: EstimatedSeconds,
    /// Currency to sum.
    pub totals: Option<BTreeMap<String, String>>,
    pub statuses: Option<BTreeMap<String, EstimatedPart>>,
    /// UTC days, in order.
    pub days: Option<Vec<EstimatedDay>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EstimatedNumber {
    pub min: u64,
    pub max: u64,
    pub is_exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EstimatedSeconds {
    pub min: u64,
    pub max: u64,
}

/// The rows of a status, or of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EstimatedPart {
    pub row_count: u64,
    pub totals: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EstimatedDay {
    /// `2026-01-31`.
    pub date: String,
    #[serde(flatten)]
    pub part: EstimatedPart,
}

impl EstimatedNumber {
    pub fn exact(number: u64) -> Self {
        Self {
            min: number,
            max: number,
            is_exact: true,
        }
    }
}
