//! Whether somebody has a key.

use crate::doctor::{
    finding::Finding,
    look::{Look, Observed},
};

const CHECK: &str = "keys";

/// How many keys open something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCount {
    pub keys: u64,
    /// Whether the table was read to its end.
    pub is_whole: bool,
}

/// `None` is a stack without the table, which another check says.
pub fn check(table: Option<&Observed<KeyCount>>) -> Option<Finding> {
    let table = table?;
    let name = &table.resource.logical;
    let finding = match &table.look {
        Look::Seen(KeyCount {
            keys: 0,
            is_whole: true,
        }) => Finding::wrong(
            CHECK,
            "There is no API key that works: nobody can ask for an export.",
            format!(
                "Make one: API_KEYS_TABLE={} payout-exports keys create --tenant … --tenant-name … --user … --email … \
                 --role OPERATOR",
                table.resource.physical
            ),
        ),
        Look::Seen(KeyCount {
            keys,
            is_whole: true,
        }) => Finding::good(CHECK, format!("API keys that work: {keys}.")),
        Look::Seen(KeyCount {
            keys,
            is_whole: false,
        }) => Finding::good(CHECK, format!("API keys that work: at least {keys}.")),
        Look::Gone => Finding::gone(CHECK, name),
        Look::Blind(blind) => Finding::not_seen(CHECK, "The table of API keys", blind),
    };
    Some(finding.of(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{seen, told};

    fn found(keys: u64, is_whole: bool) -> String {
        let table = seen("ApiKeysTable", KeyCount { keys, is_whole });
        told(&[check(Some(&table)).unwrap()]).remove(0)
    }

    #[test]
    fn a_stack_without_keys_is_of_no_use() {
        assert_eq!(
            found(0, true),
            "Wrong: There is no API key that works: nobody can ask for an export."
        );
        assert_eq!(found(3, true), "Good: API keys that work: 3.");
        assert_eq!(found(7, false), "Good: API keys that work: at least 7.");
        assert_eq!(check(None), None);
    }
}
