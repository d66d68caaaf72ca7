//! Whatever bytes come as a page, the decoder does not panic; and where they are a page of records that an ordinary JSON
//! parser can read, the file shows an ordinary CSV reader the same values.

#![no_main]

use std::cell::RefCell;

use engine::{Column, Decoder, Format, Page};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const COLUMNS: [&str; 4] = ["transferId", "amount", "currency", "reference"];

thread_local! {
    /// One decoder for all pages, as in life: what it learns from one must not spoil the next.
    static DECODER: RefCell<Decoder> = RefCell::new(Decoder::new(
        COLUMNS
            .map(|name| Column {
                name,
                format: Format::Verbatim,
            })
            .to_vec(),
        "sort",
    ));
}

fuzz_target!(|json: &[u8]| {
    let decoded = DECODER.with_borrow_mut(|decoder| decoder.decode(json));
    if let (Ok(page), Some(records)) = (decoded, records(json)) {
        assert_eq!(rows(&page), records);
    }
});

/// The values of a page's records, as an ordinary JSON parser has them; none if it is not a page.
fn records(json: &[u8]) -> Option<Vec<Vec<String>>> {
    let page: Value = serde_json::from_slice(json).ok()?;
    let items = page.as_object()?.get("Items")?.as_array()?;
    items
        .iter()
        .map(|item| {
            let item = item.as_object()?;
            let value = |name: &str| match item.get(name) {
                None => Some(String::new()),
                Some(typed) => {
                    let (kind, value) = typed.as_object()?.iter().next()?;
                    let is_shown = matches!(kind.as_str(), "S" | "N");
                    is_shown.then(|| value.as_str().map(str::to_owned))?
                }
            };
            COLUMNS.iter().map(|name| value(name)).collect()
        })
        .collect()
}

fn rows(page: &Page) -> Vec<Vec<String>> {
    let file: Vec<u8> = (0..page.rows.len())
        .flat_map(|index| page.rows.line(index).to_vec())
        .collect();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .from_reader(file.as_slice());
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}
