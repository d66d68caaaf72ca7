//! The name of an export.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use ulid::Ulid;

use super::dataset::Dataset;

const PREFIX: &str = "exp_";
const ULID_LENGTH: usize = 26;

/// An export's id: opaque to callers, in order of time, and unguessable (80 random bits).
///
/// `exp_`, a ULID in lower case, and the letter of its dataset. The letter lets a caller's tenant and an id find the
/// export in one consistent read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportId(String);

/// A ULID in lower case: 48 bits of time and 80 random ones, so that texts are in order of time.
pub(in crate::domain) fn ulid(created_at: Timestamp, random: [u8; 10]) -> String {
    let mut bits = [0; 16];
    bits[6..].copy_from_slice(&random);
    let milliseconds = created_at.as_millisecond().unsigned_abs();
    let ulid = Ulid::from_parts(milliseconds, u128::from_be_bytes(bits));
    ulid.to_string().to_lowercase()
}

/// Whether the text is what [`ulid`] writes: there is one spelling of each.
pub(in crate::domain) fn is_ulid(text: &str) -> bool {
    Ulid::from_string(text).is_ok_and(|parsed| parsed.to_string().to_lowercase() == text)
}

/// The text cannot be the id of any export.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an export id")]
pub struct NotAnExportId;

impl ExportId {
    /// A new id. `random` holds 80 bits from the operating system's generator.
    pub fn new(dataset: &Dataset, created_at: Timestamp, random: [u8; 10]) -> Self {
        Self(format!(
            "{PREFIX}{}{}",
            ulid(created_at, random),
            dataset.letter
        ))
    }

    /// The least text that an id of this time or later has: a bound for a range of ids.
    pub fn lower_bound(time: Timestamp) -> String {
        let milliseconds = time.as_millisecond().max(0).unsigned_abs();
        let ulid = Ulid::from_parts(milliseconds, 0).to_string().to_lowercase();
        format!("{PREFIX}{ulid}")
    }

    /// When it was made, in milliseconds.
    pub fn created_at(&self) -> Timestamp {
        let ulid = &self.0[PREFIX.len()..PREFIX.len() + ULID_LENGTH];
        let milliseconds = Ulid::from_string(ulid).map_or(0, |ulid| ulid.timestamp_ms());
        i64::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .unwrap_or(Timestamp::MAX)
    }

    pub fn dataset(&self) -> &'static Dataset {
        let letter = self.0.chars().next_back();
        letter
            .and_then(Dataset::by_letter)
            .expect("an id ends with the letter of a dataset, or it was not made")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExportId {
    type Err = NotAnExportId;

    fn from_str(text: &str) -> Result<Self, NotAnExportId> {
        let rest = text.strip_prefix(PREFIX).ok_or(NotAnExportId)?;
        let (ulid, letter) = rest.split_at_checked(ULID_LENGTH).ok_or(NotAnExportId)?;
        let is_known =
            letter.len() == 1 && letter.chars().next().and_then(Dataset::by_letter).is_some();
        if is_ulid(ulid) && is_known {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnExportId)
        }
    }
}

impl fmt::Display for ExportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{dataset::FUNDING_TRANSFERS, time::parse};

    #[test]
    fn shows_its_dataset_and_sorts_by_time() {
        let at = |time| ExportId::new(&FUNDING_TRANSFERS, parse(time).unwrap(), [255; 10]);
        let earlier = at("2026-01-31T23:59:59.998Z");
        let later = ExportId::new(
            &FUNDING_TRANSFERS,
            parse("2026-01-31T23:59:59.999Z").unwrap(),
            [0; 10],
        );
        assert!(earlier < later);
        assert_eq!(later.dataset().export_type, "FUNDING_TRANSFERS");
        assert_eq!(
            later.created_at(),
            parse("2026-01-31T23:59:59.999Z").unwrap()
        );
        assert_eq!(later.as_str().parse(), Ok(later.clone()));
        assert!(
            ExportId::lower_bound(parse("2026-01-31T23:59:59.999Z").unwrap()).as_str()
                <= later.as_str()
        );
        assert!(
            ExportId::lower_bound(parse("2026-01-31T23:59:59.999Z").unwrap()).as_str()
                > earlier.as_str()
        );
    }

    #[test]
    fn only_one_spelling_names_an_export() {
        let id = ExportId::new(
            &FUNDING_TRANSFERS,
            parse("2026-01-31T23:59:59Z").unwrap(),
            [7; 10],
        );
        let text = id.as_str();
        for other in [
            text.to_uppercase(),
            text.replace("exp_", ""),
            format!("{text}f"),
            format!("{}?", &text[..text.len() - 1]),
            String::new(),
            "exp_ééééééééééééééé".to_owned(),
        ] {
            assert_eq!(other.parse::<ExportId>(), Err(NotAnExportId), "{other}");
        }
    }
}
