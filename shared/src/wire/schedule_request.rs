//! The bodies that make and change schedules.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::{
    file_format::{read_columns, read_compression, read_profile},
    json::{Object, Reader, child},
    problem::{FieldError, FieldErrorCode},
    trigger_request::{read_cc, read_filters, refuse_unknown},
    when::read_when,
};
use crate::domain::{
    address::{EmailAddress, distinct_cc},
    caller::{Caller, RoleName},
    dataset::{self, Dataset, FilterTest},
    file_format::{Compression, FileFormat, Profile},
    filters::Filters,
    schedule::{Activity, LONGEST_NAME, Schedule, When},
    text::may_be_in_name,
};

const KNOWN: &str = "name, dataset, filters, columns, profile, compression, cc, when";
const KNOWN_OF_CHANGE: &str = "name, filters, columns, profile, compression, cc, when, paused";

/// A valid request for a schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSchedule {
    pub name: String,
    pub dataset: &'static Dataset,
    pub filters: Filters,
    pub format: FileFormat,
    /// As they were named: each at the place that it has in the body.
    pub cc: Vec<EmailAddress>,
    pub when: When,
}

/// A valid change of a schedule: what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleChange {
    pub name: Option<String>,
    pub filters: Option<Filters>,
    /// `Some(None)` takes the choice back.
    pub columns: Option<Option<Vec<String>>>,
    pub profile: Option<Profile>,
    pub compression: Option<Compression>,
    /// As they were named.
    pub cc: Option<Vec<EmailAddress>>,
    pub when: Option<When>,
    pub paused: Option<bool>,
}

/// The dataset that a body names, if it names one that operators or suppliers can export.
pub fn dataset_of(body: &[u8]) -> Option<&'static Dataset> {
    let mut reader = Reader::default();
    let object = reader.body(body);
    let raw = object.get("dataset")?;
    by_slug(&reader.text("/dataset", raw)?)
}

impl NewSchedule {
    /// Reads a body, or says everything that is wrong with it.
    pub fn parse(body: &[u8], caller: &Caller) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let object = reader.body(body);
        let dataset = read_dataset(&mut reader, &object);
        let mut read = ScheduleChange::default();
        for (name, raw) in object.fields() {
            match name {
                "dataset" => {}
                "columns" | "profile" | "compression" | "name" | "filters" | "cc" | "when" => {
                    read.take(&mut reader, name, raw, caller, dataset);
                }
                unknown => refuse_unknown(&mut reader, "", unknown, KNOWN),
            }
        }
        for name in ["name", "when"] {
            if object.get(name).is_none() {
                let detail = "must be there";
                reader.refuse(&child("", name), FieldErrorCode::Missing, detail);
            }
        }
        let whole = read.name.zip(read.when).zip(dataset);
        let new = whole.map(|((name, when), dataset)| Self {
            name,
            dataset,
            filters: read.filters.unwrap_or_default(),
            format: FileFormat {
                columns: read.columns.flatten(),
                profile: read.profile,
                compression: read.compression,
            },
            cc: read.cc.unwrap_or_default(),
            when,
        });
        // Whatever is not there was refused.
        reader
            .finish(new)
            .map(|new| new.expect("it was read whole"))
    }
}

impl ScheduleChange {
    /// Reads a body, or says everything that is wrong with it.
    pub fn parse(
        body: &[u8],
        caller: &Caller,
        dataset: &'static Dataset,
    ) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let object = reader.body(body);
        let mut change = Self::default();
        for (name, raw) in object.fields() {
            match name {
                "columns" if is_null(raw) => change.columns = Some(None),
                "columns" | "profile" | "compression" | "name" | "filters" | "cc" | "when" => {
                    change.take(&mut reader, name, raw, caller, Some(dataset));
                }
                "paused" => change.paused = reader.boolean("/paused", raw),
                "dataset" => {
                    let detail = "cannot be changed: make another schedule for another dataset";
                    reader.refuse("/dataset", FieldErrorCode::NotAllowed, detail);
                }
                unknown => refuse_unknown(&mut reader, "", unknown, KNOWN_OF_CHANGE),
            }
        }
        reader.finish(change)
    }

    /// The schedule after the change, as its owner's address is now.
    ///
    /// A pause leaves out what it keeps from running. Other days, or another zone, begin anew with whole periods; another time
    /// of day changes no period.
    pub fn applied_to(self, seen: &Schedule, email: &EmailAddress, now: Timestamp) -> Schedule {
        let mut after = seen.clone();
        after.version += 1;
        after.owner.email = email.clone();
        after.name = self.name.unwrap_or(after.name);
        after.filters = self.filters.unwrap_or(after.filters);
        after.format.columns = self.columns.unwrap_or(after.format.columns);
        after.format.profile = self.profile.or(after.format.profile);
        after.format.compression = self.compression.or(after.format.compression);
        after.cc = self.cc.map_or(after.cc, |cc| distinct_cc(email, cc));
        after.when = self.when.unwrap_or(after.when);
        match self.paused {
            Some(true) => after.activity = Activity::Paused,
            Some(false) => after.activity = Activity::Active,
            None => {}
        }
        if !after.when.has_periods_of(&seen.when) {
            after.begin(now);
        } else if after.is_active() && !seen.is_active() {
            after.resume(now);
        }
        after
    }

    /// Reads one field. What depends on the dataset is not read while the dataset is unknown.
    fn take(
        &mut self,
        reader: &mut Reader,
        name: &str,
        raw: &RawValue,
        caller: &Caller,
        dataset: Option<&'static Dataset>,
    ) {
        match (name, dataset) {
            ("name", _) => self.name = read_name(reader, raw),
            ("cc", _) => self.cc = Some(read_cc(reader, raw)),
            ("when", _) => self.when = read_when(reader, "/when", raw),
            ("profile", _) => self.profile = read_profile(reader, raw),
            ("compression", _) => self.compression = read_compression(reader, raw),
            ("filters", Some(dataset)) => {
                self.filters = read_timeless_filters(reader, raw, caller, dataset);
            }
            ("columns", Some(dataset)) => {
                let role = caller.role.name();
                self.columns = Some(Some(read_columns(reader, raw, role, dataset)));
            }
            _ => {}
        }
    }
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

fn by_slug(slug: &str) -> Option<&'static Dataset> {
    // A dataset that only merchants export is none of this API.
    Dataset::by_slug(slug).filter(|dataset| has_operators(dataset))
}

fn has_operators(dataset: &Dataset) -> bool {
    dataset.roles.contains(&RoleName::Operator)
}

fn read_dataset(reader: &mut Reader, object: &Object) -> Option<&'static Dataset> {
    let known = || {
        let datasets = dataset::ALL
            .into_iter()
            .filter(|dataset| has_operators(dataset));
        let slugs: Vec<_> = datasets.map(|dataset| dataset.slug).collect();
        slugs.join(", ")
    };
    let Some(raw) = object.get("dataset") else {
        let detail = format!("must be there: one of {}", known());
        reader.refuse("/dataset", FieldErrorCode::Missing, detail);
        return None;
    };
    let slug = reader.text("/dataset", raw)?;
    let dataset = by_slug(&slug);
    if dataset.is_none() {
        let detail = format!("must be one of {}", known());
        reader.refuse("/dataset", FieldErrorCode::InvalidValue, detail);
    }
    dataset
}

fn read_name(reader: &mut Reader, raw: &RawValue) -> Option<String> {
    let text = reader.text("/name", raw)?;
    let name = text.trim();
    if !text.chars().all(may_be_in_name) {
        let detail = "must not contain line breaks, or control or invisible characters";
        reader.refuse("/name", FieldErrorCode::InvalidValue, detail);
        return None;
    }
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let detail = format!("must have 1 to {LONGEST_NAME} characters");
        reader.refuse("/name", FieldErrorCode::InvalidValue, detail);
        return None;
    }
    Some(name.to_owned())
}

/// Reads filters without bounds of time, which each run's period gives.
fn read_timeless_filters(
    reader: &mut Reader,
    raw: &RawValue,
    caller: &Caller,
    dataset: &'static Dataset,
) -> Option<Filters> {
    if dataset.filters.is_empty() {
        let detail = format!("{} are exported whole: there are no filters", dataset.title);
        reader.refuse("/filters", FieldErrorCode::NotAllowed, detail);
        return None;
    }
    let mut object = reader.object("/filters", raw)?;
    let is_time = |name: &str| {
        let test = dataset.filter(name).map(|filter| filter.test);
        matches!(
            test,
            Some(FilterTest::CreatedAtFrom | FilterTest::CreatedAtTo | FilterTest::ChangedSince)
        )
    };
    for (name, _) in object.fields().filter(|(name, _)| is_time(name)) {
        let detail = "must not be there: each run exports the period before it";
        reader.refuse(&child("/filters", name), FieldErrorCode::NotAllowed, detail);
    }
    object.retain(|name| !is_time(name));
    Some(read_filters(reader, "/filters", &object, caller, dataset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        dataset::{FUNDING_TRANSFERS, SUPPLIER_PAYOUTS},
        export::examples::{at, one_of, operator, supplier},
        file_format::Locale,
        schedule::examples::daily,
    };

    const WHEN: &str = r#""when": {"every": "DAY", "at": "06:30", "timeZone": "Europe/Paris"}"#;

    fn shown(errors: Vec<FieldError>) -> Vec<String> {
        let shown = |error: FieldError| format!("{} {:?}", error.pointer, error.code);
        errors.into_iter().map(shown).collect()
    }

    fn refused(body: &str) -> Vec<String> {
        shown(NewSchedule::parse(body.as_bytes(), &operator()).expect_err(body))
    }

    fn change(body: &str) -> Result<ScheduleChange, Vec<String>> {
        ScheduleChange::parse(body.as_bytes(), &operator(), &FUNDING_TRANSFERS).map_err(shown)
    }

    #[test]
    fn reads_a_whole_schedule() {
        let body = format!(
            r#"{{"name": " Morning file ", "dataset": "funding-transfers", {WHEN},
                "filters": {{"statuses": ["FAILED"], "supplierIds": ["SUP-1001"]}}, "columns": ["amount"],
                "profile": {{"name": "spreadsheet", "locale": "fr"}}, "compression": "gzip",
                "cc": ["finance@example.com", "ana@northwind.example"]}}"#
        );
        let new = NewSchedule::parse(body.as_bytes(), &operator()).unwrap();
        assert_eq!(new.name, "Morning file");
        assert_eq!(new.dataset, &FUNDING_TRANSFERS);
        assert_eq!(new.filters.one_of, one_of(&[("statuses", &["FAILED"])]));
        assert_eq!(new.filters.supplier_ids, ["SUP-1001"]);
        assert_eq!(
            new.format.profile,
            Some(Profile::Spreadsheet(Locale::French))
        );
        assert_eq!(new.format.compression, Some(Compression::Gzip));
        assert_eq!(new.cc.len(), 2, "each at the place that the body has it at");
        let of_a_supplier = NewSchedule::parse(body.as_bytes(), &supplier()).unwrap();
        assert!(of_a_supplier.filters.supplier_ids.is_empty());
    }

    #[test]
    fn everything_that_is_missing_or_wrong_is_said_at_once() {
        assert_eq!(
            refused("{}"),
            ["/dataset Missing", "/name Missing", "/when Missing"]
        );
        assert_eq!(
            refused(
                r#"{"name": "a\nb", "dataset": "funding-transfers", "when": {"every": "YEAR"}, "columns": ["none"],
                    "filters": {"createdAtFrom": "2026-01-01T00:00:00Z", "changedSince": 1, "statuses": ["DONE"]},
                    "cc": ["nope"], "profile": 1, "paused": true}"#
            ),
            [
                "/name InvalidValue",
                "/when/at Missing",
                "/when/timeZone Missing",
                "/when/every InvalidValue",
                "/columns/0 InvalidValue",
                "/filters/createdAtFrom NotAllowed",
                "/filters/changedSince NotAllowed",
                "/filters/statuses/0 InvalidValue",
                "/cc/0 InvalidValue",
                "/profile InvalidType",
                "/paused UnknownField",
            ]
        );
    }

    #[test]
    fn a_dataset_of_merchants_or_of_nobody_is_none() {
        for slug in ["payouts-by-contact", "nothing", ""] {
            let body = format!(r#"{{"name": "a", "dataset": "{slug}", {WHEN}}}"#);
            assert_eq!(refused(&body), ["/dataset InvalidValue"]);
            assert_eq!(dataset_of(body.as_bytes()), None);
        }
        let body = br#"{"dataset": "supplier-payouts"}"#;
        assert_eq!(dataset_of(body), Some(&SUPPLIER_PAYOUTS));
        let filtered =
            format!(r#"{{"name": "a", "dataset": "supplier-payouts", {WHEN}, "filters": {{}}}}"#);
        assert_eq!(refused(&filtered), ["/filters NotAllowed"]);
    }

    #[test]
    fn a_name_has_up_to_a_hundred_characters() {
        let named = |name: &str| {
            let body = format!(r#"{{"name": "{name}", "dataset": "funding-transfers", {WHEN}}}"#);
            NewSchedule::parse(body.as_bytes(), &operator()).map_err(shown)
        };
        assert!(named(&"é".repeat(100)).is_ok());
        for name in ["", "  ", &"é".repeat(101), "fdp.\u{202e}exe", "a\u{200b}b"] {
            assert_eq!(named(name).unwrap_err(), ["/name InvalidValue"], "{name}");
        }
    }

    #[test]
    fn a_change_has_what_is_to_change() {
        assert_eq!(change("{}"), Ok(ScheduleChange::default()));
        let changed = change(r#"{"paused": true, "columns": null, "cc": []}"#);
        let expected = ScheduleChange {
            paused: Some(true),
            columns: Some(None),
            cc: Some(vec![]),
            ..ScheduleChange::default()
        };
        assert_eq!(changed, Ok(expected));
        assert_eq!(
            change(r#"{"dataset": "transactions", "paused": "no", "name": null, "id": 1}"#),
            Err([
                "/dataset NotAllowed",
                "/paused InvalidType",
                "/name InvalidType",
                "/id UnknownField"
            ]
            .map(str::to_owned)
            .to_vec())
        );
    }

    #[test]
    fn a_change_leaves_the_rest_and_another_time_of_day_the_periods() {
        let seen = daily();
        let now = at("2026-11-21T12:00:00Z");
        let applied = |body: &str| {
            let change = change(body).unwrap();
            change.applied_to(&seen, &operator().email, now)
        };
        let renamed = applied(r#"{"name": "Another"}"#);
        let expected = Schedule {
            name: "Another".to_owned(),
            version: 2,
            ..seen.clone()
        };
        assert_eq!(renamed, expected);
        let later =
            applied(r#"{"when": {"every": "DAY", "at": "23:00", "timeZone": "Europe/Paris"}}"#);
        assert_eq!(later.next_from, seen.next_from);
        // Today's new time is over, and yesterday is not exported yet: that is due now.
        let earlier =
            applied(r#"{"when": {"every": "DAY", "at": "06:00", "timeZone": "Europe/Paris"}}"#);
        let due = earlier.due(now).unwrap();
        assert_eq!(due.period.end, at("2026-11-20T23:00:00Z"));
        let monthly = applied(
            r#"{"when": {"every": "MONTH", "at": "06:30", "timeZone": "UTC", "dayOfMonth": 1}}"#,
        );
        assert_eq!(monthly.next_from, at("2026-11-01T00:00:00Z"));
    }

    #[test]
    fn a_schedule_that_is_resumed_leaves_out_what_it_missed() {
        let paused = change(r#"{"paused": true}"#).unwrap();
        let paused = paused.applied_to(&daily(), &operator().email, at("2026-11-20T12:00:00Z"));
        assert_eq!(paused.activity, Activity::Paused);
        let resumed = change(r#"{"paused": false}"#).unwrap();
        let resumed = resumed.applied_to(&paused, &operator().email, at("2026-11-25T12:00:00Z"));
        assert_eq!(resumed.activity, Activity::Active);
        assert_eq!(resumed.next_from, at("2026-11-24T23:00:00Z"));
        assert_eq!(resumed.version, 3);
    }
}
