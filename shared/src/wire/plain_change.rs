//! Reads changes in one pass, if nothing is wrong with them and all values are texts.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

use crate::domain::{
    caller::is_valid_id,
    change::{Change, Content},
    dataset::Dataset,
    record::Record,
    time,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlainChange<'a> {
    #[serde(borrow)]
    tenant_id: Cow<'a, str>,
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    version: u64,
    #[serde(borrow)]
    record: Cells<'a>,
    #[serde(borrow, default)]
    occurred_at: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The columns that have a value.
struct Cells<'a>(Vec<(Text<'a>, Text<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Cells<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Columns;

        impl<'de> Visitor<'de> for Columns {
            type Value = Cells<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells<'de>, A::Error> {
                let mut cells = Vec::with_capacity(20);
                while let Some((name, value)) = map.next_entry::<Text, Option<Text>>()? {
                    cells.push((name, value.unwrap_or(Text(Cow::Borrowed("")))));
                }
                Ok(Cells(cells))
            }
        }

        deserializer.deserialize_map(Columns)
    }
}

impl PlainChange<'_> {
    /// The change, or `None` if something is wrong with it.
    fn check(&self) -> Option<Change> {
        let dataset = Dataset::by_type(&self.r#type).filter(|dataset| !dataset.is_internal)?;
        let occurred_at = match &self.occurred_at {
            Some(text) => Some(time::parse(text)?),
            None => None,
        };
        let cells = self.record.0.iter();
        let cells = cells.map(|(name, value)| (&*name.0, &*value.0));
        Some(Change {
            tenant_id: is_valid_id(&self.tenant_id).then(|| self.tenant_id.clone().into_owned())?,
            version: Some(self.version),
            content: Content::Record(Record::check(dataset, cells).ok()?),
            occurred_at,
        })
    }
}

/// The changes of an array, read one after another.
struct PlainChanges(Vec<Change>);

impl<'de> Deserialize<'de> for PlainChanges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;

        impl<'de> Visitor<'de> for Array {
            type Value = PlainChanges;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of plain changes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<PlainChanges, A::Error> {
                let mut changes = Vec::new();
                while let Some(plain) = array.next_element::<PlainChange>()? {
                    let change = plain.check();
                    changes.push(change.ok_or_else(|| A::Error::custom("a change is bad"))?);
                }
                Ok(PlainChanges(changes))
            }
        }

        deserializer.deserialize_seq(Array)
    }
}

/// The change, or `None` if something is wrong with it or some value is no text.
pub fn read(json: &str) -> Option<Change> {
    serde_json::from_str::<PlainChange>(json).ok()?.check()
}

/// The changes of a message, which is one or an array of them; or `None` if something is wrong with any of them, or some
/// value is no text.
pub fn read_all(body: &str) -> Option<Vec<Change>> {
    if body.trim_ascii_start().starts_with('[') {
        let PlainChanges(changes) = serde_json::from_str(body).ok()?;
        Some(changes)
    } else {
        Some(vec![read(body)?])
    }
}
