//! An export's filters as they are stored with it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::UnreadableItem;
use crate::domain::{
    amount::Amount,
    filters::{Contact, Filters},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FiltersItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supplier_ids: Vec<String>,
    /// A text, so that it keeps its digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_min: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_balance_account_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_balance_account_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payment_methods: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_named: Option<String>,
}

impl From<&Filters> for FiltersItem {
    fn from(filters: &Filters) -> Self {
        Self {
            created_at_from: filters.created_at_from,
            created_at_to: filters.created_at_to,
            statuses: filters.statuses.clone(),
            supplier_ids: filters.supplier_ids.clone(),
            amount_min: filters.amount_min.map(|amount| amount.to_string()),
            amount_max: filters.amount_max.map(|amount| amount.to_string()),
            source_balance_account_type: filters.source_balance_account_type.clone(),
            target_balance_account_type: filters.target_balance_account_type.clone(),
            payment_methods: filters.payment_methods.clone(),
            contact_id: filters.contact.as_ref().map(|contact| contact.id.clone()),
            contact_named: filters
                .contact
                .as_ref()
                .map(|contact| contact.named.clone()),
        }
    }
}

impl TryFrom<FiltersItem> for Filters {
    type Error = UnreadableItem;

    fn try_from(item: FiltersItem) -> Result<Self, UnreadableItem> {
        let amount = |text: Option<String>| -> Result<Option<Amount>, UnreadableItem> {
            text.map(|text| {
                text.parse()
                    .map_err(|_| UnreadableItem(format!("the amount {text}")))
            })
            .transpose()
        };
        Ok(Self {
            created_at_from: item.created_at_from,
            created_at_to: item.created_at_to,
            statuses: item.statuses,
            supplier_ids: item.supplier_ids,
            amount_min: amount(item.amount_min)?,
            amount_max: amount(item.amount_max)?,
            source_balance_account_type: item.source_balance_account_type,
            target_balance_account_type: item.target_balance_account_type,
            payment_methods: item.payment_methods,
            contact: item
                .contact_id
                .zip(item.contact_named)
                .map(|(id, named)| Contact { id, named }),
        })
    }
}
