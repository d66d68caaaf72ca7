//! What an object's key says: whose records a file holds, and where it and what is told of it go.

use shared::domain::{
    caller::is_valid_id,
    dataset::{Dataset, INTERNAL_RULE},
};

use crate::outcome::Status;

const INBOX: &str = "inbox/";
const PROGRESS: &str = ".progress.json";
const RESULT: &str = ".result.json";

/// Whose records a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub tenant_id: String,
    pub dataset: &'static Dataset,
}

impl Destination {
    /// Reads `inbox/{tenantId}/{slug}/{name}`. Fails with the rule that the key breaks.
    pub fn of(key: &str) -> Result<Self, String> {
        let path = key.strip_prefix(INBOX).unwrap_or_default();
        let mut folders = path.splitn(3, '/');
        let (Some(tenant_id), Some(slug), Some(_)) =
            (folders.next(), folders.next(), folders.next())
        else {
            return Err("must be put under inbox/{tenantId}/{slug}/".to_owned());
        };
        if !is_valid_id(tenant_id) {
            return Err(NO_TENANT.to_owned());
        }
        let dataset = Dataset::by_slug(slug).ok_or_else(|| {
            let slugs: Vec<_> = Dataset::importable().map(|dataset| dataset.slug).collect();
            let slugs = slugs.join(", ");
            format!("must be put under inbox/{{tenantId}}/{{slug}}/, with a slug of {slugs}")
        })?;
        if dataset.is_internal {
            return Err(INTERNAL_RULE.to_owned());
        }
        Ok(Self {
            tenant_id: tenant_id.to_owned(),
            dataset,
        })
    }
}

/// The rule that a file of no tenant breaks.
pub const NO_TENANT: &str =
    "must be put under inbox/{tenantId}/{slug}/, with the id of a tenant that exists";

/// Whether an object is a file to load: no folder, and nothing that the loader puts there itself.
pub fn is_file(key: &str) -> bool {
    key.starts_with(INBOX)
        && !key.ends_with('/')
        && !key.ends_with(PROGRESS)
        && !key.ends_with(RESULT)
}

/// Where the progress of a file's loading is told.
pub fn progress_key(key: &str) -> String {
    format!("{key}{PROGRESS}")
}

/// Where the result of a file's loading is told.
pub fn result_key(key: &str) -> String {
    format!("{key}{RESULT}")
}

/// Where a file goes at the end.
pub fn target(key: &str, status: Status) -> String {
    let folder = match status {
        Status::Loaded => "inbox-done/",
        Status::Refused => "inbox-refused/",
    };
    format!("{folder}{}", key.strip_prefix(INBOX).unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use shared::domain::dataset::FUNDING_TRANSFERS;

    use super::*;

    #[test]
    fn a_key_names_tenant_and_dataset() {
        let found = Destination::of("inbox/acme/funding-transfers/2026/01/a.csv").unwrap();
        assert_eq!(found.tenant_id, "acme");
        assert_eq!(found.dataset, &FUNDING_TRANSFERS);
        for (key, rule) in [
            ("inbox/a.csv", "must be put under inbox/{tenantId}/{slug}/"),
            (
                "inbox/acme/a.csv",
                "must be put under inbox/{tenantId}/{slug}/",
            ),
            ("inbox/a#b/funding-transfers/a.csv", NO_TENANT),
            ("inbox/acme/audit-events/a.csv", INTERNAL_RULE),
        ] {
            assert_eq!(Destination::of(key).unwrap_err(), rule);
        }
        let rule = Destination::of("inbox/acme/refunds/a.csv").unwrap_err();
        assert!(rule.contains("with a slug of transactions, "), "{rule}");
    }

    #[test]
    fn what_the_loader_puts_there_itself_is_no_file() {
        let key = "inbox/acme/funding-transfers/a.csv";
        assert!(is_file(key));
        assert!(!is_file(&progress_key(key)));
        assert!(!is_file(&result_key(key)));
        assert!(!is_file("inbox/acme/"));
        let done = target(key, Status::Loaded);
        assert_eq!(done, "inbox-done/acme/funding-transfers/a.csv");
        assert!(!is_file(&done));
        assert!(!is_file(&target(key, Status::Refused)));
    }
}
