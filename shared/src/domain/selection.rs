//! The records of the ledger that an export holds, in the terms of a database query.

use jiff::Timestamp;

use super::{
    amount::Amount,
    dataset::FilterTest,
    export::{Export, Scope},
    time::end_of_second,
};

/// The most suppliers that are read through the supplier index. For more of them, reading the shards takes fewer queries.
pub const MOST_INDEXED_SUPPLIERS: usize = 16;

/// The records that belong in a file: where they are, between which instants, and which of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub source: Source,
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Inclusive, and not after the request: the file holds the records of that moment.
    pub to: Timestamp,
    /// When the export was requested: what was written to the ledger later does not count.
    pub as_of: Timestamp,
    pub conditions: Vec<Condition>,
}

/// Where the records are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Every write shard of the tenant's records.
    Shards,
    /// The index by supplier, once for each of these external ids.
    Suppliers(Vec<String>),
    /// The index by contact.
    Contact(String),
}

/// What a record's column must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    OneOf {
        column: &'static str,
        values: Vec<String>,
    },
    AmountAtLeast(Amount),
    AmountAtMost(Amount),
    /// The ledger has received its last change since this second, and up to the second of the request: a later change is in
    /// the next export of this kind.
    ChangedSince(Timestamp),
}

impl Selection {
    pub fn of(export: &Export) -> Self {
        let filters = &export.filters;
        let mut conditions = Vec::new();
        let mut one_of = |column, values: &[String]| {
            if !values.is_empty() {
                conditions.push(Condition::OneOf {
                    column,
                    values: values.to_vec(),
                });
            }
        };
        let source = match (&export.scope, &filters.contact) {
            // A supplier gets its own records, even if the request names others.
            (Scope::Supplier(supplier_id), _) => Source::Suppliers(vec![supplier_id.clone()]),
            (Scope::Tenant, Some(contact)) => Source::Contact(contact.id.clone()),
            (Scope::Tenant, None) if filters.supplier_ids.is_empty() => Source::Shards,
            (Scope::Tenant, None) if filters.supplier_ids.len() <= MOST_INDEXED_SUPPLIERS => {
                Source::Suppliers(filters.supplier_ids.clone())
            }
            (Scope::Tenant, None) => {
                if let Some(column) = export.dataset().supplier_column() {
                    one_of(column, &filters.supplier_ids);
                }
                Source::Shards
            }
        };
        for set in &filters.one_of {
            if let FilterTest::OneOf { column, .. } = set.filter.test {
                one_of(column, &set.values);
            }
        }
        conditions.extend(filters.amount_min.map(Condition::AmountAtLeast));
        conditions.extend(filters.amount_max.map(Condition::AmountAtMost));
        conditions.extend(filters.changed_since.map(Condition::ChangedSince));
        let to = filters.created_at_to.map(end_of_second);
        Self {
            source,
            from: filters.created_at_from,
            to: to.map_or(export.created_at, |to| to.min(export.created_at)),
            as_of: export.created_at,
            conditions,
        }
    }

    /// Whether no record can be between the instants.
    pub fn is_empty(&self) -> bool {
        self.from.unwrap_or(Timestamp::UNIX_EPOCH) > self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::examples::{at, one_of, operator, pending, supplier},
        filters::Filters,
    };

    fn requested_by(caller: &crate::domain::caller::Caller, filters: Filters) -> Selection {
        let export = Export::request(
            caller,
            pending().dataset(),
            vec![],
            filters,
            at("2026-11-20T09:30:00.250Z"),
            [0; 10],
        );
        Selection::of(&export)
    }

    #[test]
    fn without_filters_everything_up_to_the_request() {
        assert_eq!(
            requested_by(&operator(), Filters::default()),
            Selection {
                source: Source::Shards,
                from: None,
                to: at("2026-11-20T09:30:00.250Z"),
                as_of: at("2026-11-20T09:30:00.250Z"),
                conditions: vec![]
            }
        );
    }

    #[test]
    fn nothing_is_before_the_first_second_that_records_can_have() {
        let to = |text| Filters {
            created_at_to: Some(at(text)),
            ..Filters::default()
        };
        assert!(requested_by(&operator(), to("1960-01-01T00:00:00Z")).is_empty());
        assert!(!requested_by(&operator(), to("1970-01-01T00:00:00Z")).is_empty());
    }

    #[test]
    fn suppliers_cannot_widen_their_scope() {
        let filters = Filters {
            supplier_ids: vec!["SUP-1002".to_owned()],
            ..Filters::default()
        };
        let selection = requested_by(&supplier(), filters);
        assert_eq!(
            selection.source,
            Source::Suppliers(vec!["SUP-1001".to_owned()])
        );
        assert_eq!(selection.conditions, []);
    }

    #[test]
    fn an_operator_may_name_suppliers_few_or_many() {
        let named = |count: usize| {
            let supplier_ids: Vec<_> = (0..count).map(|number| format!("SUP-{number}")).collect();
            requested_by(
                &operator(),
                Filters {
                    supplier_ids,
                    ..Filters::default()
                },
            )
        };
        assert!(matches!(named(2).source, Source::Suppliers(ids) if ids == ["SUP-0", "SUP-1"]));
        let many = named(100);
        assert_eq!(many.source, Source::Shards);
        assert!(
            matches!(&many.conditions[..], [Condition::OneOf { column: "supplierExternalId", values }] if values.len() == 100)
        );
    }

    #[test]
    fn bounds_are_inclusive_and_never_pass_the_request() {
        let to = |text| Filters {
            created_at_to: Some(at(text)),
            ..Filters::default()
        };
        assert_eq!(
            requested_by(&operator(), to("2026-03-31T23:59:59Z")).to,
            at("2026-03-31T23:59:59.999Z")
        );
        assert_eq!(
            requested_by(&operator(), to("2026-11-20T09:30:00Z")).to,
            at("2026-11-20T09:30:00.250Z")
        );
        let future = Filters {
            created_at_from: Some(at("2027-01-01T00:00:00Z")),
            ..Filters::default()
        };
        assert!(requested_by(&operator(), future).is_empty());
    }

    #[test]
    fn filters_become_conditions() {
        let filters = Filters {
            amount_min: Some("0.1".parse().unwrap()),
            amount_max: Some("50000".parse().unwrap()),
            changed_since: Some(at("2026-11-19T09:30:00Z")),
            one_of: one_of(&[
                ("statuses", &["COMPLETED", "FAILED"]),
                ("sourceBalanceAccountType", &["MARKETPLACE"]),
            ]),
            ..Filters::default()
        };
        assert_eq!(
            requested_by(&operator(), filters).conditions,
            [
                Condition::OneOf {
                    column: "status",
                    values: vec!["COMPLETED".to_owned(), "FAILED".to_owned()]
                },
                Condition::OneOf {
                    column: "sourceBalanceAccountType",
                    values: vec!["MARKETPLACE".to_owned()]
                },
                Condition::AmountAtLeast("0.1".parse().unwrap()),
                Condition::AmountAtMost("50000".parse().unwrap()),
                Condition::ChangedSince(at("2026-11-19T09:30:00Z")),
            ]
        );
    }
}
