//! A schedule's item in the table `exports`, and the count of a tenant's schedules.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    UnreadableItem,
    due::DueKind,
    file_format::{ProfileItem, compression_word, read_compression},
    filters::FiltersItem,
    read_id,
};
use crate::domain::{
    address::EmailAddress,
    dataset::{self, Dataset},
    export::Scope,
    file_format::{FileFormat, Profile},
    schedule::{
        Activity, DayOfMonth, Every, LastRun, Owner, Period, Schedule, ScheduleId, ScheduledRun,
        WeekDay, When,
    },
};

/// What the partition of a tenant's schedules begins with.
const SCHEDULES: &str = "schedule#";

/// The sort key of a tenant's count of schedules, in a partition of its own.
pub const COUNT: &str = "count";

/// How long after a run's time the sweep looks whether it was made: EventBridge Scheduler calls within the minute.
pub const RUN_GRACE: SignedDuration = SignedDuration::from_mins(2);

/// After how long the sweep looks at a schedule that was just changed, in case the Scheduler was not told.
pub const UNTOLD_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// After how long the owner is mailed again that a schedule has stopped.
const UNMAILED_AFTER: SignedDuration = SignedDuration::from_mins(5);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleItem {
    partition: String,
    sort: String,
    tenant_id: String,
    owner_id: String,
    owner_email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supplier_scope: Option<String>,
    name: String,
    r#type: String,
    filters: FiltersItem,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compression: Option<String>,
    #[serde(default)]
    cc: Vec<String>,
    when: WhenItem,
    activity: ActivityItem,
    created_at: Timestamp,
    next_from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_run: Option<LastRunItem>,
    version: u64,
    /// Present while the sweep may have something to do, and from when on (Unix seconds).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WhenItem {
    every: EveryItem,
    at: civil::Time,
    time_zone: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum EveryItem {
    Day,
    Week(Vec<String>),
    Month(i8),
    LastOfMonth,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
enum ActivityItem {
    Active,
    Paused,
    #[serde(rename_all = "camelCase")]
    Stopped {
        at: Timestamp,
        is_told: bool,
    },
}

/// The export of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastRunItem {
    export_id: String,
    at: Timestamp,
    period: PeriodItem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PeriodItem {
    start: Timestamp,
    end: Timestamp,
    first_day: civil::Date,
    last_day: civil::Date,
    time_zone: String,
}

/// What an export's item has of its schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledRunItem {
    schedule_id: String,
    name: String,
    period: PeriodItem,
}

/// `schedule#{tenantId}`: one query lists a tenant's schedules.
pub fn schedule_partition(tenant_id: &str) -> String {
    format!("{SCHEDULES}{tenant_id}")
}

/// The tenant of such a partition.
pub fn tenant_of_schedules(partition: &str) -> Option<&str> {
    partition.strip_prefix(SCHEDULES)
}

/// `schedule-count#{tenantId}`.
pub fn count_partition(tenant_id: &str) -> String {
    format!("schedule-count#{tenant_id}")
}

/// When the sweep has to look at a schedule, of which the Scheduler knows as it is.
pub fn due_at(schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
    match schedule.activity {
        Activity::Active => schedule.next_runs(now).next().map(|run| run.at + RUN_GRACE),
        Activity::Stopped { is_told: false, .. } => Some(now + UNMAILED_AFTER),
        Activity::Paused | Activity::Stopped { is_told: true, .. } => None,
    }
}

impl ScheduleItem {
    /// `due_at` is when the sweep looks at it next.
    pub fn new(schedule: &Schedule, due_at: Option<Timestamp>) -> Self {
        Self {
            partition: schedule_partition(&schedule.owner.tenant_id),
            sort: schedule.id.to_string(),
            tenant_id: schedule.owner.tenant_id.clone(),
            owner_id: schedule.owner.user_id.clone(),
            owner_email: schedule.owner.email.to_string(),
            supplier_scope: match &schedule.owner.scope {
                Scope::Tenant => None,
                Scope::Supplier(supplier_id) => Some(supplier_id.clone()),
            },
            name: schedule.name.clone(),
            r#type: schedule.dataset.export_type.to_owned(),
            filters: FiltersItem::from(&schedule.filters),
            columns: schedule.format.columns.clone(),
            profile: schedule.format.profile.map(ProfileItem::from),
            compression: schedule.format.compression.map(compression_word),
            cc: schedule.cc.iter().map(ToString::to_string).collect(),
            when: WhenItem::from(&schedule.when),
            activity: ActivityItem::from(schedule.activity),
            created_at: schedule.created_at,
            next_from: schedule.next_from,
            last_run: schedule.last_run.as_ref().map(LastRunItem::from),
            version: schedule.version,
            due_shard: due_at.map(|_| DueKind::Schedule.shard(schedule.id.as_str())),
            due_at: due_at.map(Timestamp::as_second),
        }
    }
}

impl TryFrom<ScheduleItem> for Schedule {
    type Error = UnreadableItem;

    fn try_from(item: ScheduleItem) -> Result<Self, UnreadableItem> {
        let unreadable = |what: &str| UnreadableItem(format!("{what} of schedule {}", item.sort));
        let address =
            |text: &String| EmailAddress::parse(text).map_err(|_| unreadable("an address"));
        let dataset: &'static Dataset = dataset::ALL
            .into_iter()
            .find(|dataset| dataset.export_type == item.r#type)
            .ok_or_else(|| unreadable("the type"))?;
        let id: ScheduleId = item.sort.parse().map_err(|_| unreadable("the id"))?;
        Ok(Self {
            owner: Owner {
                email: address(&item.owner_email)?,
                tenant_id: item.tenant_id,
                user_id: item.owner_id,
                scope: item.supplier_scope.map_or(Scope::Tenant, Scope::Supplier),
            },
            cc: item.cc.iter().map(address).collect::<Result<_, _>>()?,
            when: item.when.try_into()?,
            last_run: item.last_run.map(LastRun::try_from).transpose()?,
            filters: item.filters.read(dataset)?,
            format: FileFormat {
                columns: item.columns,
                profile: item.profile.map(Profile::try_from).transpose()?,
                compression: item
                    .compression
                    .as_deref()
                    .map(read_compression)
                    .transpose()?,
            },
            id,
            name: item.name,
            dataset,
            activity: item.activity.into(),
            created_at: item.created_at,
            next_from: item.next_from,
            version: item.version,
        })
    }
}

impl From<&When> for WhenItem {
    fn from(when: &When) -> Self {
        let name = |day: &WeekDay| -> String {
            let name: &'static str = day.into();
            name.to_owned()
        };
        Self {
            every: match &when.every {
                Every::Day => EveryItem::Day,
                Every::Week(days) => EveryItem::Week(days.iter().map(name).collect()),
                Every::Month(DayOfMonth::Day(day)) => EveryItem::Month(*day),
                Every::Month(DayOfMonth::Last) => EveryItem::LastOfMonth,
            },
            at: when.at,
            time_zone: when.zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}

impl TryFrom<WhenItem> for When {
    type Error = UnreadableItem;

    fn try_from(item: WhenItem) -> Result<Self, UnreadableItem> {
        let day = |name: &String| {
            name.parse()
                .map_err(|_| UnreadableItem(format!("the day {name}")))
        };
        Ok(Self {
            every: match item.every {
                EveryItem::Day => Every::Day,
                EveryItem::Week(days) => {
                    Every::Week(days.iter().map(day).collect::<Result<_, _>>()?)
                }
                EveryItem::Month(day) => Every::Month(DayOfMonth::Day(day)),
                EveryItem::LastOfMonth => Every::Month(DayOfMonth::Last),
            },
            at: item.at,
            zone: TimeZone::get(&item.time_zone)
                .map_err(|_| UnreadableItem(format!("the time zone {}", item.time_zone)))?,
        })
    }
}

impl From<Activity> for ActivityItem {
    fn from(activity: Activity) -> Self {
        match activity {
            Activity::Active => Self::Active,
            Activity::Paused => Self::Paused,
            Activity::Stopped { at, is_told } => Self::Stopped { at, is_told },
        }
    }
}

impl From<ActivityItem> for Activity {
    fn from(item: ActivityItem) -> Self {
        match item {
            ActivityItem::Active => Self::Active,
            ActivityItem::Paused => Self::Paused,
            ActivityItem::Stopped { at, is_told } => Self::Stopped { at, is_told },
        }
    }
}

impl From<&LastRun> for LastRunItem {
    fn from(run: &LastRun) -> Self {
        Self {
            export_id: run.export_id.to_string(),
            at: run.at,
            period: PeriodItem::from(&run.period),
        }
    }
}

impl TryFrom<LastRunItem> for LastRun {
    type Error = UnreadableItem;

    fn try_from(item: LastRunItem) -> Result<Self, UnreadableItem> {
        Ok(Self {
            export_id: read_id(&item.export_id)?,
            at: item.at,
            period: item.period.into(),
        })
    }
}

impl From<&Period> for PeriodItem {
    fn from(period: &Period) -> Self {
        Self {
            start: period.start,
            end: period.end,
            first_day: period.first_day,
            last_day: period.last_day,
            time_zone: period.time_zone.clone(),
        }
    }
}

impl From<PeriodItem> for Period {
    fn from(item: PeriodItem) -> Self {
        Self {
            start: item.start,
            end: item.end,
            first_day: item.first_day,
            last_day: item.last_day,
            time_zone: item.time_zone,
        }
    }
}

impl From<&ScheduledRun> for ScheduledRunItem {
    fn from(run: &ScheduledRun) -> Self {
        Self {
            schedule_id: run.schedule_id.to_string(),
            name: run.name.clone(),
            period: PeriodItem::from(&run.period),
        }
    }
}

impl TryFrom<ScheduledRunItem> for ScheduledRun {
    type Error = UnreadableItem;

    fn try_from(item: ScheduledRunItem) -> Result<Self, UnreadableItem> {
        Ok(Self {
            schedule_id: item
                .schedule_id
                .parse()
                .map_err(|_| UnreadableItem(format!("the schedule id {}", item.schedule_id)))?,
            name: item.name,
            period: item.period.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::examples::{at, one_of, pending},
        file_format::{Compression, Locale},
        filters::Filters,
        schedule::examples::daily,
    };

    fn stored_and_read(schedule: &Schedule) -> Schedule {
        let item: serde_dynamo::Item =
            serde_dynamo::to_item(ScheduleItem::new(schedule, None)).unwrap();
        let item: ScheduleItem = serde_dynamo::from_item(item).unwrap();
        Schedule::try_from(item).unwrap()
    }

    #[test]
    fn a_schedule_comes_back_as_it_was_stored() {
        let daily = daily();
        assert_eq!(stored_and_read(&daily), daily);
        let run = daily.due(at("2026-11-23T06:00:00Z")).unwrap();
        for every in [
            Every::Week(vec![WeekDay::Monday, WeekDay::Sunday]),
            Every::Month(DayOfMonth::Day(28)),
            Every::Month(DayOfMonth::Last),
        ] {
            let schedule = Schedule {
                owner: Owner {
                    scope: Scope::Supplier("SUP-1001".to_owned()),
                    ..daily.owner.clone()
                },
                filters: Filters {
                    amount_min: Some("10.50".parse().unwrap()),
                    one_of: one_of(&[("statuses", &["FAILED"])]),
                    ..Filters::default()
                },
                format: FileFormat {
                    columns: Some(vec!["amount".to_owned()]),
                    profile: Some(Profile::Spreadsheet(Locale::French)),
                    compression: Some(Compression::Gzip),
                },
                when: When {
                    every,
                    ..daily.when.clone()
                },
                activity: Activity::Stopped {
                    at: at("2026-11-23T06:00:00Z"),
                    is_told: false,
                },
                last_run: Some(LastRun {
                    export_id: pending().id,
                    at: run.at,
                    period: run.period.clone(),
                }),
                ..daily.clone()
            };
            assert_eq!(stored_and_read(&schedule), schedule);
        }
    }

    #[test]
    fn the_sweep_looks_after_the_next_run_and_not_at_a_paused_schedule() {
        let mut schedule = daily();
        let now = schedule.created_at;
        assert_eq!(due_at(&schedule, now), Some(at("2026-11-21T05:32:00Z")));
        schedule.activity = Activity::Paused;
        assert_eq!(due_at(&schedule, now), None);
        schedule.activity = Activity::Stopped {
            at: now,
            is_told: false,
        };
        assert_eq!(due_at(&schedule, now), Some(at("2026-11-20T09:35:00Z")));
    }
}
