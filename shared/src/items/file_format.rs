//! A file's looks as they are stored with its export, and as they count for an idempotency key.

use serde::{Deserialize, Serialize};

use super::UnreadableItem;
use crate::domain::file_format::{Compression, FileFormat, Profile};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum ProfileItem {
    Standard,
    Spreadsheet { locale: String },
}

impl From<Profile> for ProfileItem {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Standard => Self::Standard,
            Profile::Spreadsheet(locale) => {
                let locale: &'static str = locale.into();
                Self::Spreadsheet {
                    locale: locale.to_owned(),
                }
            }
        }
    }
}

impl TryFrom<ProfileItem> for Profile {
    type Error = UnreadableItem;

    fn try_from(item: ProfileItem) -> Result<Self, UnreadableItem> {
        match item {
            ProfileItem::Standard => Ok(Self::Standard),
            ProfileItem::Spreadsheet { locale } => locale
                .parse()
                .map(Self::Spreadsheet)
                .map_err(|_| UnreadableItem(format!("the locale {locale}"))),
        }
    }
}

/// How a file is compressed, as a word.
pub fn compression_word(compression: Compression) -> String {
    let word: &'static str = compression.into();
    word.to_owned()
}

pub fn read_compression(word: &str) -> Result<Compression, UnreadableItem> {
    word.parse()
        .map_err(|_| UnreadableItem(format!("the compression {word}")))
}

/// What of a file's looks makes it another file, as plain JSON. Empty for the file that a request without a choice gets:
/// such a request has the hash that older releases have stored of it.
pub fn choice(format: &FileFormat) -> Vec<u8> {
    let profile = format
        .profile
        .filter(|profile| *profile != Profile::default());
    let compression = format
        .compression
        .filter(|compression| *compression != Compression::default());
    if format.columns.is_none() && profile.is_none() && compression.is_none() {
        return Vec::new();
    }
    let looks = (&format.columns, profile.map(ProfileItem::from));
    match compression {
        None => serde_json::to_vec(&looks),
        Some(compression) => serde_json::to_vec(&(looks, compression_word(compression))),
    }
    .expect("names are plain JSON")
}
