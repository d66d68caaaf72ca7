//! The keys of an attempt's objects in the bucket.

use shared::{aws::exports::Attempt, domain::export::Export};

/// The key of a file that this attempt begins. It has the attempt's fence, so a late attempt cannot overwrite the file
/// of another.
pub fn file_key(attempt: &Attempt) -> String {
    let export = &attempt.export;
    let extension = export.compression().extension();
    format!("{}{}.{extension}", export.folder(), attempt.fence)
}

/// The key of an attempt's first, second, … tail: rows that do not fill a part yet. Each tail has a key of its own,
/// because the checkpoint before must stay valid until the next one is recorded.
pub fn tail_key(attempt: &Attempt, number: u32) -> String {
    format!("{}{}.{number}.tail", attempt.export.folder(), attempt.fence)
}

/// The fence of the attempt that created an object.
pub fn fence_of(export: &Export, key: &str) -> Option<u64> {
    let name = key.strip_prefix(&export.folder())?;
    name.split('.').next()?.parse().ok()
}
