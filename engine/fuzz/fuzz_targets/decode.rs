//! Whatever bytes come as a page, the decoder does not panic; and where they are a page of records that an ordinary JSON
//! parser can read, the file of each dialect shows an ordinary CSV reader the same values.

#![no_main]

use std::cell::RefCell;

use engine::{Column, Decoder, Dialect, Format, Page};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const COLUMNS: [(&str, Format); 5] = [
    ("transferId", Format::Verbatim),
    ("amount", Format::Amount),
    ("currency", Format::Verbatim),
    ("reference", Format::Verbatim),
    ("createdAt", Format::Time),
];

/// A dialect with its delimiter, its decimal mark, and its form of `year-month-day` and time.
type Form = (Dialect, u8, char, fn(&str, &str) -> String);

const FORMS: [Form; 4] = [
    (Dialect::STANDARD, b';', '.', |day, time| {
        format!("{day}T{time}Z")
    }),
    (Dialect::ENGLISH, b',', '.', |day, time| {
        format!("{day} {time}")
    }),
    (Dialect::FRENCH, b';', ',', |day, time| {
        format!("{} {time}", turned(day, "/"))
    }),
    (Dialect::GERMAN, b';', ',', |day, time| {
        format!("{} {time}", turned(day, "."))
    }),
];

thread_local! {
    /// One decoder of each dialect for all pages, as in life: what it learns from one must not spoil the next.
    static DECODERS: RefCell<Vec<Decoder>> = RefCell::new(FORMS.map(|(dialect, ..)| decoder(dialect)).to_vec());
}

fuzz_target!(|json: &[u8]| {
    let records = records(json);
    DECODERS.with_borrow_mut(|decoders| {
        for (decoder, form) in decoders.iter_mut().zip(&FORMS) {
            if let (Ok(page), Some(records)) = (decoder.decode(json), &records) {
                let cells: Vec<_> = records.iter().map(|values| cells(values, form)).collect();
                assert_eq!(rows(&page, form), cells);
            }
        }
    });
});

fn decoder(dialect: Dialect) -> Decoder {
    Decoder::new(
        &COLUMNS.map(|(name, format)| Column { name, format }),
        "sort",
        dialect,
    )
}

/// The cells that an ordinary CSV reader must find for a record's values.
fn cells(values: &[String], (dialect, _, decimal_mark, time): &Form) -> Vec<String> {
    let cell = |(value, (_, format)): (&String, &(&str, Format))| match format {
        Format::Amount if is_decimal(value) => value.replace('.', &decimal_mark.to_string()),
        // The standard dialect does not touch a time.
        Format::Time if *dialect != Dialect::STANDARD && is_time(value) => {
            time(&value[..10], &value[11..19])
        }
        _ => value.clone(),
    };
    values.iter().zip(&COLUMNS).map(cell).collect()
}

fn is_decimal(value: &str) -> bool {
    let parts: Vec<_> = value
        .strip_prefix('-')
        .unwrap_or(value)
        .split('.')
        .collect();
    parts.len() <= 2 && parts.into_iter().all(is_digits)
}

/// Whether it is a time such as `2026-01-31T23:59:59.999Z`, whatever its numbers are.
fn is_time(value: &str) -> bool {
    let Some((second, fraction)) = value
        .strip_suffix('Z')
        .and_then(|time| time.split_at_checked(19))
    else {
        return false;
    };
    let form: String = second
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect();
    form == "0000-00-00T00:00:00"
        && (fraction.is_empty() || fraction.strip_prefix('.').is_some_and(is_digits))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2026-01-31` with the day first.
fn turned(day: &str, separator: &str) -> String {
    day.rsplit('-').collect::<Vec<_>>().join(separator)
}

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
            COLUMNS.iter().map(|(name, _)| value(name)).collect()
        })
        .collect()
}

fn rows(page: &Page, (_, delimiter, ..): &Form) -> Vec<Vec<String>> {
    let file: Vec<u8> = (0..page.rows.len())
        .flat_map(|index| page.rows.line(index).to_vec())
        .collect();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(*delimiter)
        .has_headers(false)
        .from_reader(file.as_slice());
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}
