//! Whether streams and queues call their functions.

use crate::doctor::{
    finding::{Finding, each},
    look::Observed,
};

const CHECK: &str = "eventSources";

/// What lets a stream or a queue call a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The function's name on AWS.
    pub function: String,
    /// Such as `Enabled`.
    pub state: String,
    /// Such as `OK`, or `PROBLEM: Function call failed`.
    pub last_result: String,
    /// How many calls a queue may have at once.
    pub most_at_once: Option<i32>,
}

pub fn check(mappings: &[Observed<Mapping>]) -> Vec<Finding> {
    let all_good = format!(
        "All {} streams and queues call their functions.",
        mappings.len()
    );
    each(CHECK, mappings, all_good, |one, mapping| {
        let (name, function) = (&one.resource.logical, &mapping.function);
        if !matches!(
            mapping.state.as_str(),
            "Enabled" | "Enabling" | "Creating" | "Updating"
        ) {
            return Some(Finding::wrong(
                CHECK,
                format!(
                    "{name} is {}: nothing calls {function}.",
                    mapping.state.to_lowercase()
                ),
                format!(
                    "aws lambda update-event-source-mapping --enabled --uuid {}",
                    one.resource.physical
                ),
            ));
        }
        mapping.last_result.starts_with("PROBLEM").then(|| {
            Finding::wrong(
                CHECK,
                format!("The last call of {function} by {name} failed."),
                format!("Read the log of {function}. Lambda calls it again by itself."),
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{denied, resource, seen, told};

    fn mapping(state: &str, last_result: &str) -> Mapping {
        Mapping {
            function: "shop-expirer".to_owned(),
            state: state.to_owned(),
            last_result: last_result.to_owned(),
            most_at_once: None,
        }
    }

    #[test]
    fn mappings_that_are_on_are_good() {
        let mappings = [
            seen("Removals", mapping("Enabled", "No records processed")),
            seen("Outbox", mapping("Updating", "OK")),
        ];
        assert_eq!(
            told(&check(&mappings)),
            ["Good: All 2 streams and queues call their functions."]
        );
    }

    #[test]
    fn mappings_that_are_off_or_fail_are_named() {
        let mappings = [
            seen("Removals", mapping("Disabled", "")),
            seen(
                "Outbox",
                mapping("Enabled", "PROBLEM: Function call failed"),
            ),
            seen("Changes", mapping("Enabled", "OK")),
            Observed {
                resource: resource("Files"),
                look: denied("lambda:GetEventSourceMapping"),
            },
        ];
        assert_eq!(
            told(&check(&mappings)),
            [
                "Wrong: Removals is disabled: nothing calls shop-expirer.",
                "Wrong: The last call of shop-expirer by Outbox failed.",
                "NotSeen: Files could not be looked at: the credentials lack the permission lambda:GetEventSourceMapping.",
            ]
        );
    }
}
