//! `keys create`: a key for one user, of which only the hash is stored.

use anyhow::{Context, Result, anyhow, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use shared::{
    domain::{
        address::EmailAddress,
        caller::{Act, MANAGE_WEBHOOKS, RoleName},
        dataset::ALL,
        record::LONGEST_IDENTIFIER,
        time,
    },
    items::api_key::{ApiKeyItem, KEY_HASH, hash},
};

use crate::{arguments, aws};

/// Make a key for a user and print it, once: only its SHA-256 is stored.
#[derive(clap::Args)]
pub struct Args {
    /// The tenant that the user belongs to: a marketplace's, or a merchant's own
    #[arg(long, value_parser = arguments::id)]
    tenant: String,
    /// The tenant's name, for people
    #[arg(long)]
    tenant_name: String,
    /// The user's id
    #[arg(long, value_parser = arguments::id)]
    user: String,
    /// Where the user's exports are announced
    #[arg(long, value_parser = email)]
    email: String,
    /// OPERATOR, SUPPLIER or MERCHANT
    #[arg(long, value_parser = role)]
    role: RoleName,
    /// The external id of the supplier that a SUPPLIER key stands for
    #[arg(long, value_parser = supplier)]
    supplier: Option<String>,
    /// Such as funding-transfers:create; repeatable [default: everything that the role may do]
    #[arg(long = "permission", value_name = "PERMISSION")]
    permissions: Vec<String>,
    /// Leave out the permissions to create exports
    #[arg(long, conflicts_with = "permissions")]
    read_only: bool,
    /// The key to store instead of a new one. For demos: it can be seen by others on this machine
    #[arg(long)]
    key: Option<String>,
    /// The table of API keys
    #[arg(long, env = "API_KEYS_TABLE")]
    table: String,
}

pub async fn run(args: Args) -> Result<()> {
    let key = match &args.key {
        Some(key) if key.is_empty() => bail!("--key must not be empty"),
        Some(key) => key.clone(),
        None => fresh_key()?,
    };
    let is_fresh = args.key.is_none();
    let table = args.table.clone();
    let item = args.into_item(&key)?;
    let (key_hash, user) = (item.key_hash.clone(), item.user_id.clone());
    put(&table, item).await?;
    eprintln!("The key of {user} is stored by its hash {key_hash}.");
    if is_fresh {
        eprintln!("This is the only time that it is shown:");
        println!("{key}");
    }
    Ok(())
}

/// 256 random bits behind a prefix that scanners for leaked secrets can look for.
pub fn fresh_key() -> Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(format!("pex_{}", URL_SAFE_NO_PAD.encode(random)))
}

/// Stores the key, unless it is another user's, was disabled, or has an end.
async fn put(table: &str, item: ApiKeyItem) -> Result<()> {
    let (tenant_id, user_id) = (item.tenant_id.clone(), item.user_id.clone());
    let put = aws::dynamodb()
        .await?
        .put_item()
        .table_name(table)
        .set_item(Some(serde_dynamo::to_item(item)?))
        .condition_expression(
            "attribute_not_exists(#hash) OR (#tenant = :tenant AND #user = :user AND #disabled = :false \
             AND attribute_not_exists(expiresAt))",
        )
        .expression_attribute_names("#hash", KEY_HASH)
        .expression_attribute_names("#tenant", "tenantId")
        .expression_attribute_names("#user", "userId")
        .expression_attribute_names("#disabled", "disabled")
        .expression_attribute_values(":tenant", AttributeValue::S(tenant_id))
        .expression_attribute_values(":user", AttributeValue::S(user_id))
        .expression_attribute_values(":false", AttributeValue::Bool(false))
        .send()
        .await;
    match put {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
        {
            bail!("this key is another user's, has been disabled or was rotated: choose another")
        }
        Err(error) => Err(aws::explain(error))
            .with_context(|| format!("cannot write to the table of API keys {table}")),
    }
}

impl Args {
    fn into_item(self, key: &str) -> Result<ApiKeyItem> {
        if self.supplier.is_some() != (self.role == RoleName::Supplier) {
            bail!(
                "--supplier names whom a key of the role SUPPLIER stands for, and belongs to no other role"
            );
        }
        let allowed = permissions(self.role, &[Act::Create, Act::Read]);
        if let Some(unknown) = self
            .permissions
            .iter()
            .find(|given| !allowed.contains(given))
        {
            bail!(
                "{unknown} is not a permission of {}; its are {}",
                self.role,
                allowed.join(", ")
            );
        }
        let permissions = match (self.read_only, self.permissions.is_empty()) {
            (true, _) => only_reading(self.role),
            (false, true) => allowed,
            (false, false) => self.permissions,
        };
        Ok(ApiKeyItem {
            key_hash: hash(key),
            tenant_id: self.tenant,
            tenant_name: self.tenant_name,
            user_id: self.user,
            email: self.email,
            role: self.role.to_string(),
            supplier_id: self.supplier,
            permissions,
            disabled: false,
            expires_at: None,
            created_at: time::to_seconds(time::now()),
        })
    }
}

/// What a role may be permitted to do.
fn permissions(role: RoleName, acts: &[Act]) -> Vec<String> {
    let manages_webhooks = role == RoleName::Operator && acts.contains(&Act::Create);
    let mut permissions: Vec<_> = ALL
        .into_iter()
        .filter(|dataset| dataset.roles.contains(&role))
        .flat_map(|dataset| acts.iter().map(|act| act.permission(dataset)))
        .chain(manages_webhooks.then(|| MANAGE_WEBHOOKS.to_owned()))
        .collect();
    // One may be for both acts.
    permissions.dedup();
    permissions
}

/// What a role may be permitted to do that creates no export.
fn only_reading(role: RoleName) -> Vec<String> {
    let creating = permissions(role, &[Act::Create]);
    let mut reading = permissions(role, &[Act::Read]);
    reading.retain(|permission| !creating.contains(permission));
    reading
}

fn role(text: &str) -> Result<RoleName, String> {
    let role = text.to_ascii_uppercase().parse();
    role.map_err(|_| "must be OPERATOR, SUPPLIER or MERCHANT".to_owned())
}

fn email(text: &str) -> Result<String, String> {
    let address = EmailAddress::parse(text).map_err(|error| error.to_string())?;
    Ok(address.to_string())
}

fn supplier(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if (1..=LONGEST_IDENTIFIER).contains(&length) {
        Ok(text.to_owned())
    } else {
        Err(format!("must have 1 to {LONGEST_IDENTIFIER} characters"))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn item(extra: &[&str]) -> Result<ApiKeyItem> {
        let base = [
            "keys",
            "--tenant",
            "northwind-market",
            "--tenant-name",
            "Northwind Market",
            "--user",
            "ana",
            "--email",
            "ana@northwind.example",
            "--table",
            "keys",
        ];
        Cli::try_parse_from(base.into_iter().chain(extra.iter().copied()))?
            .args
            .into_item("secret")
    }

    #[test]
    fn a_key_may_do_all_that_its_role_may() {
        let count = |extra: &[&str]| item(extra).unwrap().permissions.len();
        assert_eq!(count(&["--role", "OPERATOR"]), 10);
        assert_eq!(count(&["--role", "operator", "--read-only"]), 4);
        assert_eq!(count(&["--role", "SUPPLIER", "--supplier", "SUP-1001"]), 4);
        assert_eq!(
            item(&["--role", "MERCHANT"]).unwrap().permissions,
            ["payouts-by-contact:create", "payouts-by-contact:read"]
        );
    }

    #[test]
    fn a_key_gets_no_more_than_its_role_may() {
        let permission = ["--permission", "supplier-payouts:read"];
        assert_eq!(
            item(&[&["--role", "OPERATOR"], &permission[..]].concat())
                .unwrap()
                .permissions,
            ["supplier-payouts:read"]
        );
        assert!(
            item(&[&["--role", "SUPPLIER", "--supplier", "S"], &permission[..]].concat()).is_err()
        );
    }

    #[test]
    fn operators_may_see_the_audit_trail_unless_they_may_only_read() {
        let audits = |arguments: &[&str]| {
            let permissions = item(arguments).unwrap().permissions;
            permissions
                .iter()
                .filter(|permission| *permission == "audit:read")
                .count()
        };
        assert_eq!(audits(&["--role", "OPERATOR"]), 1);
        assert_eq!(audits(&["--role", "OPERATOR", "--read-only"]), 0);
        let alone = ["--role", "OPERATOR", "--permission", "audit:read"];
        assert_eq!(audits(&alone), 1);
        assert_eq!(audits(&["--role", "SUPPLIER", "--supplier", "S"]), 0);
    }

    #[test]
    fn a_supplier_is_named_by_supplier_keys_only() {
        assert!(item(&["--role", "SUPPLIER"]).is_err());
        assert!(item(&["--role", "supplier"]).is_err());
        assert!(item(&["--role", "OPERATOR", "--supplier", "SUP-1001"]).is_err());
        let item = item(&["--role", "SUPPLIER", "--supplier", "SUP-1001"]).unwrap();
        assert_eq!(item.supplier_id.as_deref(), Some("SUP-1001"));
    }

    #[test]
    fn the_key_itself_is_not_stored() {
        let stored = format!("{:?}", item(&["--role", "OPERATOR"]).unwrap());
        assert!(!stored.contains("secret"));
        assert!(
            stored.contains("2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
        );
    }

    #[test]
    fn fresh_keys_differ() {
        let (one, other) = (fresh_key().unwrap(), fresh_key().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), "pex_".len() + 43);
    }
}
