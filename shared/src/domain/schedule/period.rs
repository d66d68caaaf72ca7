//! The stretch of time that a run exports.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// Whole days in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first instant of its first day.
    pub start: Timestamp,
    /// The first instant after its last day.
    pub end: Timestamp,
    /// In the zone, as is the last one.
    pub first_day: Date,
    pub last_day: Date,
    /// `Europe/Paris`.
    pub time_zone: String,
}

impl Period {
    /// The days between two midnights.
    pub fn between(start: Timestamp, end: Timestamp, zone: &TimeZone) -> Self {
        let day = |time: Timestamp| time.to_zoned(zone.clone()).date();
        Self {
            start,
            end,
            first_day: day(start),
            last_day: day(end - SignedDuration::from_nanos(1)),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }

    /// The same end, from another start on.
    pub fn from(self, start: Timestamp, zone: &TimeZone) -> Self {
        Self::between(start, self.end, zone)
    }

    /// The bound that includes all of it, and nothing after it: bounds are inclusive and name whole seconds.
    pub fn last_second(&self) -> Timestamp {
        self.end - SignedDuration::from_secs(1)
    }

    fn is_day(&self) -> bool {
        self.first_day == self.last_day
    }

    fn is_month(&self) -> bool {
        self.first_day.day() == 1 && self.last_day == self.first_day.last_of_month()
    }

    /// In the names of files: `2026-11-20`, `2026-10`, `2026-11-16-to-2026-11-22`.
    pub fn in_file_names(&self) -> String {
        let Self {
            first_day,
            last_day,
            ..
        } = self;
        if self.is_day() {
            first_day.to_string()
        } else if self.is_month() {
            first_day.strftime("%Y-%m").to_string()
        } else {
            format!("{first_day}-to-{last_day}")
        }
    }

    /// `20 November 2026`, `October 2026`, `16 November 2026 to 22 November 2026`.
    pub fn for_people(&self) -> String {
        let day = |day: Date| day.strftime("%-d %B %Y").to_string();
        if self.is_day() {
            day(self.first_day)
        } else if self.is_month() {
            self.first_day.strftime("%B %Y").to_string()
        } else {
            format!("{} to {}", day(self.first_day), day(self.last_day))
        }
    }
}

#[cfg(test)]
pub mod examples {
    use super::*;
    use crate::domain::export::examples::at;

    /// October 2026 in Paris.
    pub fn october() -> Period {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let (start, end) = ("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z");
        Period::between(at(start), at(end), &paris)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    fn in_paris(start: &str, end: &str) -> Period {
        Period::between(at(start), at(end), &TimeZone::get("Europe/Paris").unwrap())
    }

    #[test]
    fn a_period_is_named_by_its_days_in_its_zone() {
        for (start, end, in_file_names, for_people) in [
            (
                "2026-11-19T23:00:00Z",
                "2026-11-20T23:00:00Z",
                "2026-11-20",
                "20 November 2026",
            ),
            (
                "2026-09-30T22:00:00Z",
                "2026-10-31T23:00:00Z",
                "2026-10",
                "October 2026",
            ),
            (
                "2026-11-15T23:00:00Z",
                "2026-11-22T23:00:00Z",
                "2026-11-16-to-2026-11-22",
                "16 November 2026 to 22 November 2026",
            ),
            // A month that was missed, and the next one.
            (
                "2026-08-31T22:00:00Z",
                "2026-10-31T23:00:00Z",
                "2026-09-01-to-2026-10-31",
                "1 September 2026 to 31 October 2026",
            ),
        ] {
            let period = in_paris(start, end);
            assert_eq!(period.in_file_names(), in_file_names);
            assert_eq!(period.for_people(), for_people);
        }
    }

    #[test]
    fn its_bounds_include_all_of_it_and_nothing_more() {
        let period = in_paris("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        assert_eq!(period.last_second(), at("2026-10-25T22:59:59Z"));
        let last = crate::domain::time::end_of_second(period.last_second());
        assert!(at("2026-10-25T22:59:59.999Z") <= last);
        assert!(last < period.end);
    }
}
