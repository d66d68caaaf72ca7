//! A record of the ledger, checked against its dataset's columns.

use std::fmt;

use jiff::Timestamp;
use smallvec::{SmallVec, smallvec};

use super::{
    amount::Amount,
    contacts::CONTACT_EXTERNAL_ID,
    dataset::{Column, Dataset, Kind},
    time,
};

/// Most characters of a text.
pub const LONGEST_TEXT: usize = 1024;

/// Most characters of an identifier, a code, and a text that keys of the ledger are made from: DynamoDB's keys have at
/// most 1,024 bytes, and a character may take four of them.
pub const LONGEST_IDENTIFIER: usize = 200;

/// So many columns of a record are kept beside it, without memory of their own.
const USUAL_COLUMNS: usize = 20;

/// Of the supplier whom a dataset's supplier column names.
const SUPPLIER_NAME: &str = "supplierName";

/// The column with a record's time of creation. The ledger has it to the millisecond and of fixed width:
/// `2026-01-31T23:59:59.000Z`.
pub const CREATED_AT: &str = "createdAt";

/// The column with a record's amount.
pub const AMOUNT: &str = "amount";

/// A record that is valid for its dataset. Every value has the form that the file shows it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    dataset: &'static Dataset,
    /// The values, one after another in the order of the dataset's columns.
    text: String,
    /// Where the value of each column ends in it. A column without a value ends where the one before it does.
    ends: SmallVec<[u32; USUAL_COLUMNS]>,
    created_at: Timestamp,
    amount: Option<Amount>,
}

/// One thing that is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordProblem {
    /// As the input names it.
    pub column: String,
    pub rule: Rule,
}

/// The rule that a value breaks. It displays as the rest of a sentence that begins with the column's name, without the
/// value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    #[error("is not a column of {0}")]
    Unknown(&'static str),
    #[error("is there twice")]
    Repeated,
    #[error("must have a value")]
    Required,
    #[error("must be letters, digits and _ - . : only, beginning with a letter or digit")]
    Identifier,
    #[error("must be one of {}", .0.join(", "))]
    Choice(&'static [&'static str]),
    #[error("must be an RFC 3339 time from 1970 on, such as 2026-01-31T23:59:59Z")]
    Time,
    #[error("must be a plain decimal of at most 28 digits, such as 1234.50")]
    Amount,
    #[error("must be three capital letters, such as EUR")]
    Currency,
    #[error("must be a whole number from 0 up")]
    Count,
    #[error("must be an account number of letters and digits, or its last four")]
    LastFour,
    #[error("must have at most {0} characters")]
    TooLong(usize),
    #[error("must not contain a NUL character")]
    Nul,
    #[error("must be empty unless the status is {}", .0.join(" or "))]
    OnlyFailures(&'static [&'static str]),
    #[error(
        "must be MARKETPLACE when the source is a SUPPLIER: a transfer has one supplier at most"
    )]
    TwoSuppliers,
    #[error("must name the supplier whose balance account is the source or the target")]
    SupplierSide,
    #[error("must be empty when source and target are both MARKETPLACE")]
    NoSupplierSide,
}

impl fmt::Display for RecordProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.column, self.rule)
    }
}

impl Record {
    /// Checks column names with their values; an empty value is an absent one.
    ///
    /// Times are cut to whole seconds, amounts keep their digits, and of an account number only the last four
    /// characters are kept. Fails with everything that is wrong: names first, then values in the order of the columns,
    /// then values that do not go together.
    pub fn check<'a>(
        dataset: &'static Dataset,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<RecordProblem>> {
        let mut raw: SmallVec<[Option<&str>; USUAL_COLUMNS]> =
            smallvec![None; dataset.columns.len()];
        let mut problems = Problems::default();
        let mut next = 0;
        for (name, value) in given {
            match dataset.index_of(name, next) {
                None => problems.add(name, Rule::Unknown(dataset.export_type)),
                Some(index) if raw[index].is_some() => problems.add(name, Rule::Repeated),
                Some(index) => {
                    raw[index] = Some(value);
                    next = index + 1;
                }
            }
        }

        let length = raw.iter().flatten().map(|value| value.len()).sum();
        let mut normal = Normal {
            text: String::with_capacity(length),
            created_at: None,
            amount: None,
        };
        let mut ends = SmallVec::with_capacity(raw.len());
        for (column, raw) in dataset.columns.iter().zip(&raw) {
            match raw {
                None | Some("") if column.is_required => {
                    problems.add(column.name, Rule::Required);
                }
                None | Some("") => {}
                Some(raw) => {
                    if let Err(rule) = normal.add(dataset, column, raw) {
                        problems.add(column.name, rule);
                    }
                }
            }
            // A value has at most 1,024 characters.
            ends.push(u32::try_from(normal.text.len()).expect("a record has less than 4 GB"));
        }
        let raw = |name: &str| {
            let value = raw[dataset.index_of(name, 0)?]?;
            (!value.is_empty()).then_some(value)
        };
        check_reason(dataset, raw, &mut problems);
        check_sides(dataset, raw, &mut problems);

        match normal.created_at {
            Some(created_at) if problems.0.is_empty() => Ok(Self {
                dataset,
                text: normal.text,
                ends,
                created_at,
                amount: normal.amount,
            }),
            _ => Err(problems.0),
        }
    }

    pub fn dataset(&self) -> &'static Dataset {
        self.dataset
    }

    /// What names the record in its dataset.
    pub fn id(&self) -> &str {
        self.value_at(self.dataset.places.id)
            .expect("a record has its id, or it was not made")
    }

    /// To the millisecond, which the bounds of an export go by.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// To the second, as files show it: `2026-01-31T23:59:59Z`.
    pub fn created_at_second(&self) -> &str {
        self.value_at(self.dataset.places.created_at)
            .expect("a record has its time of creation, or it was not made")
    }

    /// The amount as it is written.
    pub fn amount_text(&self) -> Option<&str> {
        self.value_at(self.dataset.places.amount?)
    }

    /// The id of the supplier whom the record belongs to.
    pub fn supplier(&self) -> Option<&str> {
        self.value_at(self.dataset.places.supplier?)
    }

    pub fn supplier_name(&self) -> Option<&str> {
        self.value_at(self.dataset.places.supplier_name?)
    }

    /// The id of the contact whom the record belongs to.
    pub fn contact(&self) -> Option<&str> {
        self.value_at(self.dataset.places.contact?)
    }

    /// `None` if the dataset has no amounts.
    pub fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// The value of a column, if the dataset has the column and the record a value.
    pub fn value(&self, column: &str) -> Option<&str> {
        self.value_at(self.dataset.index_of(column, 0)?)
    }

    /// The columns that have a value, in the order of the file.
    pub fn values(&self) -> impl Iterator<Item = (&'static Column, &str)> {
        let columns = self.dataset.columns.iter().enumerate();
        columns.filter_map(|(index, column)| Some((column, self.value_at(index)?)))
    }

    /// A bit for each column that has a value, from the lowest on. `None` if there are more columns than bits.
    pub fn present(&self) -> Option<u64> {
        let mut present = 0;
        let mut start = 0;
        for (index, end) in (0..).zip(&self.ends) {
            present |= 1u64.checked_shl(index)? * u64::from(*end > start);
            start = *end;
        }
        Some(present)
    }

    fn value_at(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let value = &self.text[start as usize..self.ends[index] as usize];
        (!value.is_empty()).then_some(value)
    }
}

#[derive(Default)]
struct Problems(Vec<RecordProblem>);

impl Problems {
    fn add(&mut self, column: &str, rule: Rule) {
        self.0.push(RecordProblem {
            column: column.to_owned(),
            rule,
        });
    }
}

/// Values in the form that the ledger keeps them in, and those that are more than texts.
struct Normal {
    text: String,
    created_at: Option<Timestamp>,
    amount: Option<Amount>,
}

impl Normal {
    /// Adds a value that is not empty. Fails with the rule that it breaks.
    fn add(&mut self, dataset: &Dataset, column: &Column, value: &str) -> Result<(), Rule> {
        // A text may be part of a key of the ledger.
        let is_in_key =
            dataset.supplier_column() == Some(column.name) || column.name == CONTACT_EXTERNAL_ID;
        let longest = match column.kind {
            Kind::Text if !is_in_key => LONGEST_TEXT,
            _ => LONGEST_IDENTIFIER,
        };
        // A text has at most as many characters as bytes.
        if value.len() > longest && value.chars().count() > longest {
            return Err(Rule::TooLong(longest));
        }
        let obey = |is_valid: bool, rule: Rule| if is_valid { Ok(()) } else { Err(rule) };
        match column.kind {
            Kind::Identifier | Kind::Code { .. } => obey(is_identifier(value), Rule::Identifier)?,
            Kind::Choice(choices) => obey(choices.contains(&value), Rule::Choice(choices))?,
            Kind::Time => return self.add_time(column, value),
            Kind::Amount => return self.add_amount(column, value),
            Kind::Currency => obey(
                value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase()),
                Rule::Currency,
            )?,
            Kind::Count => {
                let count: u64 = value.parse().map_err(|_| Rule::Count)?;
                obey(count.to_string() == value, Rule::Count)?;
            }
            Kind::LastFour => {
                self.text += &last_four(value).ok_or(Rule::LastFour)?;
                return Ok(());
            }
            Kind::Text => obey(!value.contains('\0'), Rule::Nul)?,
        }
        self.text += value;
        Ok(())
    }

    fn add_time(&mut self, column: &Column, value: &str) -> Result<(), Rule> {
        let time = time::parse_to_seconds(value, &mut self.text)
            .filter(|time| *time >= Timestamp::UNIX_EPOCH)
            .ok_or(Rule::Time)?;
        if column.name == CREATED_AT {
            self.created_at = Some(time);
        }
        Ok(())
    }

    fn add_amount(&mut self, column: &Column, value: &str) -> Result<(), Rule> {
        let amount: Amount = value.parse().map_err(|_| Rule::Amount)?;
        amount.write_as(value, &mut self.text);
        if column.name == AMOUNT {
            self.amount = Some(amount);
        }
        Ok(())
    }
}

/// Whether a text can be an identifier: letters, digits and `_ - . :`, beginning with a letter or digit.
pub fn is_identifier(text: &str) -> bool {
    text.len() <= LONGEST_IDENTIFIER
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(
            |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b':'),
        )
}

/// The last four letters and digits, past the spaces, dashes and asterisks that account numbers are written with.
fn last_four(text: &str) -> Option<String> {
    let mut kept = Vec::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' => kept.push(character),
            ' ' | '-' | '*' => {}
            _ => return None,
        }
    }
    let last = &kept[kept.len().saturating_sub(4)..];
    (!last.is_empty()).then(|| last.iter().collect())
}

fn check_reason<'a>(
    dataset: &Dataset,
    value: impl Fn(&str) -> Option<&'a str>,
    problems: &mut Problems,
) {
    if value("failureReason").is_none() {
        return;
    }
    let is_no_failure = value("status").is_some_and(|status| {
        dataset.statuses().contains(&status) && !dataset.failures.contains(&status)
    });
    if is_no_failure {
        problems.add("failureReason", Rule::OnlyFailures(dataset.failures));
    }
}

/// A supplier is named when, and only when, one of the two sides is a supplier's.
fn check_sides<'a>(
    dataset: &Dataset,
    value: impl Fn(&str) -> Option<&'a str>,
    problems: &mut Problems,
) {
    let (Some(columns), Some(supplier)) = (dataset.supplier_side_of, dataset.supplier_column())
    else {
        return;
    };
    match columns.map(&value) {
        [Some("SUPPLIER"), Some("SUPPLIER")] => problems.add(columns[1], Rule::TwoSuppliers),
        [Some("MARKETPLACE"), Some("MARKETPLACE")] => {
            for column in [supplier, SUPPLIER_NAME] {
                if value(column).is_some() {
                    problems.add(column, Rule::NoSupplierSide);
                }
            }
        }
        [Some(_), Some(_)] if value(supplier).is_none() => {
            problems.add(supplier, Rule::SupplierSide);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::dataset::{
        ALL, FUNDING_TRANSFERS, MARKETPLACE_PAYOUTS, PAYOUTS_BY_CONTACT, TRANSACTION_EVENTS,
    };

    const TRANSFER: [(&str, &str); 8] = [
        ("transferId", "trf_1"),
        ("createdAt", "2026-05-01T01:59:59.123+02:00"),
        ("status", "COMPLETED"),
        ("amount", "1234.50"),
        ("currency", "EUR"),
        ("sourceBalanceAccountType", "MARKETPLACE"),
        ("targetBalanceAccountType", "SUPPLIER"),
        ("supplierExternalId", "SUP-1001"),
    ];

    const CONTACT_PAYOUT: [(&str, &str); 6] = [
        ("payoutId", "po_1"),
        ("createdAt", "2026-05-01T00:00:00Z"),
        ("status", "paid"),
        ("amount", "5"),
        ("currency", "JPY"),
        ("contactId", "cnt_1"),
    ];

    /// The values with some of them replaced or added.
    fn with<'a>(
        base: &[(&'a str, &'a str)],
        changes: &[(&'a str, &'a str)],
    ) -> Vec<(&'a str, &'a str)> {
        let kept = base
            .iter()
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        kept.chain(changes).copied().collect()
    }

    fn transfer(changes: &[(&str, &str)]) -> Result<Record, Vec<RecordProblem>> {
        Record::check(&FUNDING_TRANSFERS, with(&TRANSFER, changes))
    }

    fn rules(result: Result<Record, Vec<RecordProblem>>) -> Vec<(String, Rule)> {
        let problems = result.expect_err("the record should have been refused");
        problems
            .into_iter()
            .map(|problem| (problem.column, problem.rule))
            .collect()
    }

    #[test]
    fn keeps_the_millisecond_for_the_order_and_shows_whole_utc_seconds() {
        let record = transfer(&[]).unwrap();
        assert_eq!(record.value("createdAt"), Some("2026-04-30T23:59:59Z"));
        assert_eq!(
            time::to_milliseconds(record.created_at()),
            "2026-04-30T23:59:59.123Z"
        );
        assert_eq!(record.id(), "trf_1");
        assert_eq!(record.value("reference"), None);
        assert_eq!(record.values().count(), TRANSFER.len());
    }

    #[test]
    fn amounts_keep_their_digits() {
        for amount in [
            "0",
            "100.00",
            "-5.125",
            "0.1",
            "1234567890123456789012345678",
        ] {
            let record = transfer(&[("amount", amount)]).unwrap();
            assert_eq!(record.value("amount"), Some(amount));
            assert_eq!(record.amount().unwrap().to_string(), amount);
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let refused = transfer(&[
            ("transferId", "-1"),
            ("createdAt", "2026-05-01"),
            ("status", "completed"),
            ("amount", "1,50"),
            ("currency", "eur"),
            ("reference", "a\0b"),
            ("relatedEntityId", "a b"),
            ("iban", "DE89370400440532013000"),
        ]);
        let told: Vec<String> = refused
            .unwrap_err()
            .into_iter()
            .map(|problem| problem.to_string())
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        iban is not a column of FUNDING_TRANSFERS
        transferId must be letters, digits and _ - . : only, beginning with a letter or digit
        createdAt must be an RFC 3339 time from 1970 on, such as 2026-01-31T23:59:59Z
        status must be one of PENDING, COMPLETED, FAILED
        amount must be a plain decimal of at most 28 digits, such as 1234.50
        currency must be three capital letters, such as EUR
        reference must not contain a NUL character
        relatedEntityId must be letters, digits and _ - . : only, beginning with a letter or digit
        ");
    }

    #[test]
    fn an_empty_record_lacks_exactly_the_required_columns() {
        for dataset in ALL {
            let required = dataset.columns.iter().filter(|column| column.is_required);
            let expected: Vec<_> = required
                .map(|column| (column.name.to_owned(), Rule::Required))
                .collect();
            assert_eq!(rules(Record::check(dataset, [])), expected);
            let empty = dataset.columns.iter().map(|column| (column.name, ""));
            assert_eq!(rules(Record::check(dataset, empty)), expected);
        }
    }

    #[test]
    fn a_column_given_twice_is_refused() {
        let twice = TRANSFER.into_iter().chain([("amount", "9")]);
        assert_eq!(
            rules(Record::check(&FUNDING_TRANSFERS, twice)),
            [("amount".to_owned(), Rule::Repeated)]
        );
    }

    #[test]
    fn a_reason_belongs_to_a_failure() {
        let reason = ("failureReason", "Account closed");
        assert!(transfer(&[("status", "FAILED"), reason]).is_ok());
        assert!(transfer(&[("status", "FAILED")]).is_ok());
        assert_eq!(
            rules(transfer(&[reason])),
            [("failureReason".to_owned(), Rule::OnlyFailures(&["FAILED"]))]
        );
        let unknown = transfer(&[("status", "?"), reason]);
        assert_eq!(rules(unknown).len(), 1, "the status alone is to blame");
        let payout = |status| {
            let values = [
                ("payoutId", "po_1"),
                ("createdAt", "2026-05-01T00:00:00Z"),
                ("status", status),
                ("amount", "5"),
                ("currency", "JPY"),
                reason,
            ];
            Record::check(&MARKETPLACE_PAYOUTS, values)
        };
        assert!(payout("INSUFFICIENT_FUNDS").is_ok());
        assert!(payout("SETTLED").is_err());
    }

    #[test]
    fn a_transfer_has_one_supplier_when_a_side_is_a_suppliers() {
        let sides = |source, target, supplier| {
            transfer(&[
                ("sourceBalanceAccountType", source),
                ("targetBalanceAccountType", target),
                ("supplierExternalId", supplier),
            ])
        };
        assert!(sides("MARKETPLACE", "SUPPLIER", "SUP-1").is_ok());
        assert!(sides("SUPPLIER", "MARKETPLACE", "SUP-1").is_ok());
        assert!(sides("MARKETPLACE", "MARKETPLACE", "").is_ok());
        for (source, target, supplier, column, rule) in [
            (
                "SUPPLIER",
                "SUPPLIER",
                "SUP-1",
                "targetBalanceAccountType",
                Rule::TwoSuppliers,
            ),
            (
                "MARKETPLACE",
                "SUPPLIER",
                "",
                "supplierExternalId",
                Rule::SupplierSide,
            ),
            (
                "SUPPLIER",
                "MARKETPLACE",
                "",
                "supplierExternalId",
                Rule::SupplierSide,
            ),
            (
                "MARKETPLACE",
                "MARKETPLACE",
                "SUP-1",
                "supplierExternalId",
                Rule::NoSupplierSide,
            ),
        ] {
            assert_eq!(
                rules(sides(source, target, supplier)),
                [(column.to_owned(), rule)]
            );
        }
    }

    #[test]
    fn of_an_account_number_only_the_last_four_characters_are_kept() {
        for (given, kept) in [
            ("DE89 3704 0044 0532 0130 00", "3000"),
            ("****-0042", "0042"),
            ("0042", "0042"),
            ("42", "42"),
        ] {
            let values = with(&CONTACT_PAYOUT, &[("bankAccountNumber", given)]);
            let record = Record::check(&PAYOUTS_BY_CONTACT, values).unwrap();
            assert_eq!(record.value("bankAccountNumber"), Some(kept));
        }
        for given in ["=1+1", "****", "١٢٣٤", "12\n34"] {
            let values = with(&CONTACT_PAYOUT, &[("bankAccountNumber", given)]);
            assert_eq!(
                rules(Record::check(&PAYOUTS_BY_CONTACT, values)),
                [("bankAccountNumber".to_owned(), Rule::LastFour)]
            );
        }
    }

    #[test]
    fn counts_are_whole_numbers() {
        let payout = |count| {
            let values = [
                ("payoutId", "po_1"),
                ("createdAt", "2026-05-01T00:00:00Z"),
                ("status", "SETTLED"),
                ("amount", "5.000"),
                ("currency", "KWD"),
                ("orderCount", count),
            ];
            Record::check(&MARKETPLACE_PAYOUTS, values)
        };
        assert!(payout("0").is_ok() && payout("18446744073709551615").is_ok());
        for count in ["-1", "+1", "1.0", "007", "1e3", " 1"] {
            assert_eq!(
                rules(payout(count)),
                [("orderCount".to_owned(), Rule::Count)]
            );
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let long = |count: usize| "漢".repeat(count);
        assert!(transfer(&[("reference", &long(1024))]).is_ok());
        assert!(transfer(&[("supplierExternalId", &long(200))]).is_ok());
        assert_eq!(
            rules(transfer(&[
                ("reference", &long(1025)),
                ("supplierExternalId", &long(201))
            ])),
            [
                (
                    "supplierExternalId".to_owned(),
                    Rule::TooLong(LONGEST_IDENTIFIER)
                ),
                ("reference".to_owned(), Rule::TooLong(LONGEST_TEXT)),
            ]
        );
    }

    #[test]
    fn times_before_the_epoch_are_refused() {
        let refused = transfer(&[("createdAt", "1969-12-31T23:59:59Z")]);
        assert_eq!(rules(refused), [("createdAt".to_owned(), Rule::Time)]);
    }

    proptest! {
        #[test]
        fn any_text_is_kept_as_it_is(text in "[^\0]{1,100}") {
            let record = transfer(&[("supplierName", &text)]).unwrap();
            prop_assert_eq!(record.value("supplierName"), Some(text.as_str()));
        }

        #[test]
        fn no_value_makes_the_check_panic(column in 0..19usize, value in any::<String>()) {
            let name = TRANSACTION_EVENTS.columns[column].name;
            let _ = Record::check(&TRANSACTION_EVENTS, [(name, value.as_str())]);
        }
    }
}
