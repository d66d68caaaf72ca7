//! Reads a change in one pass if nothing is wrong with it and all its values are texts.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::domain::{
    caller::is_valid_id,
    change::{Change, Content},
    dataset::ALL,
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

/// The change, or `None` if something is wrong with it or some value is no text.
pub fn read(raw: &RawValue) -> Option<Change> {
    let plain: PlainChange = serde_json::from_str(raw.get()).ok()?;
    let dataset = ALL
        .into_iter()
        .find(|dataset| dataset.export_type == plain.r#type)?;
    let occurred_at = match plain.occurred_at {
        Some(text) => Some(time::parse(&text)?),
        None => None,
    };
    let cells = plain.record.0.iter();
    let cells = cells.map(|(name, value)| (&*name.0, &*value.0));
    Some(Change {
        tenant_id: is_valid_id(&plain.tenant_id).then(|| plain.tenant_id.into_owned())?,
        version: Some(plain.version),
        content: Content::Record(Record::check(dataset, cells).ok()?),
        occurred_at,
    })
}
