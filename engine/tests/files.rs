//! Whole files of every dialect: an ordinary CSV reader finds every value in them, and an interruption leaves no trace.

use std::io::{Read, Write};

use engine::{
    Column, Compressor, Content, Decoder, Dialect, Draft, DraftState, Drained, Format, Merge, Page,
};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const COLUMNS: [Column; 7] = [
    column("supplierName", Format::Guarded),
    column("transferId", Format::Verbatim),
    column("createdAt", Format::Seconds),
    column("amount", Format::Amount),
    column("currency", Format::Verbatim),
    column("reference", Format::Guarded),
    column("executedAt", Format::Time),
];

const LANES: usize = 4;

const fn column(name: &'static str, format: Format) -> Column {
    Column { name, format }
}

/// What a file must look like, said once more.
#[derive(Clone, Copy, Debug)]
struct Form {
    dialect: Dialect,
    mark: &'static str,
    delimiter: u8,
    decimal_mark: &'static str,
    /// Of year, month, day and the time of that day.
    time: fn(&str, &str, &str, &str) -> String,
}

const FORMS: [Form; 5] = [
    Form {
        dialect: Dialect::STANDARD,
        mark: "",
        delimiter: b';',
        decimal_mark: ".",
        time: |year, month, day, time| format!("{year}-{month}-{day}T{time}Z"),
    },
    Form {
        dialect: Dialect::ENGLISH,
        mark: "\u{feff}",
        delimiter: b',',
        decimal_mark: ".",
        time: |year, month, day, time| format!("{year}-{month}-{day} {time}"),
    },
    Form {
        dialect: Dialect::FRENCH,
        mark: "\u{feff}",
        delimiter: b';',
        decimal_mark: ",",
        time: |year, month, day, time| format!("{day}/{month}/{year} {time}"),
    },
    Form {
        dialect: Dialect::GERMAN,
        mark: "\u{feff}",
        delimiter: b';',
        decimal_mark: ",",
        time: |year, month, day, time| format!("{day}.{month}.{year} {time}"),
    },
    Form {
        dialect: Dialect::SPANISH,
        mark: "\u{feff}",
        delimiter: b';',
        decimal_mark: ",",
        time: |year, month, day, time| format!("{day}/{month}/{year} {time}"),
    },
];

impl Form {
    fn decoder(&self) -> Decoder {
        Decoder::new(&COLUMNS, "sort", self.dialect)
    }

    /// The cell of a value.
    fn cell(&self, format: Format, value: &str) -> String {
        match format {
            Format::Guarded
                if value.starts_with([
                    '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠',
                ]) =>
            {
                format!("'{value}")
            }
            Format::Amount if is_decimal(value) => value.replace('.', self.decimal_mark),
            Format::Seconds | Format::Time if !value.is_empty() => {
                (self.time)(&value[..4], &value[5..7], &value[8..10], &value[11..19])
            }
            _ => value.to_owned(),
        }
    }
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<_> = digits.split('.').collect();
    parts.len() <= 2 && parts.into_iter().all(is_number)
}

/// A record: its values by attribute, some absent; and whether DynamoDB writes it the other way round.
type Record = (Map<String, Value>, bool);

fn records() -> impl Strategy<Value = Vec<Record>> {
    let record = (
        any::<String>(),
        (1970..2100_u32, 1..13_u32, 1..29_u32, 0..86_400_u32),
        prop_oneof!["-?[0-9]{1,20}(\\.[0-9]{1,3})?", "[-0-9.,;]{0,6}"],
        prop::option::of(any::<String>()),
        prop::option::of("[=+@;,\"\r\n\t'a-]{0,4}"),
        any::<(bool, bool)>(),
    );
    let values = record.prop_map(
        |(id, time, amount, name, reference, (is_executed, is_reversed))| {
            let (year, month, day, second) = time;
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            let time = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
            let mut values = Map::new();
            values.insert("transferId".to_owned(), id.into());
            values.insert("createdAt".to_owned(), format!("{time}.999Z").into());
            values.insert("amount".to_owned(), amount.into());
            values.insert("currency".to_owned(), "EUR".into());
            values.extend(name.map(|name| ("supplierName".to_owned(), name.into())));
            values.extend(reference.map(|text| ("reference".to_owned(), text.into())));
            values
                .extend(is_executed.then(|| ("executedAt".to_owned(), format!("{time}Z").into())));
            (values, is_reversed)
        },
    );
    prop::collection::vec(values, 1..40).prop_map(|mut records| {
        for (place, (values, _)) in records.iter_mut().enumerate() {
            values.insert("sort".to_owned(), sort(place).into());
        }
        records
    })
}

fn sort(place: usize) -> String {
    format!("{place:03}")
}

/// The page of a lane from a sort key on, as DynamoDB writes it. Record `n` is in lane `n % LANES`.
fn page(records: &[Record], lane: usize, unread: &str, limit: usize) -> String {
    let places: Vec<_> = (lane..records.len())
        .step_by(LANES)
        .filter(|place| *sort(*place) >= *unread)
        .take(limit)
        .collect();
    let items: Vec<_> = places.iter().map(|place| item(&records[*place])).collect();
    let last = match places.last() {
        Some(place) if places.len() == limit => {
            format!(
                r#","LastEvaluatedKey":{{"sort":{{"S":"{}"}}}}"#,
                sort(*place)
            )
        }
        _ => String::new(),
    };
    format!(
        r#"{{"Items":[{}],"ScannedCount":{}{last}}}"#,
        items.join(","),
        places.len()
    )
}

fn item((values, is_reversed): &Record) -> String {
    let mut attributes: Vec<_> = values
        .iter()
        .map(|(name, value)| format!("{}:{}", json!(name), json!({"S": value})))
        .collect();
    if *is_reversed {
        attributes.reverse();
    }
    format!("{{{}}}", attributes.join(","))
}

/// Members of some rows each.
struct Gzip;

impl Compressor for Gzip {
    fn member_size(&self) -> usize {
        150
    }

    fn compress(&mut self, text: &[u8], members: &mut Vec<u8>) {
        let mut encoder = GzEncoder::new(members, Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap();
    }
}

fn compressor(is_compressed: bool) -> Option<Box<dyn Compressor + Send>> {
    is_compressed.then(|| Box::new(Gzip) as _)
}

fn unpacked(file: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    MultiGzDecoder::new(file).read_to_end(&mut text).unwrap();
    text
}

fn content(bytes: &[u8]) -> Content {
    Content {
        size: bytes.len() as u64,
        sha256: Sha256::digest(bytes).into(),
    }
}

/// The file of some records, and its state at the end. It is interrupted after each of so many pages, and taken up again
/// from what was stored.
fn file(
    form: &Form,
    is_compressed: bool,
    records: &[Record],
    limit: usize,
    stops: &[usize],
) -> (Vec<u8>, DraftState) {
    let mut file = Vec::new();
    let mut draft = Draft::new(&form.decoder().header(), compressor(is_compressed));
    let mut position = String::new();
    for stop in stops.iter().copied().map(Some).chain([None]) {
        let (mut decoder, mut merge) = (form.decoder(), Merge::new(LANES, &position));
        let mut pages = 0;
        loop {
            match merge.drain(&mut draft, 100) {
                Drained::Full => file.extend(draft.take_part(Vec::new())),
                Drained::Hungry if stop != Some(pages) => {
                    let lane = hungriest(&merge);
                    let json = page(records, lane, merge.unread(lane).unwrap(), limit);
                    let page: Page = decoder.decode(json.as_bytes()).unwrap();
                    merge.feed(lane, page);
                    pages += 1;
                }
                _ => break,
            }
        }
        position = merge.position().unwrap_or_else(|| "~".to_owned());
        let stored = serde_json::to_string(&draft.state()).unwrap();
        let state: DraftState = serde_json::from_str(&stored).unwrap();
        draft = Draft::resume(&state, draft.tail(), compressor(is_compressed)).unwrap();
    }
    file.extend(draft.take_part(Vec::new()));
    (file, draft.state())
}

fn hungriest(merge: &Merge) -> usize {
    let open = (0..LANES).filter(|lane| merge.unread(*lane).is_some());
    open.min_by_key(|lane| merge.pages_held(*lane)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_value_is_found_in_its_cell(records in records(), limit in 1_usize..9) {
        for form in &FORMS {
            let (bytes, state) = file(form, false, &records, limit, &[]);
            let text = String::from_utf8(bytes).unwrap();
            let text = text.strip_prefix(form.mark).unwrap();
            let mut reader = csv::ReaderBuilder::new().delimiter(form.delimiter).from_reader(text.as_bytes());
            let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
            prop_assert_eq!(reader.headers().unwrap(), names);
            let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(rows.len(), records.len());
            prop_assert_eq!(state.rows as usize, records.len());
            for (row, (values, _)) in rows.iter().zip(&records) {
                for (cell, column) in row.iter().zip(COLUMNS) {
                    let value = values.get(column.name).map_or("", |value| value.as_str().unwrap());
                    prop_assert_eq!(cell, form.cell(column.format, value), "{:?} {:?}", form, column);
                }
            }
        }
    }

    #[test]
    fn stopped_anywhere_and_taken_up_again_a_file_has_the_same_bytes(
        records in records(),
        limit in 1_usize..9,
        stops in prop::collection::vec(0_usize..12, 1..5),
    ) {
        let (_, standard) = file(&FORMS[0], false, &records, limit, &[]);
        for form in &FORMS {
            let (undisturbed, _) = file(form, false, &records, limit, &[]);
            let (bytes, state) = file(form, false, &records, limit, &stops);
            prop_assert_eq!(&bytes, &undisturbed);
            prop_assert_eq!(state.file(), Some(content(&bytes)));
            // An amount counts as it is stored, not as the file shows it.
            prop_assert_eq!(state.totals(), standard.totals());
            prop_assert_eq!(state.rows_not_in_totals(), standard.rows_not_in_totals());
        }
    }

    #[test]
    fn a_compressed_file_has_the_same_bytes_too_and_the_text_of_the_other(
        records in records(),
        limit in 1_usize..9,
        stops in prop::collection::vec(0_usize..12, 1..5),
    ) {
        for form in &FORMS {
            let (text, plain) = file(form, false, &records, limit, &[]);
            let (undisturbed, _) = file(form, true, &records, limit, &[]);
            let (bytes, state) = file(form, true, &records, limit, &stops);
            prop_assert_eq!(&bytes, &undisturbed);
            prop_assert_eq!(state.file(), Some(content(&bytes)));
            prop_assert_eq!(state.text(), plain.file());
            prop_assert_eq!(unpacked(&bytes), text);
            prop_assert_eq!((state.totals(), state.rows), (plain.totals(), plain.rows));
        }
    }
}
