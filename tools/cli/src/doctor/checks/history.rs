//! Whether the history of exports nears what DynamoDB lets one partition hold.

use crate::doctor::{
    finding::{Finding, each},
    look::{Look, Observed},
};

const CHECK: &str = "history";
const GIB: u64 = 1 << 30;

/// What the items of one partition key may hold in a table with local indexes, with their copies in these: 10 GB, says
/// DynamoDB's documentation ("item collection size limit"). DynamoDB refuses what would make it more.
const LIMIT: u64 = 10 * GIB;

/// Then there is as much time left to shorten the history as the first half has taken.
const NEAR: u64 = LIMIT / 2;

/// Bytes of the table of exports and of its local indexes, as DynamoDB counts them every six hours.
pub type Size = u64;

pub fn check(tables: &[Observed<Size>]) -> Vec<Finding> {
    let sum: u64 = tables
        .iter()
        .filter_map(|table| match table.look {
            Look::Seen(size) => Some(size),
            _ => None,
        })
        .sum();
    let all_good = format!(
        "The history of all exports takes {:.1} GB; that of one tenant's exports of one type may take 10.",
        sum as f64 / GIB as f64
    );
    each(CHECK, tables, all_good, |one, size| {
        (*size >= NEAR).then(|| {
            Finding::hint(
                CHECK,
                format!(
                    "The history of all exports takes {:.1} GB. When that of one tenant's exports of one type takes 10, \
                     DynamoDB refuses its next ones.",
                    *size as f64 / GIB as f64
                ),
                format!(
                    "Count the exports of your largest tenant, and lower HistoryLifetimeDays if they are more than 1.2 \
                     million of one type: aws dynamodb query --table-name {} --select COUNT \
                     --key-condition-expression 'partition = :p' \
                     --expression-attribute-values '{{\":p\": {{\"S\": \"TENANT#TYPE\"}}}}'",
                    one.resource.physical
                ),
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{denied, resource, seen, told};

    #[test]
    fn a_history_is_told_of_when_half_of_what_a_tenant_may_have_is_there() {
        assert_eq!(
            told(&check(&[seen("ExportsTable", GIB * 3 / 2)])),
            [
                "Good: The history of all exports takes 1.5 GB; that of one tenant's exports of one type may take 10."
            ]
        );
        assert_eq!(
            told(&check(&[seen("ExportsTable", NEAR)])),
            [
                "Hint: The history of all exports takes 5.0 GB. When that of one tenant's exports of one type takes 10, \
                 DynamoDB refuses its next ones."
            ]
        );
    }

    #[test]
    fn a_history_that_cannot_be_seen_is_not_small() {
        let unseen = Observed {
            resource: resource("ExportsTable"),
            look: denied("dynamodb:DescribeTable"),
        };
        assert_eq!(
            told(&check(&[unseen])),
            [
                "NotSeen: ExportsTable could not be looked at: the credentials lack the permission dynamodb:DescribeTable."
            ]
        );
    }
}
