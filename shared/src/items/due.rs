//! What has to be looked at, and from when on, in the indexes of the table `exports`.
//!
//! The partition of the index `by-due-shard` is a kind and a shard, such as `PENDING#07`, because a partition takes no more
//! than 1,000 write units a second. The index has keys alone, so that only a change of `dueAt` costs anything.

use super::{UnreadableItem, read_id, schedule::tenant_of_schedules};
use crate::domain::{id::ExportId, schedule::ScheduleId, shard::shard_of};

/// The index of what is due.
pub const BY_DUE_SHARD: &str = "by-due-shard";

/// The index in which older releases recorded what is due, with a kind for its partition. Nothing is added to it; what is left
/// there is found until it is done.
pub const BY_DUE: &str = "by-due";

/// Over how many partitions each kind is spread.
const SHARDS: u32 = 16;

/// What has to be done with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DueKind {
    /// Send the message of a pending export again.
    Pending,
    /// Expire an export.
    Expiry,
    /// Remove what late attempts may have left in the bucket, of a failed or cancelled export.
    CleanUp,
    /// Tell what has happened.
    Event,
    /// Look whether the run of a schedule was made.
    Schedule,
}

/// A partition of an index of what is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueShard {
    pub index: &'static str,
    /// The attribute that is the index's partition key.
    pub attribute: &'static str,
    pub value: String,
}

/// An item that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub partition: String,
    pub sort: String,
    /// Unix seconds.
    pub at: i64,
}

impl DueKind {
    /// The shard of an item with this sort key.
    pub fn shard(self, sort: &str) -> String {
        self.numbered(shard_of(sort, SHARDS))
    }

    /// Every partition in which items of the kind are found.
    pub fn shards(self) -> Vec<DueShard> {
        let name: &'static str = self.into();
        let sharded = (0..SHARDS).map(|number| DueShard {
            index: BY_DUE_SHARD,
            attribute: "dueShard",
            value: self.numbered(number),
        });
        let older = DueShard {
            index: BY_DUE,
            attribute: "dueKind",
            value: name.to_owned(),
        };
        sharded.chain([older]).collect()
    }

    fn numbered(self, number: u32) -> String {
        let name: &'static str = self.into();
        format!("{name}#{number:02}")
    }
}

impl Due {
    /// The export that is due, by tenant and id.
    pub fn export(&self) -> Result<(&str, ExportId), UnreadableItem> {
        // No tenant's id has a `#`.
        let (tenant_id, _) = self
            .partition
            .split_once('#')
            .ok_or_else(|| self.unreadable())?;
        Ok((tenant_id, read_id(&self.sort)?))
    }

    /// The schedule that is due, by tenant and id.
    pub fn schedule(&self) -> Result<(&str, ScheduleId), UnreadableItem> {
        let tenant_id = tenant_of_schedules(&self.partition).ok_or_else(|| self.unreadable())?;
        let id = self.sort.parse().map_err(|_| self.unreadable())?;
        Ok((tenant_id, id))
    }

    fn unreadable(&self) -> UnreadableItem {
        UnreadableItem(format!("the key {} {}", self.partition, self.sort))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{dataset::FUNDING_TRANSFERS, export::examples::at, id::ExportId};

    #[test]
    fn ids_of_one_moment_are_spread_evenly() {
        let now = at("2026-11-26T09:30:00Z");
        let mut shards: BTreeMap<String, u32> = BTreeMap::new();
        for number in 0..16_000_u32 {
            let mut random = [7; 10];
            random[6..].copy_from_slice(&number.to_be_bytes());
            let id = ExportId::new(&FUNDING_TRANSFERS, now, random);
            *shards
                .entry(DueKind::Pending.shard(id.as_str()))
                .or_default() += 1;
        }
        assert_eq!(shards.len(), 16);
        assert!(
            shards.values().all(|count| (700..1300).contains(count)),
            "{shards:?}"
        );
    }

    #[test]
    fn what_is_due_is_looked_for_in_every_shard_and_where_older_releases_put_it() {
        let shards = DueKind::CleanUp.shards();
        let of = DueKind::CleanUp.shard("exp_01kh0c8rm0e4t8v2zj6m3x9q5af");
        assert!(shards.iter().any(|shard| shard.value == of));
        assert_eq!(shards.len(), 17);
        assert_eq!(
            (shards[3].index, shards[3].value.as_str()),
            (BY_DUE_SHARD, "CLEAN_UP#03")
        );
        assert_eq!(
            (shards[16].index, shards[16].value.as_str()),
            (BY_DUE, "CLEAN_UP")
        );
    }

    #[test]
    fn what_is_due_is_an_export_or_a_schedule() {
        let due = |partition: &str, sort: &str| Due {
            partition: partition.to_owned(),
            sort: sort.to_owned(),
            at: 0,
        };
        let export = due("acme#FUNDING_TRANSFERS", "exp_01kh0c8rm0e4t8v2zj6m3x9q5af");
        assert_eq!(export.export().unwrap().0, "acme");
        assert!(export.schedule().is_err());
        let schedule = due("schedule#acme", "sch_01kh0c8rm0e4t8v2zj6m3x9q5a");
        assert_eq!(schedule.schedule().unwrap().0, "acme");
        assert!(schedule.export().is_err());
    }
}
