//! Counts rows: how many there are, how long they are in the file, and what they add up to.

use std::collections::BTreeMap;

use engine::{Amount, Column, Decoder, Dialect, Format, Page, Totals, Unreadable};
use shared::{
    items::ledger::{CREATED_AT, POSITION},
    wire::estimate::{EstimatedDay, EstimatedPart},
};

use crate::lot::Lot;

const STATUS: &str = "status";

/// `2026-01-31`
const DAY: usize = 10;

/// What the pages so far come to.
#[derive(Debug, Default)]
pub struct Tally {
    pub lot: Lot,
    totals: Totals,
    statuses: BTreeMap<String, Part>,
    days: BTreeMap<String, Part>,
}

#[derive(Debug, Default)]
struct Part {
    rows: u64,
    totals: Totals,
}

/// Decodes pages twice: into rows of the file, and into what the rows are grouped by.
#[derive(Debug)]
pub struct Decoders {
    file: Decoder,
    groups: Decoder,
}

impl Decoders {
    pub fn new(file: Decoder) -> Self {
        let groups = [(CREATED_AT, Format::Seconds), (STATUS, Format::Verbatim)];
        let groups = groups.map(|(name, format)| Column { name, format });
        Self {
            file,
            groups: Decoder::without_money(&groups, POSITION, Dialect::STANDARD),
        }
    }

    /// A page's rows as the file has them.
    pub fn file(&mut self, json: &[u8]) -> Result<Page, Unreadable> {
        self.file.decode(json)
    }
}

impl Tally {
    /// Adds a page. Returns the position of the last record that the query looked at, unless it was the lane's last page.
    pub fn add(
        &mut self,
        json: &[u8],
        decoders: &mut Decoders,
    ) -> Result<Option<String>, Unreadable> {
        let page = decoders.file(json)?;
        let groups = decoders.groups.decode(json)?;
        self.lot = self.lot.plus(Lot::of(&page));
        for index in 0..page.rows.len() {
            let money = page.rows.amount(index);
            if let Some((currency, amount)) = money {
                self.totals.add(currency, amount);
            }
            let (day, status) = group(groups.rows.line(index));
            count(&mut self.days, day, money);
            count(&mut self.statuses, status, money);
        }
        Ok(page.last_evaluated)
    }

    /// The sums of the amounts, by currency.
    pub fn totals(&self) -> BTreeMap<String, String> {
        self.totals.shown()
    }

    /// `None` if the dataset's records have no status.
    pub fn statuses(&self) -> Option<BTreeMap<String, EstimatedPart>> {
        let shown = |(status, part): (&String, &Part)| (status.clone(), part.shown());
        let has_statuses = !self.statuses.contains_key("");
        has_statuses.then(|| self.statuses.iter().map(shown).collect())
    }

    pub fn days(&self) -> Vec<EstimatedDay> {
        let shown = |(day, part): (&String, &Part)| EstimatedDay {
            date: day.clone(),
            part: part.shown(),
        };
        self.days.iter().map(shown).collect()
    }
}

impl Part {
    fn shown(&self) -> EstimatedPart {
        EstimatedPart {
            row_count: self.rows,
            totals: self.totals.shown(),
        }
    }
}

/// Day and status of `2026-01-31T23:59:59Z;COMPLETED\n`. Neither has a character that is quoted or escaped.
fn group(line: &[u8]) -> (&str, &str) {
    let line = std::str::from_utf8(line).unwrap_or_default();
    let (time, status) = line.trim_end().split_once(';').unwrap_or_default();
    (time.get(..DAY).unwrap_or(time), status)
}

fn count(parts: &mut BTreeMap<String, Part>, name: &str, money: Option<(&str, Option<Amount>)>) {
    let part = match parts.get_mut(name) {
        Some(part) => part,
        None => parts.entry(name.to_owned()).or_default(),
    };
    part.rows += 1;
    if let Some((currency, amount)) = money {
        part.totals.add(currency, amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoders() -> Decoders {
        let columns = ["id", "amount"].map(|name| Column {
            name,
            format: Format::Verbatim,
        });
        Decoders::new(Decoder::new(&columns, POSITION, Dialect::STANDARD))
    }

    fn item(id: &str, time: &str, status: &str, amount: &str) -> String {
        format!(
            r#"{{"id":{{"S":"{id}"}},"createdAt":{{"S":"{time}"}},"status":{{"S":"{status}"}},"amount":{{"S":"{amount}"}},"currency":{{"S":"EUR"}},"position":{{"S":"{time}#{id}"}}}}"#
        )
    }

    #[test]
    fn rows_are_counted_as_a_whole_by_status_and_by_day() {
        let items = [
            item("a", "2026-01-31T23:59:59.999Z", "FAILED", "0.10"),
            item("b", "2026-02-01T00:00:00.000Z", "PAID", "-2"),
            item("c;", "2026-02-01T00:00:00.000Z", "PAID", "5.5"),
        ];
        let page = format!(
            r#"{{"Items":[{}],"ScannedCount":8,"LastEvaluatedKey":{{"position":{{"S":"p"}}}}}}"#,
            items.join(",")
        );
        let mut tally = Tally::default();
        let next = tally.add(page.as_bytes(), &mut decoders()).unwrap();
        assert_eq!(next.as_deref(), Some("p"));
        let file = "a;0.10\nb;-2\n\"c;\";5.5\n";
        assert_eq!(
            tally.lot,
            Lot {
                rows: 3,
                size: file.len() as u64,
                scanned: 8
            }
        );
        assert_eq!(tally.totals()["EUR"], "3.60");
        let statuses = tally.statuses().unwrap();
        assert_eq!(statuses["FAILED"].row_count, 1);
        assert_eq!(statuses["PAID"].totals["EUR"], "3.5");
        let days = tally.days();
        let days: Vec<_> = days
            .iter()
            .map(|day| (day.date.as_str(), day.part.row_count))
            .collect();
        assert_eq!(days, [("2026-01-31", 1), ("2026-02-01", 2)]);
    }

    #[test]
    fn nothing_adds_up_to_nothing() {
        let mut tally = Tally::default();
        let page = br#"{"Items":[],"ScannedCount":5}"#;
        assert_eq!(tally.add(page, &mut decoders()), Ok(None));
        assert!(tally.totals().is_empty() && tally.days().is_empty());
        assert_eq!(tally.statuses(), Some(BTreeMap::new()));
    }
}
