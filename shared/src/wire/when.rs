//! When a schedule runs, as requests ask for it and as schedules show it.

use jiff::{civil::Time, tz::TimeZone};
use serde::Serialize;
use serde_json::value::RawValue;
use strum::VariantNames;

use super::{
    json::{Object, Reader, child},
    problem::FieldErrorCode,
    trigger_request::{read_choice, refuse_unknown},
};
use crate::domain::schedule::{DayOfMonth, Every, WeekDay, When};

const KNOWN: [&str; 5] = ["every", "at", "timeZone", "daysOfWeek", "dayOfMonth"];
const DAY: &str = "DAY";
const WEEK: &str = "WEEK";
const MONTH: &str = "MONTH";
const LAST: &str = "LAST";

/// What the database has for clocks that are not set.
const NO_PLACES: [&str; 2] = ["Factory", "Etc/Unknown"];

/// When a schedule runs: `{"every": "DAY", "at": "06:30", "timeZone": "Europe/Paris"}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhenObject {
    every: &'static str,
    at: String,
    time_zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_of_week: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day_of_month: Option<DayObject>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum DayObject {
    Number(i8),
    Last(&'static str),
}

impl From<&When> for WhenObject {
    fn from(when: &When) -> Self {
        let (every, days_of_week, day_of_month) = match &when.every {
            Every::Day => (DAY, None, None),
            Every::Week(days) => {
                let names = days.iter().map(|day| day.into()).collect();
                (WEEK, Some(names), None)
            }
            Every::Month(DayOfMonth::Day(day)) => (MONTH, None, Some(DayObject::Number(*day))),
            Every::Month(DayOfMonth::Last) => (MONTH, None, Some(DayObject::Last(LAST))),
        };
        Self {
            every,
            at: when.at.strftime("%H:%M").to_string(),
            time_zone: when.zone.iana_name().unwrap_or("UTC").to_owned(),
            days_of_week,
            day_of_month,
        }
    }
}

/// Reads when a schedule runs. `pointer` is that of the object.
pub fn read_when(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<When> {
    let object = reader.object(pointer, raw)?;
    for (name, _) in object.fields() {
        if !KNOWN.contains(&name) {
            refuse_unknown(reader, pointer, name, &KNOWN.join(", "));
        }
    }
    let field = |reader: &mut Reader, name: &str, what: &str| {
        let pointer = child(pointer, name);
        let raw = object.get(name);
        if raw.is_none() {
            let detail = format!("must be there: {what}");
            reader.refuse(&pointer, FieldErrorCode::Missing, detail);
        }
        raw.map(|raw| (pointer, raw))
    };
    let at = field(reader, "at", "a time of day such as 06:30");
    let at = at.and_then(|(pointer, raw)| read_at(reader, &pointer, raw));
    let zone = field(reader, "timeZone", "a time zone such as Europe/Paris");
    let zone = zone.and_then(|(pointer, raw)| read_zone(reader, &pointer, raw));
    let words = [DAY, WEEK, MONTH];
    let every = field(reader, "every", "one of DAY, WEEK, MONTH");
    let every = every.and_then(|(pointer, raw)| read_choice(reader, &pointer, raw, &words));
    let every = read_every(reader, pointer, &object, every?.as_str());
    Some(When {
        every: every?,
        at: at?,
        zone: zone?,
    })
}

/// Reads the days, which only the word that they belong to may have beside it.
fn read_every(reader: &mut Reader, parent: &str, object: &Object, every: &str) -> Option<Every> {
    let days_of_week = object.get("daysOfWeek");
    let day_of_month = object.get("dayOfMonth");
    for (name, is_there, owner) in [
        ("daysOfWeek", days_of_week.is_some(), WEEK),
        ("dayOfMonth", day_of_month.is_some(), MONTH),
    ] {
        if is_there && every != owner {
            let detail = format!("must not be there: only {owner} has it");
            reader.refuse(&child(parent, name), FieldErrorCode::NotAllowed, detail);
        }
    }
    let mut missing = |name: &str, detail: &str| {
        reader.refuse(&child(parent, name), FieldErrorCode::Missing, detail);
    };
    match (every, days_of_week, day_of_month) {
        (WEEK, Some(raw), _) => read_days(reader, &child(parent, "daysOfWeek"), raw),
        (WEEK, None, _) => {
            missing("daysOfWeek", "must be there: days such as [\"MONDAY\"]");
            None
        }
        (MONTH, _, Some(raw)) => read_day(reader, &child(parent, "dayOfMonth"), raw),
        (MONTH, _, None) => {
            missing("dayOfMonth", "must be there: 1 to 28, or LAST");
            None
        }
        _ => Some(Every::Day),
    }
}

fn read_at(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<Time> {
    let text = reader.text(pointer, raw)?;
    let at = parse_at(&text);
    if at.is_none() {
        let detail = "must be a time of day from 00:00 to 23:59";
        reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
    }
    at
}

fn parse_at(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| -> Option<i8> {
        let is_number = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_number.then(|| digits.parse().ok())?
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

fn read_zone(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<TimeZone> {
    let text = reader.text(pointer, raw)?;
    let zone = TimeZone::get(&text).ok().filter(|zone| {
        zone.iana_name()
            .is_some_and(|name| !NO_PLACES.contains(&name))
    });
    if zone.is_none() {
        let detail = "must be a time zone of the IANA database, such as Europe/Paris";
        reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
    }
    zone
}

fn read_days(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<Every> {
    let texts = reader.texts(pointer, raw, 1, WeekDay::VARIANTS.len());
    let mut days: Vec<WeekDay> = Vec::new();
    for (pointer, text) in &texts {
        match text.parse() {
            Ok(day) if days.contains(&day) => {
                let detail = format!("must not name {text} a second time");
                reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
            }
            Ok(day) => days.push(day),
            Err(_) => {
                let detail = format!("must be one of {}", WeekDay::VARIANTS.join(", "));
                reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
            }
        }
    }
    days.sort();
    (!days.is_empty()).then_some(Every::Week(days))
}

fn read_day(reader: &mut Reader, pointer: &str, raw: &RawValue) -> Option<Every> {
    if raw.get().starts_with('"') {
        let is_last = reader.text(pointer, raw)? == LAST;
        if !is_last {
            let detail = "must be 1 to 28, or LAST";
            reader.refuse(pointer, FieldErrorCode::InvalidValue, detail);
        }
        return is_last.then_some(Every::Month(DayOfMonth::Last));
    }
    let day = reader.integer(pointer, raw)?;
    match i8::try_from(day) {
        Ok(day) if (1..=28).contains(&day) => Some(Every::Month(DayOfMonth::Day(day))),
        _ => {
            let detail =
                "must be 1 to 28, which each month has; write LAST for each month's last day";
            reader.refuse(pointer, FieldErrorCode::OutOfRange, detail);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<When, Vec<String>> {
        let mut reader = Reader::default();
        let raw = serde_json::from_str::<Box<RawValue>>(json).unwrap();
        let when = read_when(&mut reader, "/when", &raw);
        reader.finish(when).map(Option::unwrap).map_err(|errors| {
            let shown = errors
                .iter()
                .map(|error| format!("{} {:?}: {}", error.pointer, error.code, error.detail));
            shown.collect()
        })
    }

    #[test]
    fn it_is_shown_as_it_is_asked_for() {
        for json in [
            r#"{"every":"DAY","at":"06:30","timeZone":"Europe/Paris"}"#,
            r#"{"every":"WEEK","at":"00:00","timeZone":"UTC","daysOfWeek":["MONDAY","FRIDAY"]}"#,
            r#"{"every":"MONTH","at":"23:59","timeZone":"America/Sao_Paulo","dayOfMonth":28}"#,
            r#"{"every":"MONTH","at":"12:05","timeZone":"Asia/Kathmandu","dayOfMonth":"LAST"}"#,
        ] {
            let when = read(json).unwrap();
            let shown = serde_json::to_string(&WhenObject::from(&when)).unwrap();
            assert_eq!(shown, json);
        }
    }

    #[test]
    fn days_and_zones_are_shown_in_one_spelling() {
        let when = read(
            r#"{"every": "WEEK", "at": "06:30", "timeZone": "europe/paris", "daysOfWeek": ["SUNDAY", "TUESDAY"]}"#,
        );
        let shown = serde_json::to_string(&WhenObject::from(&when.unwrap())).unwrap();
        assert_eq!(
            shown,
            r#"{"every":"WEEK","at":"06:30","timeZone":"Europe/Paris","daysOfWeek":["TUESDAY","SUNDAY"]}"#
        );
    }

    #[test]
    fn a_day_that_some_months_lack_is_refused_with_the_way_out() {
        for day in ["29", "30", "31", "0", "-1", "1e3", "400"] {
            let json = format!(
                r#"{{"every": "MONTH", "at": "06:30", "timeZone": "UTC", "dayOfMonth": {day}}}"#
            );
            let problems = read(&json).unwrap_err();
            assert_eq!(problems.len(), 1, "{day}");
            let is_number = problems[0].contains("OutOfRange") && problems[0].contains("LAST");
            assert!(is_number || day == "1e3", "{problems:?}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        for (json, problems) in [
            ("[]", vec!["/when InvalidType: must be an object"]),
            (
                "{}",
                vec![
                    "/when/at Missing: must be there: a time of day such as 06:30",
                    "/when/timeZone Missing: must be there: a time zone such as Europe/Paris",
                    "/when/every Missing: must be there: one of DAY, WEEK, MONTH",
                ],
            ),
            (
                r#"{"every": "WEEK", "at": "24:00", "timeZone": "Paris", "dayOfMonth": 1, "on": 1}"#,
                vec![
                    "/when/on UnknownField: is not a field of this request; known are every, at, timeZone, daysOfWeek, dayOfMonth",
                    "/when/at InvalidValue: must be a time of day from 00:00 to 23:59",
                    "/when/timeZone InvalidValue: must be a time zone of the IANA database, such as Europe/Paris",
                    "/when/dayOfMonth NotAllowed: must not be there: only MONTH has it",
                    "/when/daysOfWeek Missing: must be there: days such as [\"MONDAY\"]",
                ],
            ),
            (
                r#"{"every": "WEEK", "at": "6:30", "timeZone": "UTC", "daysOfWeek": ["MONDAY", "MON", "MONDAY"]}"#,
                vec![
                    "/when/at InvalidValue: must be a time of day from 00:00 to 23:59",
                    "/when/daysOfWeek/1 InvalidValue: must be one of MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY",
                    "/when/daysOfWeek/2 InvalidValue: must not name MONDAY a second time",
                ],
            ),
            (
                r#"{"every": "MONTH", "at": "06:30", "timeZone": "UTC", "dayOfMonth": "FIRST"}"#,
                vec!["/when/dayOfMonth InvalidValue: must be 1 to 28, or LAST"],
            ),
            (
                r#"{"every": "DAY", "at": "06:30", "timeZone": "factory"}"#,
                vec![
                    "/when/timeZone InvalidValue: must be a time zone of the IANA database, such as Europe/Paris",
                ],
            ),
            (
                r#"{"every": "DAY", "at": "06:30", "timeZone": "Etc/Unknown", "daysOfWeek": ["MONDAY"]}"#,
                vec![
                    "/when/timeZone InvalidValue: must be a time zone of the IANA database, such as Europe/Paris",
                    "/when/daysOfWeek NotAllowed: must not be there: only WEEK has it",
                ],
            ),
        ] {
            assert_eq!(read(json).unwrap_err(), problems, "{json}");
        }
    }
}
