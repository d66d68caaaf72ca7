//! The filters of an export.

use jiff::Timestamp;

use super::{
    amount::Amount,
    dataset::{Dataset, Filter, FilterTest},
};

/// Most suppliers that one request may name.
pub const MOST_SUPPLIERS: usize = 100;

/// The filters of an export, valid for its dataset. A filter that is not set excludes no row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Inclusive.
    pub created_at_from: Option<Timestamp>,
    /// Inclusive, as the whole second that it names.
    pub created_at_to: Option<Timestamp>,
    /// Only records that the ledger received, or received a change of, in this second or later.
    pub changed_since: Option<Timestamp>,
    /// External ids.
    pub supplier_ids: Vec<String>,
    /// Inclusive.
    pub amount_min: Option<Amount>,
    /// Inclusive.
    pub amount_max: Option<Amount>,
    /// What other columns must be, in the order of the dataset's filters. Each filter is there once at most.
    pub one_of: Vec<OneOf>,
    /// The contact whose payouts are exported, by its own id and as the caller named it.
    pub contact: Option<Contact>,
}

/// A column that must have one of these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOf {
    /// Its test is [`FilterTest::OneOf`].
    pub filter: &'static Filter,
    /// Not empty; one only, unless the filter takes a list.
    pub values: Vec<String>,
}

/// What a request set a filter to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterValue<'a> {
    Time(Timestamp),
    Amount(Amount),
    One(&'a str),
    Many(&'a [String]),
}

impl Filters {
    /// The dataset's filters that are set, in the order of its declaration.
    pub fn set<'a>(
        &'a self,
        dataset: &'static Dataset,
    ) -> impl Iterator<Item = (&'static Filter, FilterValue<'a>)> {
        dataset
            .filters
            .iter()
            .filter_map(|filter| Some((filter, self.value(filter)?)))
    }

    fn value(&self, filter: &'static Filter) -> Option<FilterValue<'_>> {
        match filter.test {
            FilterTest::CreatedAtFrom => self.created_at_from.map(FilterValue::Time),
            FilterTest::CreatedAtTo => self.created_at_to.map(FilterValue::Time),
            FilterTest::ChangedSince => self.changed_since.map(FilterValue::Time),
            FilterTest::AmountMin => self.amount_min.map(FilterValue::Amount),
            FilterTest::AmountMax => self.amount_max.map(FilterValue::Amount),
            FilterTest::Suppliers => {
                (!self.supplier_ids.is_empty()).then_some(FilterValue::Many(&self.supplier_ids))
            }
            FilterTest::OneOf { is_list, .. } => {
                let values = &self.one_of.iter().find(|set| set.filter == filter)?.values;
                if is_list {
                    Some(FilterValue::Many(values))
                } else {
                    values.first().map(|value| FilterValue::One(value))
                }
            }
        }
    }
}

/// A merchant's contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: String,
    /// The id or the external id, as the request had it.
    pub named: String,
}
