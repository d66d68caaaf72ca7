//! The changes of some messages: what is good in them, what is not, and what belongs together.

use std::collections::HashMap;

use foldhash::HashMapExt;
use shared::{
    domain::{change::Change, dataset::Dataset},
    wire::{
        ledger_change::{read, read_plain, split},
        problem::FieldError,
    },
};

/// A change to write.
#[derive(Debug, PartialEq, Eq)]
pub struct Work {
    pub change: Change,
    /// The messages that brought it, or an older change of its record.
    pub messages: Vec<usize>,
}

/// A change that cannot be written, whenever it is tried.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub message: usize,
    /// The change as it came.
    pub body: String,
    pub reason: String,
}

/// The changes of a tenant and a dataset, each of another record.
#[derive(Debug)]
pub struct Group {
    pub tenant_id: String,
    pub dataset: &'static Dataset,
    pub work: Vec<Work>,
}

/// A good change, and where it came from.
#[derive(Debug)]
pub struct Found {
    pub message: usize,
    /// Its place among the message's changes.
    pub place: usize,
    pub change: Change,
}

/// Reads messages: their good changes, and their bad ones.
pub fn read_all(bodies: &[&str]) -> (Vec<Found>, Vec<Refusal>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (message, body) in bodies.iter().enumerate() {
        let mut take = |place, change| {
            good.push(Found {
                message,
                place,
                change,
            });
        };
        let mut refuse = |body: &str, errors: &[FieldError]| {
            bad.push(Refusal {
                message,
                body: body.to_owned(),
                reason: reason(errors),
            });
        };
        if let Some(changes) = read_plain(body) {
            for (place, change) in changes.into_iter().enumerate() {
                take(place, change);
            }
            continue;
        }
        match split(body) {
            Err(error) => refuse(body, &[error]),
            Ok(changes) => {
                for (place, raw) in changes.into_iter().enumerate() {
                    match read(raw) {
                        Ok(change) => take(place, change),
                        Err(errors) => refuse(raw.get(), &errors),
                    }
                }
            }
        }
    }
    (good, bad)
}

/// A change of a message as it came.
pub fn as_it_came(body: &str, place: usize) -> &str {
    let changes = split(body).unwrap_or_default();
    changes.get(place).map_or(body, |raw| raw.get())
}

/// Groups changes by tenant and dataset, and keeps the newest of each record. Of equal versions the first counts.
pub fn group(changes: Vec<(usize, Change)>) -> Vec<Group> {
    let places = places(&changes);
    let mut groups: Vec<Group> = Vec::new();
    for ((message, change), (group, place)) in changes.into_iter().zip(places) {
        if group == groups.len() {
            groups.push(Group {
                tenant_id: change.tenant_id.clone(),
                dataset: change.dataset(),
                work: Vec::new(),
            });
        }
        let work = &mut groups[group].work;
        match work.get_mut(place) {
            None => work.push(Work {
                change,
                messages: vec![message],
            }),
            Some(known) => {
                known.messages.push(message);
                if change.version > known.change.version {
                    known.change = change;
                }
            }
        }
    }
    groups
}

/// The group of each change, and the place of its record in the group: both are numbered as they come.
fn places(changes: &[(usize, Change)]) -> Vec<(usize, usize)> {
    let mut groups: HashMap<(&str, &str), usize> = HashMap::new();
    // Hashing each id as the standard library does would cost more than the rest of this.
    let mut records: Vec<foldhash::HashMap<&str, usize>> = Vec::new();
    let mut places = Vec::with_capacity(changes.len());
    let mut last = (("", ""), 0);
    for (_, change) in changes {
        let key = (change.tenant_id.as_str(), change.dataset().export_type);
        // Most changes of a batch are of one group.
        if last.0 != key {
            last = (key, *groups.entry(key).or_insert(records.len()));
        }
        let (_, group) = last;
        if group == records.len() {
            records.push(foldhash::HashMap::new());
        }
        let next = records[group].len();
        let place = *records[group].entry(change.id()).or_insert(next);
        places.push((group, place));
    }
    places
}

/// Field and rule of each problem: `/record/amount must have a value; …`.
pub fn reason(errors: &[FieldError]) -> String {
    let told: Vec<_> = errors
        .iter()
        .map(|error| {
            format!("{} {}", error.pointer, error.detail)
                .trim()
                .to_owned()
        })
        .collect();
    told.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deletion(tenant: &str, id: &str, version: u64) -> String {
        format!(
            r#"{{"tenantId": "{tenant}", "type": "FUNDING_TRANSFERS", "id": "{id}", "version": {version}, "deleted": true}}"#
        )
    }

    fn good(bodies: &[String]) -> Vec<(usize, Change)> {
        let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
        let (good, bad) = read_all(&bodies);
        assert_eq!(bad, []);
        good.into_iter()
            .map(|found| (found.message, found.change))
            .collect()
    }

    #[test]
    fn a_bad_change_is_refused_alone_as_it_came() {
        let bad =
            r#"{"tenantId":"a","type":"FUNDING_TRANSFERS","version":1,"id":" ","deleted":true}"#;
        let body = format!(
            "[{}, {bad}, {}]",
            deletion("a", "1", 1),
            deletion("a", "2", 1)
        );
        let (good, refused) = read_all(&[body.as_str(), "poison"]);
        let places: Vec<_> = good
            .iter()
            .map(|found| (found.message, found.place))
            .collect();
        assert_eq!(places, [(0, 0), (0, 2)]);
        assert_eq!(as_it_came(&body, 2), deletion("a", "2", 1));
        assert_eq!(refused.len(), 2);
        assert_eq!((refused[0].message, refused[0].body.as_str()), (0, bad));
        assert!(refused[0].reason.starts_with("/id must be letters"));
        assert_eq!(
            (refused[1].message, refused[1].body.as_str()),
            (1, "poison")
        );
        assert!(refused[1].reason.starts_with("is not JSON"));
    }

    #[test]
    fn the_newest_change_of_a_record_is_written_for_all_messages_that_tell_of_it() {
        let groups = group(good(&[
            deletion("a", "1", 1),
            deletion("a", "1", 3),
            deletion("a", "1", 2),
            deletion("a", "2", 1),
            deletion("b", "1", 9),
        ]));
        assert_eq!(groups.len(), 2);
        let work = &groups[0].work;
        assert_eq!(
            (work[0].change.version, &work[0].messages[..]),
            (Some(3), &[0, 1, 2][..])
        );
        assert_eq!(
            (work[1].change.id(), &work[1].messages[..]),
            ("2", &[3][..])
        );
        assert_eq!(groups[1].tenant_id, "b");
    }
}
