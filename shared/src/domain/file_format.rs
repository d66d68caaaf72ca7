//! What the file of an export looks like.

use strum::{EnumString, IntoStaticStr, VariantNames};

/// What a request chose of its file's looks. Whatever is `None` was not chosen, and is as it always was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFormat {
    /// Names of columns of the dataset that the requester may see, each once, in the order of the file. They are names,
    /// so that an export is still shown when its dataset has lost a column.
    pub columns: Option<Vec<String>>,
    pub profile: Option<Profile>,
    pub compression: Option<Compression>,
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum Compression {
    #[default]
    None,
    /// RFC 1952, in one or more members: a file of its own, whatever carries it.
    Gzip,
}

impl Compression {
    /// What the names of such files end with, after a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::None => "csv",
            Self::Gzip => "csv.gz",
        }
    }

    /// The media type of such files. A compressed one is a file of its own: no client unpacks it on the way.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::None => "text/csv; charset=utf-8",
            Self::Gzip => "application/gzip",
        }
    }
}

/// For whom a file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// For programs.
    #[default]
    Standard,
    /// For people who open it in a spreadsheet in this language.
    Spreadsheet(Locale),
}

/// A language with its usual decimal mark, delimiter and order of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
pub enum Locale {
    #[strum(serialize = "en")]
    English,
    #[strum(serialize = "fr")]
    French,
    #[strum(serialize = "de")]
    German,
    #[strum(serialize = "es")]
    Spanish,
}
