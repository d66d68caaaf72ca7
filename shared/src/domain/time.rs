//! UTC times as callers and files show them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::temporal::DateTimePrinter,
    tz::{Offset, TimeZone},
};

const SECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
/// Of `2026-01-31T23:59:59Z`.
const SECONDS_LENGTH: usize = 20;
const MILLISECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// `2026-01-31T23:59:59Z`: the form of every time in answers and files.
pub fn to_seconds(time: Timestamp) -> String {
    SECONDS.timestamp_to_string(&time)
}

/// Reads a time as [`parse`] does, and appends what [`to_seconds`] says of it. The usual form says it itself.
pub fn parse_to_seconds(text: &str, target: &mut String) -> Option<Timestamp> {
    if let Some(time) = parse_usual(text.as_bytes()) {
        target.push_str(&text[..SECONDS_LENGTH - 1]);
        target.push('Z');
        return Some(time);
    }
    let time = parse_any(text)?;
    let written = SECONDS.print_timestamp(&time, target);
    written.expect("a text takes everything");
    Some(time)
}

/// `2026-01-31T23:59:59.000Z`: fixed width, so that text order is time order.
pub fn to_milliseconds(time: Timestamp) -> String {
    MILLISECONDS.timestamp_to_string(&time)
}

/// Reads an RFC 3339 time with its offset (`2026-01-31T23:59:59Z`), dropping what is finer than a millisecond.
pub fn parse(text: &str) -> Option<Timestamp> {
    parse_usual(text.as_bytes()).or_else(|| parse_any(text))
}

/// Reads `2026-01-31T23:59:59Z` and `2026-01-31T23:59:59.000Z`, which nearly all times of records are. `None` for every
/// other form, and for what is no time.
fn parse_usual(text: &[u8]) -> Option<Timestamp> {
    let milliseconds = match (text.len(), text.get(19)?) {
        (20, b'Z') => 0,
        (24, b'.') if text[23] == b'Z' => number(&text[20..23])?,
        _ => return None,
    };
    if [text[4], text[7], text[10], text[13], text[16]] != *b"--T::" {
        return None;
    }
    let small = |digits: &[u8]| i8::try_from(number(digits)?).ok();
    let time = DateTime::new(
        number(&text[..4])?,
        small(&text[5..7])?,
        small(&text[8..10])?,
        small(&text[11..13])?,
        small(&text[14..16])?,
        small(&text[17..19])?,
        i32::from(milliseconds) * 1_000_000,
    );
    Offset::UTC.to_timestamp(time.ok()?).ok()
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0, |number, digit| {
        let is_digit = digit.is_ascii_digit();
        is_digit.then(|| number * 10 + i16::from(digit - b'0'))
    })
}

fn parse_any(text: &str) -> Option<Timestamp> {
    // Jiff also reads RFC 9557's zone annotation and a space or lower case, which RFC 3339 lacks or discourages.
    if text.contains('[') || text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let time: Timestamp = text.parse().ok()?;
    Timestamp::from_millisecond(time.as_millisecond()).ok()
}

/// The last instant that is shown as the same second as `time`.
///
/// Bounds are given, and times are shown, in whole seconds: a row of 23:59:59.500 shows as 23:59:59 and so lies
/// within an inclusive bound of 23:59:59.
pub fn end_of_second(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_second() * 1000 + 999).unwrap_or(Timestamp::MAX)
}

/// The first instant of a UTC day.
pub fn start_of_day(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The last millisecond of a UTC day.
pub fn end_of_day(day: Date) -> Option<Timestamp> {
    let last_second = day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok()?;
    Some(end_of_second(last_second.timestamp()))
}

/// `2026-01-31`: the UTC day of a time.
pub fn to_day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// The present, to the millisecond.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_rfc_3339_and_nothing_else() {
        let time = parse("2026-01-31T23:59:59.1239Z").unwrap();
        assert_eq!(to_seconds(time), "2026-01-31T23:59:59Z");
        assert_eq!(to_milliseconds(time), "2026-01-31T23:59:59.123Z");
        assert_eq!(
            parse("2026-01-31T23:59:59+01:00").map(to_seconds).unwrap(),
            "2026-01-31T22:59:59Z"
        );
        for text in [
            "",
            "2026-01-31",
            "2026-01-31T23:59:59",
            "2026-01-31 23:59:59Z",
            "2026-02-30T00:00:00Z",
            "2026-01-31T23:59:59+01:00[Europe/Paris]",
            "1769903999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn times_of_the_usual_form_are_read_as_all_others(
            text in "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{3})?Z"
        ) {
            prop_assert_eq!(parse(&text), parse_any(&text));
            let mut seconds = String::new();
            let time = parse_to_seconds(&text, &mut seconds);
            prop_assert_eq!(time, parse(&text));
            prop_assert_eq!(seconds, time.map(to_seconds).unwrap_or_default());
            // An offset is one of the other forms.
            prop_assert_eq!(parse(&text), parse(&text.replace('Z', "+00:00")));
        }

        #[test]
        fn no_text_is_read_in_one_form_only(text in "[-0-9TZ:.]{20,24}") {
            prop_assert_eq!(parse(&text), parse_any(&text));
        }
    }

    #[test]
    fn a_bound_covers_the_second_that_it_names() {
        let bound = end_of_second(parse("2026-03-31T23:59:59Z").unwrap());
        assert!(parse("2026-03-31T23:59:59.999Z").unwrap() <= bound);
        assert!(parse("2026-04-01T00:00:00Z").unwrap() > bound);
    }
}
