//! An export's filters as they are stored with it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::UnreadableItem;
use crate::domain::{
    amount::Amount,
    dataset::Dataset,
    filters::{Contact, Filters, OneOf},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FiltersItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supplier_ids: Vec<String>,
    /// A text, so that it keeps its digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_min: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_named: Option<String>,
    /// The dataset's other filters by their names.
    #[serde(flatten)]
    one_of: BTreeMap<String, OneOrMany>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<&Filters> for FiltersItem {
    fn from(filters: &Filters) -> Self {
        let one_of = filters.one_of.iter().map(|OneOf { filter, values }| {
            (filter.name.to_owned(), OneOrMany::Many(values.clone()))
        });
        Self {
            created_at_from: filters.created_at_from,
            created_at_to: filters.created_at_to,
            changed_since: filters.changed_since,
            supplier_ids: filters.supplier_ids.clone(),
            amount_min: filters.amount_min.map(|amount| amount.to_string()),
            amount_max: filters.amount_max.map(|amount| amount.to_string()),
            contact_id: filters.contact.as_ref().map(|contact| contact.id.clone()),
            contact_named: filters
                .contact
                .as_ref()
                .map(|contact| contact.named.clone()),
            one_of: one_of.collect(),
        }
    }
}

impl FiltersItem {
    /// The filters of an export of this dataset. Fails if the dataset has no filter of a stored name: without that filter the
    /// file would hold too much.
    pub fn read(self, dataset: &'static Dataset) -> Result<Filters, UnreadableItem> {
        let amount = |text: Option<String>| -> Result<Option<Amount>, UnreadableItem> {
            text.map(|text| {
                text.parse()
                    .map_err(|_| UnreadableItem(format!("the amount {text}")))
            })
            .transpose()
        };
        let mut stored = self.one_of;
        let one_of = dataset
            .filters
            .iter()
            .filter_map(|filter| {
                let values = match stored.remove(filter.name)? {
                    OneOrMany::One(value) => vec![value],
                    OneOrMany::Many(values) => values,
                };
                Some(OneOf { filter, values })
            })
            .collect();
        if let Some(name) = stored.keys().next() {
            return Err(UnreadableItem(format!("the filter {name}")));
        }
        Ok(Filters {
            created_at_from: self.created_at_from,
            created_at_to: self.created_at_to,
            changed_since: self.changed_since,
            supplier_ids: self.supplier_ids,
            amount_min: amount(self.amount_min)?,
            amount_max: amount(self.amount_max)?,
            one_of,
            contact: self
                .contact_id
                .zip(self.contact_named)
                .map(|(id, named)| Contact { id, named }),
        })
    }
}
