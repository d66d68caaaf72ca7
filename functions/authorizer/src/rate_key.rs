//! On which of the gateway's keys the requests of a tenant are counted.

use shared::domain::shard::shard_of;

/// How many keys `template.yaml` makes.
const KEYS: u32 = 48;

/// The values of the gateway's keys. They open nothing: each is a bucket of the usage plan's rate.
pub struct RateKeys {
    prefix: String,
}

impl RateKeys {
    pub fn new(prefix: String) -> Self {
        Self { prefix }
    }

    /// The key of a tenant: for ever the same, and seldom that of another tenant.
    pub fn of(&self, tenant_id: &str) -> String {
        format!("{}{:02}", self.prefix, shard_of(tenant_id, KEYS))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_tenant_has_one_key_and_tenants_are_spread_over_all() {
        let keys = RateKeys::new("rate".to_owned());
        assert_eq!(keys.of("northwind-market"), keys.of("northwind-market"));
        let mut tenants = BTreeMap::new();
        for tenant in 0..4_800 {
            *tenants
                .entry(keys.of(&format!("tenant-{tenant}")))
                .or_insert(0) += 1;
        }
        let names: Vec<_> = tenants.keys().cloned().collect();
        let expected: Vec<_> = (0..48).map(|number| format!("rate{number:02}")).collect();
        assert_eq!(names, expected);
        assert!(
            tenants.values().all(|count| (50..200).contains(count)),
            "{tenants:?}"
        );
    }
}
