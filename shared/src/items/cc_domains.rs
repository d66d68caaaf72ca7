//! The domains that a tenant's copies may go to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::UnreadableItem;
use crate::domain::cc_domains::CcDomains;

/// The sort key, which no address has: an address has an `@`.
pub const CC_DOMAINS: &str = "cc-domains";

/// What an operator of the stack has set for a tenant. Without it copies may go everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CcDomainsItem {
    partition: String,
    sort: String,
    domains: Vec<String>,
    set_at: Timestamp,
}

pub fn cc_domains_partition(tenant_id: &str) -> String {
    format!("cc-domains#{tenant_id}")
}

impl CcDomainsItem {
    pub fn of(tenant_id: &str, domains: &CcDomains, set_at: Timestamp) -> Self {
        Self {
            partition: cc_domains_partition(tenant_id),
            sort: CC_DOMAINS.to_owned(),
            domains: domains.iter().map(ToString::to_string).collect(),
            set_at,
        }
    }
}

impl TryFrom<CcDomainsItem> for CcDomains {
    type Error = UnreadableItem;

    /// A list that cannot be read is no list that allows everything.
    fn try_from(item: CcDomainsItem) -> Result<Self, UnreadableItem> {
        Self::parse(&item.domains).map_err(|error| UnreadableItem(format!("cc domains: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time;

    #[test]
    fn a_list_is_read_as_it_was_written_and_never_as_none() {
        let domains = CcDomains::parse(&["a.example", "*.b.example"]).unwrap();
        let item = CcDomainsItem::of("acme", &domains, time::now());
        assert_eq!(CcDomains::try_from(item.clone()).unwrap(), domains);
        let emptied = CcDomainsItem {
            domains: vec![],
            ..item
        };
        assert!(CcDomains::try_from(emptied).is_err());
    }
}
