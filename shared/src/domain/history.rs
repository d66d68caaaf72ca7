//! Lists of exports.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use strum::VariantArray;

use super::{export::Status, id::ExportId, order::Order, time::end_of_second};

/// Which exports of a dataset a list shows, and where its page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Empty: every status.
    pub statuses: BTreeSet<Status>,
    /// Inclusive.
    pub created_at_from: Option<Timestamp>,
    /// Inclusive, as the whole second that it names.
    pub created_at_to: Option<Timestamp>,
    pub order: Order,
    /// 1 to 100.
    pub limit: usize,
    /// The last export of the page before.
    pub after: Option<ExportId>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub has_more: bool,
}

/// What is stored, as against what a reader is told: a READY export past its expiry reads as EXPIRED until the clean-up
/// has recorded that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredStatus {
    pub status: Status,
    pub expiry: Option<Expiry>,
}

/// Which of the exports that are stored as READY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    Passed,
    Ahead,
}

impl HistoryQuery {
    /// The least and the greatest text that an id on this page can have; `None` where no id can be.
    ///
    /// Ids end with their dataset's letter. An id without it lies just before the id, and an id with one character
    /// more just behind it, with no other id between: that turns an exclusive position into inclusive bounds.
    pub fn id_range(&self) -> Option<(String, String)> {
        let mut least = self
            .created_at_from
            .map_or_else(|| "exp_".to_owned(), ExportId::lower_bound);
        let mut greatest = self
            .created_at_to
            .and_then(|to| {
                end_of_second(to)
                    .checked_add(SignedDuration::from_millis(1))
                    .ok()
            })
            .map_or_else(|| "exp_~".to_owned(), ExportId::lower_bound);
        if let Some(after) = &self.after {
            let id = after.as_str();
            match self.order {
                Order::OldestFirst => least = least.max(format!("{id}~")),
                Order::NewestFirst => greatest = greatest.min(id[..id.len() - 1].to_owned()),
            }
        }
        (least <= greatest).then_some((least, greatest))
    }

    /// The stored statuses to read for the statuses that are asked for, in the order of an export's life: read one after
    /// the other, none is missed that changes its status meanwhile. Empty for every status.
    pub fn stored_statuses(&self) -> Vec<StoredStatus> {
        let asks_for = |status| self.statuses.contains(&status);
        if Status::VARIANTS.iter().all(|status| asks_for(*status)) {
            return Vec::new();
        }
        let mut stored = Vec::new();
        let mut read = |status, expiry| stored.push(StoredStatus { status, expiry });
        if asks_for(Status::Pending) {
            read(Status::Pending, None);
        }
        match (asks_for(Status::Ready), asks_for(Status::Expired)) {
            (true, true) => read(Status::Ready, None),
            (true, false) => read(Status::Ready, Some(Expiry::Ahead)),
            (false, true) => read(Status::Ready, Some(Expiry::Passed)),
            (false, false) => {}
        }
        for status in [Status::Failed, Status::Cancelled, Status::Expired] {
            if asks_for(status) {
                read(status, None);
            }
        }
        stored
    }

    /// The page made of several lists, in the order in which they were read: as many as the limit, and whether more
    /// follow. An export that changed its status meanwhile is in two of them, and counts as it was read last.
    pub fn merge<T>(&self, lists: Vec<Vec<T>>, id: impl Fn(&T) -> &ExportId) -> Page<T> {
        let mut items: Vec<T> = lists.into_iter().rev().flatten().collect();
        items.sort_by(|a, b| match self.order {
            Order::OldestFirst => id(a).cmp(id(b)),
            Order::NewestFirst => id(b).cmp(id(a)),
        });
        items.dedup_by(|a, b| id(a) == id(b));
        let has_more = items.len() > self.limit;
        items.truncate(self.limit);
        Page { items, has_more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{dataset::FUNDING_TRANSFERS, export::examples::at};

    fn query() -> HistoryQuery {
        HistoryQuery {
            statuses: BTreeSet::new(),
            created_at_from: None,
            created_at_to: None,
            order: Order::NewestFirst,
            limit: 25,
            after: None,
        }
    }

    fn id(time: &str) -> ExportId {
        ExportId::new(&FUNDING_TRANSFERS, at(time), [9; 10])
    }

    fn contains(query: &HistoryQuery, id: &ExportId) -> bool {
        query.id_range().is_some_and(|(least, greatest)| {
            least.as_str() <= id.as_str() && id.as_str() <= greatest.as_str()
        })
    }

    #[test]
    fn bounds_are_inclusive_whole_seconds() {
        let query = HistoryQuery {
            created_at_from: Some(at("2026-11-01T00:00:00Z")),
            created_at_to: Some(at("2026-11-30T23:59:59Z")),
            ..query()
        };
        assert!(contains(&query, &id("2026-11-01T00:00:00Z")));
        assert!(contains(&query, &id("2026-11-30T23:59:59.999Z")));
        assert!(!contains(&query, &id("2026-10-31T23:59:59.999Z")));
        assert!(!contains(&query, &id("2026-12-01T00:00:00Z")));
    }

    #[test]
    fn a_page_begins_behind_the_last_export_of_the_page_before() {
        let [earlier, last, later] = [
            "2026-11-19T00:00:00Z",
            "2026-11-20T00:00:00Z",
            "2026-11-21T00:00:00Z",
        ]
        .map(id);
        let newest_first = HistoryQuery {
            after: Some(last.clone()),
            ..query()
        };
        assert!(contains(&newest_first, &earlier));
        assert!(!contains(&newest_first, &last) && !contains(&newest_first, &later));
        let oldest_first = HistoryQuery {
            order: Order::OldestFirst,
            ..newest_first
        };
        assert!(contains(&oldest_first, &later));
        assert!(!contains(&oldest_first, &last) && !contains(&oldest_first, &earlier));
    }

    #[test]
    fn the_end_of_time_is_a_bound_like_any_other() {
        let query = HistoryQuery {
            created_at_to: Some(at("9999-12-30T22:00:00Z")),
            ..query()
        };
        assert!(contains(&query, &id("2026-11-20T00:00:00Z")));
    }

    #[test]
    fn a_position_outside_the_bounds_leaves_nothing() {
        let query = HistoryQuery {
            created_at_from: Some(at("2026-11-20T00:00:00Z")),
            after: Some(id("2026-11-01T00:00:00Z")),
            ..query()
        };
        assert_eq!(query.id_range(), None);
    }

    #[test]
    fn expired_is_also_what_is_stored_as_ready() {
        let stored = |statuses: &[Status]| {
            let query = HistoryQuery {
                statuses: statuses.iter().copied().collect(),
                ..query()
            };
            query
                .stored_statuses()
                .iter()
                .map(|stored| (stored.status, stored.expiry))
                .collect::<Vec<_>>()
        };
        assert_eq!(stored(&[]), []);
        assert_eq!(
            stored(&[Status::Ready]),
            [(Status::Ready, Some(Expiry::Ahead))]
        );
        assert_eq!(
            stored(&[Status::Expired]),
            [
                (Status::Ready, Some(Expiry::Passed)),
                (Status::Expired, None)
            ]
        );
        assert_eq!(
            stored(&[Status::Ready, Status::Expired]),
            [(Status::Ready, None), (Status::Expired, None)]
        );
        assert_eq!(stored(Status::VARIANTS), []);
        assert_eq!(
            stored(&[Status::Pending, Status::Failed]),
            [(Status::Pending, None), (Status::Failed, None)]
        );
    }

    #[test]
    fn an_export_that_is_in_two_lists_counts_as_it_was_read_last() {
        let [a, b] = ["2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"].map(id);
        let pending = vec![(b.clone(), "pending"), (a.clone(), "pending")];
        let ready = vec![(b.clone(), "ready")];
        let page = query().merge(vec![pending, ready], |(id, _)| id);
        assert_eq!(page.items, [(b, "ready"), (a, "pending")]);
    }

    #[test]
    fn merges_in_order_and_says_whether_more_follow() {
        let ids = [
            "2026-11-19T00:00:00Z",
            "2026-11-20T00:00:00Z",
            "2026-11-21T00:00:00Z",
        ]
        .map(id);
        let lists = || vec![vec![ids[2].clone(), ids[0].clone()], vec![ids[1].clone()]];
        let page = HistoryQuery {
            limit: 2,
            ..query()
        }
        .merge(lists(), |id| id);
        assert_eq!(
            page,
            Page {
                items: vec![ids[2].clone(), ids[1].clone()],
                has_more: true
            }
        );
        let page = HistoryQuery {
            limit: 3,
            order: Order::OldestFirst,
            ..query()
        }
        .merge(lists(), |id| id);
        assert_eq!(
            page,
            Page {
                items: ids.to_vec(),
                has_more: false
            }
        );
    }
}
