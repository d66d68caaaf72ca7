//! Why an invocation leaves a file before its end.

use shared::aws::{AwsError, inbox::Replaced};

#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// There is another file now, or none.
    #[error(transparent)]
    Replaced(#[from] Replaced),
    /// Another invocation works on the file.
    #[error("another invocation works on the file")]
    Superseded,
    #[error(transparent)]
    Aws(#[from] AwsError),
}
