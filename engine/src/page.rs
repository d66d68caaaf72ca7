//! Turns the JSON of a DynamoDB query's page directly into rows of the file.
//!
//! `{"Items":[{"amount":{"S":"100.00"},…},…],"LastEvaluatedKey":{"sort":{"S":…},…},"ScannedCount":2000,…}`
//!
//! No item becomes a map or a text. The records of a ledger are alike, so the bytes between the values of one record mostly
//! stand between those of the next. The decoder learns these bytes and compares them, and parses them only if they differ.

use memchr::memchr2;

use crate::{
    amount::Amount,
    cell::{self, Column, Writer},
    dialect::Dialect,
    rows::{Row, Rows},
    scanner::{Scanner, Text, Unreadable},
};

/// Decodes pages into rows. It keeps what it has learned of the records' form from page to page.
#[derive(Clone, Debug)]
pub struct Decoder {
    dialect: Dialect,
    /// Of each column.
    writers: Vec<Writer>,
    /// The attributes that are read: those of the columns in their order, and what else is needed.
    attributes: Vec<&'static str>,
    /// The places of the amount and the currency, if the records have them.
    money: Option<[usize; 2]>,
    sort: usize,
    heads: Vec<Head>,
}

/// A decoded page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub rows: Rows,
    /// The sort key of the last record that the query looked at. `None` on the last page.
    pub last_evaluated: Option<String>,
    /// How many records the query looked at, also those that the filter left out.
    pub scanned: u64,
}

/// The bytes before a value: `"amount":{"S":"`.
#[derive(Clone, Debug)]
struct Head {
    bytes: Vec<u8>,
    /// The attribute of the value. `None` if it is not read.
    attribute: Option<usize>,
}

/// Records have some dozens of attributes. More forms than this need not be remembered.
const MOST_HEADS: usize = 64;

impl Decoder {
    /// A decoder of records with these columns, an `amount`, a `currency` and this sort key, for a file in a dialect.
    pub fn new(columns: &[Column], sort: &'static str, dialect: Dialect) -> Self {
        Self::of(columns, sort, dialect, true)
    }

    /// A decoder of records that have neither amount nor currency, and so no totals.
    pub fn without_money(columns: &[Column], sort: &'static str, dialect: Dialect) -> Self {
        Self::of(columns, sort, dialect, false)
    }

    fn of(columns: &[Column], sort: &'static str, dialect: Dialect, has_money: bool) -> Self {
        let writer = |column: &Column| Writer::new(column.format, dialect);
        let mut attributes: Vec<_> = columns.iter().map(|column| column.name).collect();
        let mut place = |name| {
            let known = attributes.iter().position(|attribute| *attribute == name);
            known.unwrap_or_else(|| {
                attributes.push(name);
                attributes.len() - 1
            })
        };
        let money = has_money.then(|| ["amount", "currency"].map(&mut place));
        let sort = place(sort);
        Self {
            dialect,
            writers: columns.iter().map(writer).collect(),
            attributes,
            money,
            sort,
            heads: Vec::new(),
        }
    }

    /// The attributes that a page's records must have: those of the columns, the sort key and, if there is money, the amount
    /// and the currency, which the totals need even if no column shows them.
    pub fn attributes(&self) -> &[&'static str] {
        &self.attributes
    }

    /// The first bytes of the file that the rows belong to: its names of columns, and before them what its dialect begins
    /// with.
    pub fn header(&self) -> Vec<u8> {
        let names = &self.attributes[..self.writers.len()];
        let names: Vec<_> = names.iter().map(|name| name.as_bytes()).collect();
        [
            self.dialect.mark,
            &names.join(&self.dialect.delimiter),
            b"\n",
        ]
        .concat()
    }

    /// Reads a page.
    pub fn decode(&mut self, json: &[u8]) -> Result<Page, Unreadable> {
        let mut page = Page::default();
        Scanner::new(json, self.dialect.delimiter).object(|scanner, name| {
            match name {
                b"Items" => page.rows = self.items(scanner, json)?,
                b"LastEvaluatedKey" => page.last_evaluated = self.last_evaluated(scanner)?,
                b"ScannedCount" => page.scanned = count(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(page)
    }

    fn items(&mut self, scanner: &mut Scanner<'_>, json: &[u8]) -> Result<Rows, Unreadable> {
        let mut rows = Rows {
            // Without names and punctuation, a page's values are seldom more than half of it.
            file: Vec::with_capacity(json.len() / 2),
            ..Rows::default()
        };
        // JSON escapes line breaks. A line break that is not escaped could end a row early.
        let is_plain = memchr2(b'\n', b'\r', json).is_none();
        let mut values = vec![None; self.attributes.len()];
        scanner.expect(b'[', "a list was expected")?;
        if scanner.take(b']') {
            return Ok(Rows::default());
        }
        loop {
            values.fill(None);
            self.item(scanner, &mut values)?;
            self.write(&values, is_plain, &mut rows)
                .or_else(|what| scanner.fail(what))?;
            if !scanner.take(b',') {
                break;
            }
        }
        scanner.expect(b']', "a list does not end")?;
        if str::from_utf8(&rows.file).is_err() || str::from_utf8(&rows.sorts).is_err() {
            return scanner.fail("a page is not UTF-8");
        }
        rows.file.shrink_to_fit();
        rows.sorts.shrink_to_fit();
        rows.rows.shrink_to_fit();
        Ok(rows)
    }

    /// Reads the values of one item.
    fn item<'p>(
        &mut self,
        scanner: &mut Scanner<'p>,
        values: &mut [Option<Text<'p>>],
    ) -> Result<(), Unreadable> {
        scanner.expect(b'{', "an item was expected")?;
        if scanner.take(b'}') {
            return Ok(());
        }
        let mut expected = 0;
        loop {
            if let Some(attribute) = self.head(scanner, &mut expected)? {
                let text = scanner.rest_of_string()?;
                if let Some(place) = attribute {
                    values[place] = Some(text);
                }
                scanner.expect(b'}', "a value does not end")?;
            }
            if !scanner.take(b',') {
                return scanner.expect(b'}', "an item does not end");
            }
            scanner.peek();
        }
    }

    /// Reads the bytes before a value, up to and with its first quote, and returns the value's attribute. A value that is
    /// neither text nor number is skipped, because no file shows it.
    #[inline]
    fn head(
        &mut self,
        scanner: &mut Scanner<'_>,
        expected: &mut usize,
    ) -> Result<Option<Option<usize>>, Unreadable> {
        let rest = scanner.rest();
        let known = self.heads[*expected..]
            .iter()
            .position(|head| rest.starts_with(&head.bytes));
        match known {
            Some(skipped) => {
                let head = &self.heads[*expected + skipped];
                *expected += skipped + 1;
                scanner.at += head.bytes.len();
                Ok(Some(head.attribute))
            }
            None => self.unknown_head(scanner, expected),
        }
    }

    #[cold]
    fn unknown_head(
        &mut self,
        scanner: &mut Scanner<'_>,
        expected: &mut usize,
    ) -> Result<Option<Option<usize>>, Unreadable> {
        let start = scanner.at;
        let name = scanner.string()?.unescaped();
        let name = name.or_else(|what| scanner.fail(what))?;
        scanner.expect(b':', "a colon was expected")?;
        scanner.expect(b'{', "a typed value was expected")?;
        let kind = scanner.string()?.unescaped();
        let kind = kind.or_else(|what| scanner.fail(what))?;
        scanner.expect(b':', "a colon was expected")?;
        if !matches!(&*kind, b"S" | b"N") {
            scanner.skip()?;
            scanner.expect(b'}', "a value does not end")?;
            return Ok(None);
        }
        scanner.expect(b'"', "a string was expected")?;
        let attribute = self
            .attributes
            .iter()
            .position(|attribute| attribute.as_bytes() == &*name);
        let bytes = scanner.since(start);
        let is_known = self.heads.iter().any(|head| head.bytes == bytes);
        if !is_known && self.heads.len() < MOST_HEADS {
            let head = Head {
                bytes: bytes.to_vec(),
                attribute,
            };
            self.heads.insert(*expected, head);
            *expected += 1;
        }
        Ok(Some(attribute))
    }

    /// Writes the row of an item's values. Fails with what is wrong with them.
    fn write(
        &self,
        values: &[Option<Text<'_>>],
        is_plain: bool,
        rows: &mut Rows,
    ) -> Result<(), &'static str> {
        let start = rows.file.len();
        let delimiter = self.dialect.delimiter;
        for (index, (writer, value)) in self.writers.iter().zip(values).enumerate() {
            if index > 0 {
                rows.file.push(delimiter);
            }
            if let Some(text) = value {
                writer.write(*text, is_plain, delimiter, &mut rows.file)?;
            }
        }
        // In a file of one column an empty cell would be an empty line, which many readers of CSV pass over.
        if rows.file.len() == start {
            rows.file.extend_from_slice(cell::EMPTY);
        }
        rows.file.push(b'\n');
        let unescaped = |place: usize| {
            let text = values[place].map(|text| text.unescaped());
            text.transpose()
        };
        let sort = unescaped(self.sort)?.ok_or("a record has no sort key")?;
        rows.sorts.extend_from_slice(&sort);
        let (currency, amount) = match self.money {
            Some([amount, currency]) => {
                let (amount, currency) = (unescaped(amount)?, unescaped(currency)?);
                let currency = rows.place_of(&currency.unwrap_or_default())?;
                (currency, amount.and_then(|amount| Amount::parse(&amount)))
            }
            None => (0, None),
        };
        let row = Row {
            file_end: end(&rows.file)?,
            sort_end: end(&rows.sorts)?,
            currency,
            amount,
        };
        rows.rows.push(row);
        Ok(())
    }

    fn last_evaluated(&self, scanner: &mut Scanner<'_>) -> Result<Option<String>, Unreadable> {
        let mut key = None;
        let wanted = self.attributes[self.sort].as_bytes();
        scanner.object(|scanner, name| {
            if name != wanted {
                return scanner.skip();
            }
            scanner.object(|scanner, _| {
                let text = scanner.string()?.unescaped();
                let text = text.or_else(|what| scanner.fail(what))?;
                key = String::from_utf8(text.into_owned()).ok();
                Ok(())
            })
        })?;
        match key {
            None => scanner.fail("a page does not say where the next one begins"),
            key => Ok(key),
        }
    }
}

fn end(bytes: &[u8]) -> Result<u32, &'static str> {
    u32::try_from(bytes.len()).map_err(|_| "a page is larger than DynamoDB's are")
}

fn count(scanner: &mut Scanner<'_>) -> Result<u64, Unreadable> {
    scanner.peek();
    let start = scanner.at;
    scanner.skip()?;
    let digits = str::from_utf8(scanner.since(start)).ok();
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(count) => Ok(count),
        None => scanner.fail("a number was expected"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cell::Format;

    const COLUMNS: [Column; 6] = [
        Column {
            name: "transferId",
            format: Format::Verbatim,
        },
        Column {
            name: "createdAt",
            format: Format::Seconds,
        },
        Column {
            name: "amount",
            format: Format::Verbatim,
        },
        Column {
            name: "currency",
            format: Format::Verbatim,
        },
        Column {
            name: "supplierName",
            format: Format::Guarded,
        },
        Column {
            name: "reference",
            format: Format::Guarded,
        },
    ];

    fn decoder() -> Decoder {
        Decoder::new(&COLUMNS, "sort", Dialect::STANDARD)
    }

    fn decode(json: &str) -> Result<Page, Unreadable> {
        decoder().decode(json.as_bytes())
    }

    fn file(page: &Page) -> &str {
        str::from_utf8(&page.rows.file).unwrap()
    }

    #[test]
    fn a_page_becomes_rows() {
        let page = decode(
            r#"{"Count":2,"Items":[
                {"amount":{"S":"-100.00"},"sort":{"S":"2026-01-31T23:59:59Z#trf_1"},"createdAt":{"S":"2026-01-31T23:59:59.999Z"},
                 "currency":{"S":"EUR"},"supplierName":{"S":"=1+1"},"transferId":{"S":"trf_1"},"other":{"M":{"a":{"S":"}"}}}},
                {"sort":{"S":"2026-01-31T23:59:59Z#trf_2"},"transferId":{"S":"trf_2"},"amount":{"N":"5"},"currency":{"S":"JPY"},
                 "reference":{"S":"a;\"b\"\n"},"supplierName":{"NULL":true}}
            ],"LastEvaluatedKey":{"partition":{"S":"p"},"sort":{"S":"2026-01-31T23:59:59Z#trf_2"}},"ScannedCount":7}"#,
        )
        .unwrap();
        assert_eq!(
            file(&page),
            "trf_1;2026-01-31T23:59:59Z;-100.00;EUR;'=1+1;\ntrf_2;;5;JPY;;\"a;\"\"b\"\"\n\"\n"
        );
        assert_eq!(page.rows.len(), 2);
        assert_eq!(page.rows.sort(1), b"2026-01-31T23:59:59Z#trf_2");
        assert_eq!(page.rows.line(1), b"trf_2;;5;JPY;;\"a;\"\"b\"\"\n\"\n");
        assert_eq!(
            page.rows.amount(0),
            Some((
                "EUR",
                Some(Amount {
                    mantissa: -10_000,
                    scale: 2
                })
            ))
        );
        assert_eq!(
            page.last_evaluated.as_deref(),
            Some("2026-01-31T23:59:59Z#trf_2")
        );
        assert_eq!(page.scanned, 7);
    }

    #[test]
    fn a_page_may_be_empty_and_not_the_last() {
        let page =
            decode(r#"{"Items":[],"ScannedCount":2000,"LastEvaluatedKey":{"sort":{"S":"s"}}}"#)
                .unwrap();
        assert!(page.rows.is_empty());
        assert_eq!(page.last_evaluated.as_deref(), Some("s"));
        assert_eq!(decode("{}").unwrap(), Page::default());
    }

    #[test]
    fn a_record_without_an_amount_is_a_row_all_the_same() {
        let page = decode(
            r#"{"Items":[{"sort":{"S":"a"},"transferId":{"S":"trf_1"}},{"sort":{"S":"b"},"amount":{"S":"n/a"},"currency":{"S":"EUR"}}]}"#,
        )
        .unwrap();
        assert_eq!(file(&page), "trf_1;;;;;\n;;n/a;EUR;;\n");
        assert_eq!(page.rows.amount(0), Some(("", None)));
        assert_eq!(page.rows.amount(1), Some(("EUR", None)));
    }

    #[test]
    fn amounts_count_even_if_no_column_shows_them() {
        let columns = [COLUMNS[4], COLUMNS[0]];
        let mut decoder = Decoder::new(&columns, "sort", Dialect::STANDARD);
        assert_eq!(
            decoder.attributes(),
            ["supplierName", "transferId", "amount", "currency", "sort"]
        );
        let page = decoder
            .decode(
                br#"{"Items":[{"amount":{"S":"5.00"},"currency":{"S":"EUR"},"sort":{"S":"a"},"supplierName":{"S":"Alder"},"transferId":{"S":"trf_1"}}]}"#,
            )
            .unwrap();
        assert_eq!(file(&page), "Alder;trf_1\n");
        let amount = Amount::parse(b"5.00");
        assert_eq!(page.rows.amount(0), Some(("EUR", amount)));
    }

    #[test]
    fn records_without_money_have_no_amount_to_add_up() {
        let mut decoder = Decoder::without_money(&COLUMNS[..2], "sort", Dialect::STANDARD);
        assert_eq!(decoder.attributes(), ["transferId", "createdAt", "sort"]);
        let page = decoder
            .decode(br#"{"Items":[{"sort":{"S":"a"},"transferId":{"S":"trf_1"},"amount":{"S":"5.00"}}]}"#)
            .unwrap();
        assert_eq!(file(&page), "trf_1;\n");
        assert_eq!(page.rows.amount(0), None);
    }

    #[test]
    fn a_row_is_never_an_empty_line() {
        let mut decoder = Decoder::new(&COLUMNS[5..], "sort", Dialect::STANDARD);
        let page = decoder
            .decode(br#"{"Items":[{"sort":{"S":"a"}},{"sort":{"S":"b"},"reference":{"S":""}},{"sort":{"S":"c"},"reference":{"S":"r"}}]}"#)
            .unwrap();
        assert_eq!(file(&page), "\"\"\n\"\"\nr\n");
    }

    #[test]
    fn what_is_not_a_page_is_refused() {
        for wrong in [
            "",
            "[]",
            r#"{"Items":5}"#,
            r#"{"Items":[{"amount":{"S":"1"}}]}"#,
            r#"{"Items":[{"amount":{"S":"1"}]}"#,
            r#"{"Items":[{"amount":"1"}]}"#,
            r#"{"ScannedCount":"many"}"#,
            r#"{"LastEvaluatedKey":{}}"#,
        ] {
            assert!(decode(wrong).is_err(), "{wrong}");
        }
        assert!(decoder().decode(b"{\"Items\":[{\"sort\":{\"S\":\"\xff\"},\"amount\":{\"S\":\"1\"},\"currency\":{\"S\":\"E\"}}]}").is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(json in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decoder().decode(&json);
        }
    }
}
