//! What reading hands to writing.

use bytes::Bytes;
use engine::DraftState;

/// A piece of the file for the bucket.
pub enum Segment {
    /// The file's next part.
    Part { content: Bytes, mark: Mark },
    /// The rows that do not fill a part yet, stored so that another attempt can resume from them.
    Tail { content: Bytes, mark: Mark },
}

/// How much of the file there is, up to and with a segment.
pub struct Mark {
    /// Where all lanes resume. `None` once every record is in the file.
    pub position: Option<String>,
    pub draft: DraftState,
}
