//! The caller of a request.

use strum::{Display, EnumString};

use super::{
    address::EmailAddress,
    dataset::{self, Dataset},
};

/// The user of an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub tenant_id: String,
    pub tenant_name: String,
    pub user_id: String,
    pub email: EmailAddress,
    pub role: Role,
    /// Such as `funding-transfers:create`; see [`Act::permission`].
    pub permissions: Vec<String>,
}

/// The user's role on the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Operator,
    Supplier { supplier_id: String },
    Merchant,
}

/// A [`Role`] without what belongs to it: what `dj-client` names and a [`Dataset`] admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RoleName {
    Operator,
    Supplier,
    Merchant,
}

/// What a permission allows to do with the exports of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "lowercase")]
pub enum Act {
    Create,
    Read,
}

/// The permission to manage the tenant's webhooks, which only operators have a use for.
pub const MANAGE_WEBHOOKS: &str = "webhooks:manage";

impl Role {
    pub fn name(&self) -> RoleName {
        match self {
            Role::Operator => RoleName::Operator,
            Role::Supplier { .. } => RoleName::Supplier,
            Role::Merchant => RoleName::Merchant,
        }
    }
}

impl Act {
    /// The permission that a key needs, such as `funding-transfers:create`.
    pub fn permission(self, dataset: &Dataset) -> String {
        match dataset.permission {
            Some(permission) => permission.to_owned(),
            None => format!("{}:{self}", dataset.slug),
        }
    }
}

impl Caller {
    /// Whether role and permissions allow the act.
    pub fn may(&self, act: Act, dataset: &Dataset) -> bool {
        dataset.roles.contains(&self.role.name())
            && self.permissions.contains(&act.permission(dataset))
    }

    /// Whether the caller may see whom the tenant's records name as suppliers: operators who may read such records.
    pub fn may_see_suppliers(&self) -> bool {
        self.role == Role::Operator
            && dataset::ALL
                .iter()
                .any(|dataset| dataset.supplier_column().is_some() && self.may(Act::Read, dataset))
    }

    /// Whether the caller may manage the tenant's webhooks. They tell of everybody's exports, so no supplier may.
    pub fn may_manage_webhooks(&self) -> bool {
        self.role == Role::Operator
            && self
                .permissions
                .iter()
                .any(|permission| permission == MANAGE_WEBHOOKS)
    }

    pub fn supplier_id(&self) -> Option<&str> {
        match &self.role {
            Role::Supplier { supplier_id } => Some(supplier_id),
            Role::Operator | Role::Merchant => None,
        }
    }
}

/// Whether an id can be part of a key: tenants and users are named by 1 to 64 of `A-Z a-z 0-9 _ -`.
pub fn is_valid_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::{operator, supplier};

    #[test]
    fn the_audit_trail_has_a_permission_of_its_own() {
        let audits = |caller: Caller| {
            [Act::Create, Act::Read].map(|act| caller.may(act, &dataset::AUDIT_EVENTS))
        };
        let with = |caller: Caller, permissions: &[&str]| Caller {
            permissions: permissions.iter().copied().map(str::to_owned).collect(),
            ..caller
        };
        assert_eq!(audits(with(operator(), &["audit:read"])), [true; 2]);
        assert_eq!(audits(with(supplier(), &["audit:read"])), [false; 2]);
        let others = ["audit-events:create", "audit-events:read"];
        assert_eq!(audits(with(operator(), &others)), [false; 2]);
    }

    #[test]
    fn only_operators_who_may_read_their_records_see_suppliers() {
        assert!(operator().may_see_suppliers());
        assert!(!supplier().may_see_suppliers());
        for permissions in [
            vec![],
            vec!["funding-transfers:create"],
            vec!["marketplace-payouts:read"],
        ] {
            let caller = Caller {
                permissions: permissions.into_iter().map(str::to_owned).collect(),
                ..operator()
            };
            assert!(!caller.may_see_suppliers());
        }
    }

    #[test]
    fn only_operators_with_the_permission_manage_webhooks() {
        let may = |caller: Caller, permissions: &[&str]| {
            let permissions = permissions.iter().map(|text| (*text).to_owned()).collect();
            Caller {
                permissions,
                ..caller
            }
            .may_manage_webhooks()
        };
        assert!(may(operator(), &["webhooks:manage"]));
        assert!(!may(operator(), &["funding-transfers:create"]));
        assert!(!may(supplier(), &["webhooks:manage"]));
    }
}
