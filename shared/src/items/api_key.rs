//! An API key's item in the table `api-keys`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::UnreadableItem;
use crate::domain::{
    address::EmailAddress,
    caller::{Caller, Role, RoleName, is_valid_id},
};

/// The table's key.
pub const KEY_HASH: &str = "keyHash";

/// The index of keys by their tenant.
pub const BY_TENANT: &str = "by-tenant";
/// The partition key of [`BY_TENANT`].
pub const TENANT_ID: &str = "tenantId";

/// The index of keys by their user.
pub const BY_USER: &str = "by-user";
/// The sort key of [`BY_USER`].
pub const USER_ID: &str = "userId";

/// The user of a key. The key itself is not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyItem {
    /// SHA-256 of the key, in lower-case hexadecimal.
    pub key_hash: String,
    pub tenant_id: String,
    pub tenant_name: String,
    pub user_id: String,
    pub email: String,
    pub role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<String>,
    pub permissions: Vec<String>,
    #[serde(default)]
    pub disabled: bool,
    /// The second from which on it opens nothing, if another key takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    pub created_at: String,
}

/// A key as [`BY_USER`] shows it: what its user may do, and nothing that names the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserItem {
    pub tenant_id: String,
    pub tenant_name: String,
    pub user_id: String,
    pub email: String,
    pub role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<String>,
    pub permissions: Vec<String>,
    #[serde(default)]
    pub disabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// Why a key opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum KeyEnd {
    Disabled,
    Expired,
}

impl UserItem {
    /// Why the key opens nothing at this time. `None` if it does.
    pub fn end(&self, now: Timestamp) -> Option<KeyEnd> {
        if self.disabled {
            return Some(KeyEnd::Disabled);
        }
        let is_over = self.expires_at.is_some_and(|end| now.as_second() >= end);
        is_over.then_some(KeyEnd::Expired)
    }
}

/// The hash that a key is stored under.
pub fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

impl From<ApiKeyItem> for UserItem {
    fn from(item: ApiKeyItem) -> Self {
        Self {
            tenant_id: item.tenant_id,
            tenant_name: item.tenant_name,
            user_id: item.user_id,
            email: item.email,
            role: item.role,
            supplier_id: item.supplier_id,
            permissions: item.permissions,
            disabled: item.disabled,
            expires_at: item.expires_at,
        }
    }
}

impl TryFrom<UserItem> for Caller {
    type Error = UnreadableItem;

    fn try_from(item: UserItem) -> Result<Self, UnreadableItem> {
        let unreadable =
            |what: &str| UnreadableItem(format!("{what} of the key of user {}", item.user_id));
        if !is_valid_id(&item.tenant_id) || !is_valid_id(&item.user_id) {
            return Err(unreadable("the tenant or user id"));
        }
        let role = match item
            .role
            .parse::<RoleName>()
            .map_err(|_| unreadable("the role"))?
        {
            RoleName::Operator => Role::Operator,
            RoleName::Merchant => Role::Merchant,
            RoleName::Supplier => Role::Supplier {
                supplier_id: item
                    .supplier_id
                    .clone()
                    .ok_or_else(|| unreadable("the supplierId"))?,
            },
        };
        Ok(Self {
            email: EmailAddress::parse(&item.email).map_err(|_| unreadable("the email"))?,
            tenant_id: item.tenant_id,
            tenant_name: item.tenant_name,
            user_id: item.user_id,
            role,
            permissions: item.permissions,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> ApiKeyItem {
        ApiKeyItem {
            key_hash: hash("key"),
            tenant_id: "northwind-market".to_owned(),
            tenant_name: "Northwind Market".to_owned(),
            user_id: "usr-sam".to_owned(),
            email: "sam@supplier.example".to_owned(),
            role: "SUPPLIER".to_owned(),
            supplier_id: Some("SUP-1001".to_owned()),
            permissions: vec!["funding-transfers:read".to_owned()],
            disabled: false,
            expires_at: None,
            created_at: "2026-11-20T09:30:00Z".to_owned(),
        }
    }

    #[test]
    fn a_key_stands_for_its_user() {
        let caller = Caller::try_from(UserItem::from(item())).unwrap();
        assert_eq!(caller.supplier_id(), Some("SUP-1001"));
    }

    #[test]
    fn a_key_opens_nothing_from_its_end_on_or_once_it_is_disabled() {
        let end = |disabled, expires_at, now| {
            let item = ApiKeyItem {
                disabled,
                expires_at,
                ..item()
            };
            UserItem::from(item).end(Timestamp::from_second(now).unwrap())
        };
        assert_eq!(end(false, None, i64::from(u32::MAX)), None);
        assert_eq!(end(false, Some(100), 99), None);
        assert_eq!(end(false, Some(100), 100), Some(KeyEnd::Expired));
        assert_eq!(end(true, Some(100), 99), Some(KeyEnd::Disabled));
    }

    #[test]
    fn a_supplier_without_its_id_is_nobody() {
        assert!(
            Caller::try_from(UserItem {
                supplier_id: None,
                ..item().into()
            })
            .is_err()
        );
        assert!(
            Caller::try_from(UserItem {
                role: "ADMIN".to_owned(),
                ..item().into()
            })
            .is_err()
        );
        assert!(
            Caller::try_from(UserItem {
                tenant_id: "a#b".to_owned(),
                ..item().into()
            })
            .is_err()
        );
    }
}
