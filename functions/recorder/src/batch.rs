//! The changes of some messages: what is good in them, what is not, and what belongs together.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use shared::{
    domain::{change::Change, dataset::Dataset},
    wire::{
        ledger_change::{read, split},
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

/// Reads messages: their good changes, each with the place of its message and as it came, and their bad ones.
pub fn read_all<'a>(
    bodies: impl IntoIterator<Item = &'a str>,
) -> (Vec<(usize, Change, &'a str)>, Vec<Refusal>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (message, body) in bodies.into_iter().enumerate() {
        let mut refuse = |body: &str, errors: &[FieldError]| {
            bad.push(Refusal {
                message,
                body: body.to_owned(),
                reason: reason(errors),
            });
        };
        match split(body) {
            Err(error) => refuse(body, &[error]),
            Ok(changes) => {
                for raw in changes {
                    match read(raw) {
                        Ok(change) => good.push((message, change, raw.get())),
                        Err(errors) => refuse(raw.get(), &errors),
                    }
                }
            }
        }
    }
    (good, bad)
}

/// Groups changes by tenant and dataset, and keeps the newest of each record. Of equal versions the first counts.
pub fn group(changes: Vec<(usize, Change)>) -> Vec<Group> {
    let mut groups: BTreeMap<(String, &str), Group> = BTreeMap::new();
    let mut places: HashMap<(String, &str, String), usize> = HashMap::new();
    for (message, change) in changes {
        let (tenant_id, dataset) = (change.tenant_id.clone(), change.dataset());
        let group = groups
            .entry((tenant_id.clone(), dataset.export_type))
            .or_insert_with(|| Group {
                tenant_id: tenant_id.clone(),
                dataset,
                work: Vec::new(),
            });
        match places.entry((tenant_id, dataset.export_type, change.id().to_owned())) {
            Entry::Vacant(place) => {
                place.insert(group.work.len());
                group.work.push(Work {
                    change,
                    messages: vec![message],
                });
            }
            Entry::Occupied(place) => {
                let known = &mut group.work[*place.get()];
                known.messages.push(message);
                if change.version > known.change.version {
                    known.change = change;
                }
            }
        }
    }
    groups.into_values().collect()
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
        let (good, bad) = read_all(bodies.iter().map(String::as_str));
        assert_eq!(bad, []);
        good.into_iter()
            .map(|(message, change, _)| (message, change))
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
        let (good, refused) = read_all([body.as_str(), "poison"]);
        assert_eq!(good.len(), 2);
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
