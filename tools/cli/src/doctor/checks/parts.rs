//! Whether the stack is whole.

use crate::doctor::{finding::Finding, stack::Stack};

const CHECK: &str = "stack";

/// What the other checks look at by name.
pub const EXPECTED: [&str; 7] = [
    "ApiKeysTable",
    "ExportsBucket",
    "ExportsTable",
    "InboxBucket",
    "LedgerTable",
    "ReconcilerFunctionEveryMinute",
    "WebhooksTable",
];

pub fn check(stack: &Stack) -> Vec<Finding> {
    let mut findings = vec![status(stack)];
    findings.extend(
        EXPECTED
            .into_iter()
            .filter(|name| stack.find(name).is_none())
            .map(|name| {
                Finding::wrong(
                    CHECK,
                    format!("The stack has no {name}."),
                    "If it is a stack of payout-exports, deploy the template of this release; if not, name another one with \
                     --stack.",
                )
                .of(name)
            }),
    );
    findings
}

fn status(stack: &Stack) -> Finding {
    let (name, region, status) = (&stack.name, &stack.region, &stack.status);
    let place = format!("The stack {name} in {region} is {status}");
    match status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => {
            Finding::good(CHECK, format!("{place}."))
        }
        "UPDATE_ROLLBACK_COMPLETE" => Finding::wrong(
            CHECK,
            format!("{place}: its last deployment failed, and it is what it was before."),
            "Read the stack's events for the reason, and deploy again.",
        ),
        changing if changing.ends_with("_IN_PROGRESS") => Finding::wrong(
            CHECK,
            format!("{place}: it is being changed."),
            "Wait until that is over, and look again.",
        ),
        _ => Finding::wrong(
            CHECK,
            format!("{place}."),
            "Read the stack's events for the reason. A stack whose first deployment failed must be deleted first.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::doctor::checks::testing::{resource, told};

    fn stack(status: &str, names: &[&str]) -> Stack {
        Stack {
            name: "shop".to_owned(),
            region: "eu-west-1".to_owned(),
            status: status.to_owned(),
            parameters: HashMap::new(),
            resources: names.iter().map(|name| resource(name)).collect(),
        }
    }

    #[test]
    fn a_stack_that_is_deployed_and_whole_is_good() {
        assert_eq!(
            told(&check(&stack("UPDATE_COMPLETE", &EXPECTED))),
            ["Good: The stack shop in eu-west-1 is UPDATE_COMPLETE."]
        );
    }

    #[test]
    fn a_stack_that_failed_or_changes_is_wrong() {
        for (status, words) in [
            ("UPDATE_ROLLBACK_COMPLETE", "its last deployment failed"),
            ("UPDATE_IN_PROGRESS", "it is being changed"),
            ("ROLLBACK_COMPLETE", "is ROLLBACK_COMPLETE."),
        ] {
            let told = told(&check(&stack(status, &EXPECTED)));
            assert!(
                told[0].starts_with("Wrong") && told[0].contains(words),
                "{told:?}"
            );
        }
    }

    #[test]
    fn a_stack_of_something_else_lacks_what_is_needed() {
        let told = told(&check(&stack("CREATE_COMPLETE", &EXPECTED[1..])));
        assert_eq!(told[1..], ["Wrong: The stack has no ApiKeysTable."]);
    }
}
