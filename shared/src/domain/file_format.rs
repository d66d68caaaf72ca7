//! What the file of an export looks like.

/// What a request chose of its file's looks. Whatever is `None` was not chosen, and is as it always was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFormat {
    /// Names of columns of the dataset that the requester may see, each once, in the order of the file. They are names,
    /// so that an export is still shown when its dataset has lost a column.
    pub columns: Option<Vec<String>>,
}
