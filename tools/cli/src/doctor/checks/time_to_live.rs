//! Whether DynamoDB removes what has expired.

use crate::doctor::{
    finding::{Finding, each},
    look::Observed,
};

const CHECK: &str = "timeToLive";

/// The tables with items that expire.
pub const TABLES: [&str; 3] = ["ExportsTable", "LedgerTable", "WebhooksTable"];

/// The attribute with the second from which on an item is to be removed.
const ATTRIBUTE: &str = "timeToLive";

/// What removes items of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeToLive {
    pub is_on: bool,
    pub attribute: String,
}

pub fn check(tables: &[Observed<TimeToLive>]) -> Vec<Finding> {
    let all_good = format!(
        "DynamoDB removes what has expired in {} tables.",
        tables.len()
    );
    each(CHECK, tables, all_good, |one, found| {
        let name = &one.resource.logical;
        let fault = if !found.is_on {
            "is off"
        } else if found.attribute != ATTRIBUTE {
            "looks at another attribute"
        } else {
            return None;
        };
        let effect = if name == "ExportsTable" {
            "links work until the reconciler ends them, and old exports stay"
        } else {
            "what has expired stays, and is paid for"
        };
        Some(Finding::wrong(
            CHECK,
            format!("The time to live of {name} {fault}: {effect}."),
            format!(
                "aws dynamodb update-time-to-live --table-name {} \
                 --time-to-live-specification Enabled=true,AttributeName={ATTRIBUTE}",
                one.resource.physical
            ),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{seen, told};

    fn time_to_live(is_on: bool, attribute: &str) -> TimeToLive {
        TimeToLive {
            is_on,
            attribute: attribute.to_owned(),
        }
    }

    #[test]
    fn tables_must_remove_by_their_attribute() {
        let on = || seen("WebhooksTable", time_to_live(true, "timeToLive"));
        assert_eq!(
            told(&check(&[on(), on()])),
            ["Good: DynamoDB removes what has expired in 2 tables."]
        );
        let off = seen("LedgerTable", time_to_live(false, ""));
        let other = seen("ExportsTable", time_to_live(true, "expiresAt"));
        assert_eq!(
            told(&check(&[on(), off, other])),
            [
                "Wrong: The time to live of LedgerTable is off: what has expired stays, and is paid for.",
                "Wrong: The time to live of ExportsTable looks at another attribute: links work until the reconciler ends \
                 them, and old exports stay.",
            ]
        );
    }
}
