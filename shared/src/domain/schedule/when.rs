//! When a schedule runs, and which period each run exports.
//!
//! Days have a first instant in each zone, whatever its clock does at midnight. A period goes from the first instant of a
//! day to that of a later one, so periods follow each other without a gap and without an overlap, whether days have 23, 24
//! or 25 hours. A run whose time of day the clock passes over is made as much later as the clock jumps; one whose time comes
//! twice is made the first time.

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::Period;

/// When a schedule runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub every: Every,
    /// The time of day in the zone, to the minute.
    pub at: Time,
    pub zone: TimeZone,
}

/// On which days a schedule runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// Each day. A run exports yesterday.
    Day,
    /// On these days of the week: at least one, each once, in order. A run exports the days since the last of them.
    Week(Vec<WeekDay>),
    /// On this day of each month. A run exports the previous month.
    Month(DayOfMonth),
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantNames,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum WeekDay {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOfMonth {
    /// 1 to 28, which every month has.
    Day(i8),
    Last,
}

/// One run, and what it exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub at: Timestamp,
    pub period: Period,
}

impl When {
    /// The runs after an instant, in order.
    pub fn runs_after(&self, instant: Timestamp) -> impl Iterator<Item = Run> {
        // A clock that jumps may move a run to another day.
        let first = self.day_of(instant).yesterday().ok();
        std::iter::successors(first, |day| day.tomorrow().ok())
            .filter_map(|day| self.run_on(day))
            .filter(move |run| run.at > instant)
    }

    /// The last run at an instant or before it.
    pub fn latest_run(&self, instant: Timestamp) -> Option<Run> {
        std::iter::successors(Some(self.day_of(instant)), |day| day.yesterday().ok())
            .filter_map(|day| self.run_on(day))
            .find(|run| run.at <= instant)
    }

    /// Whether the periods of both are the same.
    pub fn has_periods_of(&self, other: &When) -> bool {
        let is_same = match (&self.every, &other.every) {
            // Whatever its day: each run exports a calendar month.
            (Every::Month(_), Every::Month(_)) => true,
            (one, other) => one == other,
        };
        is_same && self.zone == other.zone
    }

    fn day_of(&self, instant: Timestamp) -> Date {
        instant.to_zoned(self.zone.clone()).date()
    }

    /// The run of a day, if there is one.
    fn run_on(&self, day: Date) -> Option<Run> {
        let (first, end) = self.every.period(day)?;
        let (start, end) = (self.start_of(first)?, self.start_of(end)?);
        let at = self.zone.to_ambiguous_timestamp(day.to_datetime(self.at));
        // A zone may leave out a whole day; then there is nothing of it to export.
        (start < end).then_some(Run {
            at: at.compatible().ok()?,
            period: Period::between(start, end, &self.zone),
        })
    }

    /// The first instant of a day, which is not midnight where the clock passes over midnight.
    fn start_of(&self, day: Date) -> Option<Timestamp> {
        let noon = day.at(12, 0, 0, 0).to_zoned(self.zone.clone()).ok()?;
        Some(noon.start_of_day().ok()?.timestamp())
    }

    /// As EventBridge Scheduler writes it, to be read in the zone.
    pub fn cron(&self) -> String {
        let (minute, hour) = (self.at.minute(), self.at.hour());
        let days = match &self.every {
            Every::Day => "* * ?".to_owned(),
            Every::Week(days) => {
                let days: Vec<_> = days.iter().map(|day| day.in_cron()).collect();
                format!("? * {}", days.join(","))
            }
            Every::Month(DayOfMonth::Day(day)) => format!("{day} * ?"),
            Every::Month(DayOfMonth::Last) => "L * ?".to_owned(),
        };
        format!("cron({minute} {hour} {days} *)")
    }
}

impl Every {
    /// The first day of the period that a run of this day exports, and the day after its last one. `None` if there is no
    /// run on this day.
    fn period(&self, day: Date) -> Option<(Date, Date)> {
        match self {
            Every::Day => Some((day.yesterday().ok()?, day)),
            Every::Week(days) => {
                let is_chosen = |day: &Date| days.contains(&WeekDay::of(*day));
                let mut before =
                    std::iter::successors(day.yesterday().ok(), |day| day.yesterday().ok());
                is_chosen(&day)
                    .then(|| before.find(is_chosen))
                    .flatten()
                    .map(|first| (first, day))
            }
            Every::Month(on) => {
                let first = day.first_of_month();
                let is_on = match on {
                    DayOfMonth::Day(number) => day.day() == *number,
                    DayOfMonth::Last => day == day.last_of_month(),
                };
                let previous = first.yesterday().ok()?.first_of_month();
                is_on.then_some((previous, first))
            }
        }
    }
}

impl WeekDay {
    fn of(day: Date) -> Self {
        match day.weekday() {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }

    fn in_cron(self) -> &'static str {
        let name: &'static str = self.into();
        &name[..3]
    }
}

#[cfg(test)]
pub mod examples {
    use super::*;

    pub fn in_zone(every: Every, at: &str, zone: &str) -> When {
        When {
            every,
            at: at.parse().unwrap(),
            zone: TimeZone::get(zone).unwrap(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{examples::in_zone, *};
    use crate::domain::{export::examples::at, time::to_seconds};

    /// Each run after `from`: when it is, and the first and last second that it exports.
    fn runs(when: &When, from: &str, count: usize) -> Vec<String> {
        when.runs_after(at(from))
            .take(count)
            .map(|Run { at, period }| {
                let (first, last) = (to_seconds(period.start), to_seconds(period.last_second()));
                format!("{} {first} {last}", to_seconds(at))
            })
            .collect()
    }

    #[test]
    fn each_day_exports_yesterday() {
        let when = in_zone(Every::Day, "06:30", "Europe/Paris");
        assert_eq!(
            runs(&when, "2026-11-26T05:30:00Z", 2),
            [
                "2026-11-27T05:30:00Z 2026-11-25T23:00:00Z 2026-11-26T22:59:59Z",
                "2026-11-28T05:30:00Z 2026-11-26T23:00:00Z 2026-11-27T22:59:59Z",
            ]
        );
    }

    #[test]
    fn days_of_23_and_25_hours_are_exported_whole() {
        let when = in_zone(Every::Day, "06:30", "Europe/Paris");
        assert_eq!(
            runs(&when, "2026-03-29T12:00:00Z", 1),
            ["2026-03-30T04:30:00Z 2026-03-28T23:00:00Z 2026-03-29T21:59:59Z"]
        );
        assert_eq!(
            runs(&when, "2026-10-25T12:00:00Z", 1),
            ["2026-10-26T05:30:00Z 2026-10-24T22:00:00Z 2026-10-25T22:59:59Z"]
        );
    }

    #[test]
    fn a_time_that_the_clock_passes_over_runs_once_an_hour_later() {
        let when = in_zone(Every::Day, "02:30", "Europe/Paris");
        assert_eq!(
            runs(&when, "2026-03-28T02:00:00Z", 2),
            [
                // 03:30 in summer time.
                "2026-03-29T01:30:00Z 2026-03-27T23:00:00Z 2026-03-28T22:59:59Z",
                "2026-03-30T00:30:00Z 2026-03-28T23:00:00Z 2026-03-29T21:59:59Z",
            ]
        );
    }

    #[test]
    fn a_time_that_comes_twice_runs_once_the_first_time() {
        let when = in_zone(Every::Day, "02:30", "Europe/Paris");
        assert_eq!(
            runs(&when, "2026-10-24T02:00:00Z", 2),
            [
                "2026-10-25T00:30:00Z 2026-10-23T22:00:00Z 2026-10-24T21:59:59Z",
                "2026-10-26T01:30:00Z 2026-10-24T22:00:00Z 2026-10-25T22:59:59Z",
            ]
        );
    }

    #[test]
    fn a_day_may_begin_at_another_time_than_midnight() {
        // In Cairo the clock went from 24 April 2026, 00:00 straight to 01:00.
        let when = in_zone(Every::Day, "00:15", "Africa/Cairo");
        assert_eq!(
            runs(&when, "2026-04-23T12:00:00Z", 2),
            [
                "2026-04-23T22:15:00Z 2026-04-22T22:00:00Z 2026-04-23T21:59:59Z",
                "2026-04-24T21:15:00Z 2026-04-23T22:00:00Z 2026-04-24T20:59:59Z",
            ]
        );
    }

    #[test]
    fn a_day_that_a_zone_leaves_out_is_not_exported() {
        // Samoa went from 29 to 31 December 2011.
        let when = in_zone(Every::Day, "06:30", "Pacific/Apia");
        assert_eq!(
            runs(&when, "2011-12-29T00:00:00Z", 3),
            [
                "2011-12-29T16:30:00Z 2011-12-28T10:00:00Z 2011-12-29T09:59:59Z",
                "2011-12-30T16:30:00Z 2011-12-29T10:00:00Z 2011-12-30T09:59:59Z",
                "2011-12-31T16:30:00Z 2011-12-30T10:00:00Z 2011-12-31T09:59:59Z",
            ]
        );
    }

    #[test]
    fn a_week_exports_the_days_since_the_chosen_day_before() {
        let when = in_zone(Every::Week(vec![WeekDay::Monday]), "07:00", "UTC");
        assert_eq!(
            runs(&when, "2026-11-20T00:00:00Z", 1),
            ["2026-11-23T07:00:00Z 2026-11-16T00:00:00Z 2026-11-22T23:59:59Z"]
        );
        let days = vec![WeekDay::Monday, WeekDay::Thursday];
        assert_eq!(
            runs(
                &in_zone(Every::Week(days), "07:00", "UTC"),
                "2026-11-20T00:00:00Z",
                2
            ),
            [
                "2026-11-23T07:00:00Z 2026-11-19T00:00:00Z 2026-11-22T23:59:59Z",
                "2026-11-26T07:00:00Z 2026-11-23T00:00:00Z 2026-11-25T23:59:59Z",
            ]
        );
    }

    #[test]
    fn a_month_exports_the_calendar_month_before_whatever_its_day() {
        let on = |day| in_zone(Every::Month(day), "06:00", "America/New_York");
        let october = "2026-10-01T04:00:00Z 2026-11-01T03:59:59Z";
        for (day, run) in [
            (DayOfMonth::Day(1), "2026-11-01T11:00:00Z"),
            (DayOfMonth::Day(15), "2026-11-15T11:00:00Z"),
            (DayOfMonth::Last, "2026-11-30T11:00:00Z"),
        ] {
            let found = runs(&on(day), "2026-10-31T12:00:00Z", 1);
            assert_eq!(found, [format!("{run} {october}")]);
        }
        assert_eq!(
            runs(&on(DayOfMonth::Last), "2028-02-01T00:00:00Z", 1),
            ["2028-02-29T11:00:00Z 2028-01-01T05:00:00Z 2028-02-01T04:59:59Z"]
        );
    }

    #[test]
    fn another_time_of_day_leaves_the_periods_as_they_are() {
        let when = |every, at, zone| in_zone(every, at, zone);
        let daily = when(Every::Day, "06:30", "Europe/Paris");
        assert!(daily.has_periods_of(&when(Every::Day, "23:00", "Europe/Paris")));
        assert!(!daily.has_periods_of(&when(Every::Day, "06:30", "UTC")));
        let month = |day| when(Every::Month(day), "06:30", "UTC");
        assert!(month(DayOfMonth::Day(1)).has_periods_of(&month(DayOfMonth::Last)));
        assert!(!month(DayOfMonth::Day(1)).has_periods_of(&when(Every::Day, "06:30", "UTC")));
    }

    #[test]
    fn the_scheduler_is_told_the_same() {
        let cron = |every| in_zone(every, "06:05", "UTC").cron();
        assert_eq!(cron(Every::Day), "cron(5 6 * * ? *)");
        assert_eq!(
            cron(Every::Week(vec![WeekDay::Monday, WeekDay::Thursday])),
            "cron(5 6 ? * MON,THU *)"
        );
        assert_eq!(
            cron(Every::Month(DayOfMonth::Day(15))),
            "cron(5 6 15 * ? *)"
        );
        assert_eq!(cron(Every::Month(DayOfMonth::Last)), "cron(5 6 L * ? *)");
    }

    fn whens() -> impl Strategy<Value = When> {
        let days = proptest::sample::subsequence(
            vec![
                WeekDay::Monday,
                WeekDay::Tuesday,
                WeekDay::Wednesday,
                WeekDay::Thursday,
                WeekDay::Friday,
                WeekDay::Saturday,
                WeekDay::Sunday,
            ],
            1..=7,
        );
        let every = prop_oneof![
            Just(Every::Day),
            days.prop_map(Every::Week),
            (1_i8..=28).prop_map(|day| Every::Month(DayOfMonth::Day(day))),
            Just(Every::Month(DayOfMonth::Last)),
        ];
        let zones: Vec<_> = jiff::tz::db()
            .available()
            .map(|name| name.as_str().to_owned())
            .collect();
        let time =
            (0_i8..24, 0_i8..60).prop_map(|(hour, minute)| jiff::civil::time(hour, minute, 0, 0));
        (every, time, proptest::sample::select(zones)).prop_map(|(every, at, zone)| When {
            every,
            at,
            zone: TimeZone::get(&zone).unwrap(),
        })
    }

    proptest! {
        #[test]
        fn periods_tile_the_time_line(when in whens(), from in 0_i64..2_500_000_000) {
            let from = Timestamp::from_second(from).unwrap();
            let runs: Vec<_> = when.runs_after(from).take(8).collect();
            prop_assert_eq!(runs.len(), 8);
            for pair in runs.windows(2) {
                prop_assert_eq!(pair[0].period.end, pair[1].period.start, "no gap and no overlap");
                prop_assert!(pair[0].at < pair[1].at, "each once");
            }
            for run in &runs {
                prop_assert!(run.period.end <= run.at, "complete when it is exported");
                let latest = when.latest_run(run.at);
                prop_assert_eq!(latest.as_ref(), Some(run));
            }
            let before = when.latest_run(runs[1].at - jiff::SignedDuration::from_nanos(1));
            prop_assert_eq!(before.as_ref(), Some(&runs[0]));
        }
    }
}
