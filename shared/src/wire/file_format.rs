//! A file's looks, as requests ask for them and as exports show them.

use serde::Serialize;
use serde_json::value::RawValue;
use strum::VariantNames;

use super::{
    json::{Object, Reader},
    problem::FieldErrorCode,
    trigger_request::{read_choice, refuse_unknown},
};
use crate::domain::{
    caller::RoleName,
    dataset::Dataset,
    file_format::{Compression, Locale, Profile},
};

/// More than any dataset has columns. With more names than this, it is no use to say what is wrong with each.
const MOST_COLUMNS: usize = 100;

/// Reads names of columns, in the order of the file. A column that this role does not get is refused like one that does not
/// exist, so that the answer tells nobody of it.
pub fn read_columns(
    reader: &mut Reader,
    raw: &RawValue,
    role: RoleName,
    dataset: &Dataset,
) -> Vec<String> {
    let known: Vec<_> = dataset
        .columns_for(role)
        .map(|column| column.name)
        .collect();
    let mut columns = Vec::new();
    for (pointer, name) in reader.texts("/columns", raw, 1, MOST_COLUMNS) {
        if !known.contains(&name.as_str()) {
            let detail = format!("must be one of {}", known.join(", "));
            reader.refuse(&pointer, FieldErrorCode::InvalidValue, detail);
        } else if columns.contains(&name) {
            let detail = format!("must not name {name} a second time");
            reader.refuse(&pointer, FieldErrorCode::InvalidValue, detail);
        } else {
            columns.push(name);
        }
    }
    columns
}

/// A profile: `{"name": "spreadsheet", "locale": "fr"}`.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum ProfileObject {
    Standard,
    Spreadsheet { locale: &'static str },
}

const STANDARD: &str = "standard";
const SPREADSHEET: &str = "spreadsheet";

/// Reads a profile, which has a locale if, and only if, it is for spreadsheets.
pub fn read_profile(reader: &mut Reader, raw: &RawValue) -> Option<Profile> {
    let object = reader.object("/profile", raw)?;
    for (name, _) in object.fields() {
        if !["name", "locale"].contains(&name) {
            refuse_unknown(reader, "/profile", name, "name, locale");
        }
    }
    let name = read_word(reader, &object, "name", &[STANDARD, SPREADSHEET])?;
    if name == SPREADSHEET {
        let locale = read_word(reader, &object, "locale", Locale::VARIANTS)?;
        return locale.parse().ok().map(Profile::Spreadsheet);
    }
    if object.get("locale").is_some() {
        let detail = "must not be there: only the profile spreadsheet has a locale";
        reader.refuse("/profile/locale", FieldErrorCode::NotAllowed, detail);
    }
    Some(Profile::Standard)
}

/// Reads how the file is to be compressed.
pub fn read_compression(reader: &mut Reader, raw: &RawValue) -> Option<Compression> {
    let word = read_choice(reader, "/compression", raw, Compression::VARIANTS)?;
    word.parse().ok()
}

/// Reads a field of a profile that must be there, with one of these words.
fn read_word(reader: &mut Reader, object: &Object, name: &str, words: &[&str]) -> Option<String> {
    let pointer = format!("/profile/{name}");
    match object.get(name) {
        Some(raw) => read_choice(reader, &pointer, raw, words),
        None => {
            let detail = format!("must be there: one of {}", words.join(", "));
            reader.refuse(&pointer, FieldErrorCode::Missing, detail);
            None
        }
    }
}

impl From<Profile> for ProfileObject {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Standard => Self::Standard,
            Profile::Spreadsheet(locale) => Self::Spreadsheet {
                locale: locale.into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::{FUNDING_TRANSFERS, TRANSACTION_EVENTS};

    fn read<T>(
        json: &str,
        read: impl FnOnce(&mut Reader, &RawValue) -> T,
    ) -> Result<T, Vec<String>> {
        let mut reader = Reader::default();
        let raw = serde_json::from_str::<Box<RawValue>>(json).unwrap();
        let value = read(&mut reader, &raw);
        reader.finish(value).map_err(|errors| {
            let shown = errors
                .iter()
                .map(|error| format!("{} {:?}: {}", error.pointer, error.code, error.detail));
            shown.collect()
        })
    }

    fn columns(json: &str, role: RoleName, dataset: &Dataset) -> Result<Vec<String>, Vec<String>> {
        read(json, |reader, raw| read_columns(reader, raw, role, dataset))
    }

    #[test]
    fn columns_come_in_the_order_of_the_request() {
        assert_eq!(
            columns(
                r#"["amount", "transferId"]"#,
                RoleName::Operator,
                &FUNDING_TRANSFERS
            ),
            Ok(vec!["amount".to_owned(), "transferId".to_owned()])
        );
    }

    #[test]
    fn a_column_must_exist_and_come_once_and_there_must_be_one() {
        let known = "transferId, createdAt, status, amount, currency, sourceBalanceAccountType, \
                     targetBalanceAccountType, supplierExternalId, supplierName, reference, relatedEntityType, \
                     relatedEntityId, failureReason";
        for (json, problems) in [
            (
                "[]",
                vec!["/columns TooFew: must have at least 1".to_owned()],
            ),
            (
                "\"amount\"",
                vec!["/columns InvalidType: must be an array of strings".to_owned()],
            ),
            (
                r#"["amount", 5, "Amount", "amount", "amountValue"]"#,
                vec![
                    format!("/columns/2 InvalidValue: must be one of {known}"),
                    "/columns/3 InvalidValue: must not name amount a second time".to_owned(),
                    format!("/columns/4 InvalidValue: must be one of {known}"),
                ],
            ),
        ] {
            let mut found = columns(json, RoleName::Operator, &FUNDING_TRANSFERS).unwrap_err();
            found.retain(|problem| problem != "/columns/1 InvalidType: must be a string");
            assert_eq!(found, problems, "{json}");
        }
    }

    #[test]
    fn a_supplier_is_not_told_of_a_column_for_operators() {
        let asked = |name: &str| {
            let json = format!("[{name:?}]");
            columns(&json, RoleName::Supplier, &TRANSACTION_EVENTS).unwrap_err()
        };
        let refused = asked("platformCommission");
        assert_eq!(refused, asked("noSuchColumn"));
        assert!(!refused[0].contains("Commission"));
        assert!(
            columns(
                r#"["platformCommission"]"#,
                RoleName::Operator,
                &TRANSACTION_EVENTS
            )
            .is_ok()
        );
    }

    #[test]
    fn a_compression_is_one_of_two_words() {
        for (json, compression) in [
            ("\"none\"", Compression::None),
            ("\"gzip\"", Compression::Gzip),
        ] {
            let read = read(json, read_compression).unwrap();
            assert_eq!(read, Some(compression));
        }
        let another = ["/compression InvalidValue: must be one of none, gzip"];
        let no_word = ["/compression InvalidType: must be a string"];
        for (json, problems) in [
            ("\"zip\"", another),
            ("\"GZIP\"", another),
            ("\"\"", another),
            ("null", no_word),
            ("true", no_word),
            (r#"{"name": "gzip"}"#, no_word),
        ] {
            assert_eq!(
                read(json, read_compression).unwrap_err(),
                problems,
                "{json}"
            );
        }
    }

    #[test]
    fn a_profile_is_shown_as_it_is_asked_for() {
        for json in [
            r#"{"name":"standard"}"#,
            r#"{"name":"spreadsheet","locale":"en"}"#,
            r#"{"name":"spreadsheet","locale":"fr"}"#,
            r#"{"name":"spreadsheet","locale":"de"}"#,
            r#"{"name":"spreadsheet","locale":"es"}"#,
        ] {
            let profile = read(json, read_profile).unwrap().unwrap();
            let shown = serde_json::to_string(&ProfileObject::from(profile)).unwrap();
            assert_eq!(shown, json);
        }
    }

    #[test]
    fn a_profile_has_a_name_and_a_locale_only_where_it_needs_one() {
        for (json, problems) in [
            (
                "\"standard\"",
                vec!["/profile InvalidType: must be an object"],
            ),
            (
                "{}",
                vec!["/profile/name Missing: must be there: one of standard, spreadsheet"],
            ),
            (
                r#"{"name": "excel", "locale": "fr"}"#,
                vec!["/profile/name InvalidValue: must be one of standard, spreadsheet"],
            ),
            (
                r#"{"name": "standard", "locale": "fr"}"#,
                vec![
                    "/profile/locale NotAllowed: must not be there: only the profile spreadsheet has a locale",
                ],
            ),
            (
                r#"{"name": "spreadsheet"}"#,
                vec!["/profile/locale Missing: must be there: one of en, fr, de, es"],
            ),
            (
                r#"{"name": "spreadsheet", "locale": "it", "delimiter": ";"}"#,
                vec![
                    "/profile/delimiter UnknownField: is not a field of this request; known are name, locale",
                    "/profile/locale InvalidValue: must be one of en, fr, de, es",
                ],
            ),
            (
                r#"{"name": 5}"#,
                vec!["/profile/name InvalidType: must be a string"],
            ),
        ] {
            assert_eq!(read(json, read_profile).unwrap_err(), problems, "{json}");
        }
    }
}
