//! The manifest: what a file holds, so that its readers can check that it is complete.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{export::FiltersObject, file_format::ProfileObject};
use crate::domain::{
    export::{Export, File},
    time::to_seconds,
};

/// The manifest: in the export object, and as a JSON document beside the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    row_count: u64,
    file_size: u64,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uncompressed: Option<Uncompressed>,
    totals: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_not_in_totals: Option<u64>,
    filters: FiltersObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
    as_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger_complete_until: Option<String>,
}

/// The text within a compressed file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Uncompressed {
    file_size: u64,
    sha256: String,
}

/// The document beside the file, which also names the export.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestDocument {
    export_id: String,
    r#type: &'static str,
    file_name: String,
    #[serde(flatten)]
    manifest: Manifest,
}

impl Manifest {
    pub fn of(export: &Export, file: &File) -> Self {
        Self {
            row_count: file.rows,
            file_size: file.size,
            sha256: file.sha256.clone(),
            uncompressed: file.uncompressed.as_ref().map(|text| Uncompressed {
                file_size: text.size,
                sha256: text.sha256.clone(),
            }),
            totals: file.totals.clone(),
            rows_not_in_totals: Some(file.rows_not_in_totals).filter(|rows| *rows > 0),
            filters: FiltersObject::of(export),
            columns: export.format.columns.clone(),
            profile: export.format.profile.map(ProfileObject::from),
            compression: export.format.compression.map(|_| file.compression().into()),
            as_of: to_seconds(export.created_at),
            ledger_complete_until: file.ledger_complete_until.map(to_seconds),
        }
    }
}

impl ManifestDocument {
    pub fn of(export: &Export, file: &File) -> Self {
        Self {
            export_id: export.id.to_string(),
            r#type: export.dataset().export_type,
            file_name: export.file_name_of(file),
            manifest: Manifest::of(export, file),
        }
    }
}
