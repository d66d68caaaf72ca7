//! The records of a page, one by one, for lists that people read.

use std::{borrow::Cow, collections::HashMap};

use serde::Deserialize;

use super::LedgerPage;
use crate::{aws::AwsError, items::ledger::POSITION};

/// The records of a page, in the order of its query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordPage {
    pub records: Vec<StoredRecord>,
    /// The position of the last record that the query looked at. `None` on the last page.
    pub last_evaluated: Option<String>,
    /// How many records the query looked at, also those that the filter left out.
    pub scanned: u64,
}

/// A record's columns as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    pub position: String,
    pub values: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'p> {
    #[serde(borrow)]
    items: Vec<Item<'p>>,
    #[serde(borrow)]
    last_evaluated_key: Option<Item<'p>>,
    scanned_count: u64,
}

type Item<'p> = HashMap<Cow<'p, str>, Value<'p>>;

/// A value of a record: text, except for what no file shows.
#[derive(Deserialize)]
struct Value<'p> {
    #[serde(borrow, rename = "S")]
    text: Option<Cow<'p, str>>,
}

impl LedgerPage {
    /// The records of the page. Fails if the answer is none of DynamoDB's.
    pub fn records(&self) -> Result<RecordPage, AwsError> {
        read(self.as_ref()).map_err(|error| AwsError::unexpected("Query", error))
    }
}

fn read(json: &[u8]) -> Result<RecordPage, serde_json::Error> {
    let page: Page = serde_json::from_slice(json)?;
    let records = page.items.into_iter().filter_map(|mut item| {
        let position = item.remove(POSITION)?.text?.into_owned();
        let values = item.into_iter().filter_map(|(name, value)| {
            let text = value.text?;
            Some((name.into_owned(), text.into_owned()))
        });
        Some(StoredRecord {
            position,
            values: values.collect(),
        })
    });
    let last_evaluated = page
        .last_evaluated_key
        .and_then(|mut key| key.remove(POSITION)?.text)
        .map(Cow::into_owned);
    Ok(RecordPage {
        records: records.collect(),
        last_evaluated,
        scanned: page.scanned_count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_with_their_positions() {
        let page = read(
            br#"{"Items":[{"position":{"S":"p1"},"status":{"S":"a\"b"},"version":{"N":"7"}},{"position":{"S":"p2"}}],
                 "Count":2,"ScannedCount":9,"LastEvaluatedKey":{"position":{"S":"p3"},"partition":{"S":"t#X#0"}}}"#,
        )
        .unwrap();
        assert_eq!(
            page,
            RecordPage {
                records: vec![
                    StoredRecord {
                        position: "p1".to_owned(),
                        values: [("status".to_owned(), "a\"b".to_owned())].into(),
                    },
                    StoredRecord {
                        position: "p2".to_owned(),
                        values: HashMap::new(),
                    },
                ],
                last_evaluated: Some("p3".to_owned()),
                scanned: 9,
            }
        );
    }

    #[test]
    fn the_last_page_has_no_place_to_go_on_from() {
        let page = read(br#"{"Items":[],"Count":0,"ScannedCount":0}"#).unwrap();
        assert_eq!(page, RecordPage::default());
        assert!(read(b"{}").is_err());
    }
}
