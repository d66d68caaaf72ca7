//! Values that several subcommands take.

use shared::domain::{
    caller::is_valid_id,
    dataset::{ALL, Dataset, INTERNAL_RULE},
};

/// How a result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Reads a dataset by its type or its slug, in any case: `FUNDING_TRANSFERS`, `funding-transfers`.
pub fn dataset(text: &str) -> Result<&'static Dataset, String> {
    let is_named = |name: &str| name.eq_ignore_ascii_case(text);
    ALL.into_iter()
        .find(|dataset| is_named(dataset.export_type) || is_named(dataset.slug))
        .ok_or_else(|| {
            format!(
                "must be one of {}",
                ALL.map(|dataset| dataset.slug).join(", ")
            )
        })
}

/// Reads a dataset whose records come from the platform.
pub fn importable(text: &str) -> Result<&'static Dataset, String> {
    let dataset = dataset(text)?;
    if dataset.is_internal {
        return Err(INTERNAL_RULE.to_owned());
    }
    Ok(dataset)
}

/// Reads the id of a tenant or a user.
pub fn id(text: &str) -> Result<String, String> {
    if is_valid_id(text) {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 64 letters, digits, _ or -".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_is_named_by_its_type_or_its_slug() {
        for text in [
            "FUNDING_TRANSFERS",
            "funding-transfers",
            "Funding_Transfers",
        ] {
            assert_eq!(dataset(text).unwrap().export_type, "FUNDING_TRANSFERS");
        }
        assert_eq!(dataset("TRANSACTION_EVENTS").unwrap().slug, "transactions");
        assert!(dataset("payouts").unwrap_err().contains("supplier-payouts"));
    }

    #[test]
    fn the_audit_trail_can_be_verified_but_not_loaded() {
        assert!(dataset("audit-events").is_ok());
        assert_eq!(importable("audit-events").unwrap_err(), INTERNAL_RULE);
        assert_eq!(
            importable("TRANSACTION_EVENTS").unwrap().slug,
            "transactions"
        );
    }
}
