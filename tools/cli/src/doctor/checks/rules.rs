//! Whether what runs by the clock and what passes events on is switched on.

use crate::doctor::{
    finding::{Finding, each},
    look::Observed,
};

const RULES: &str = "rules";
const SCHEDULES: &str = "scheduleGroup";

/// A rule of EventBridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub is_on: bool,
    pub name: String,
    /// The bus that it is on.
    pub bus: String,
}

pub fn check(rules: &[Observed<Rule>]) -> Vec<Finding> {
    let all_good = format!("All {} rules of EventBridge are on.", rules.len());
    each(RULES, rules, all_good, |one, rule| {
        let name = &one.resource.logical;
        (!rule.is_on).then(|| {
            Finding::wrong(
                RULES,
                format!("The rule {name} is off: {}.", effect(name)),
                format!(
                    "aws events enable-rule --name {} --event-bus-name {}",
                    rule.name, rule.bus
                ),
            )
        })
    })
}

fn effect(rule: &str) -> &'static str {
    match rule {
        "ReconcilerFunctionEveryMinute" => {
            "exports whose message was lost stay pending, and nothing is cleaned up"
        }
        "ScheduleRunnerFunctionSweep" => "runs that the Scheduler missed are not made up for",
        "MailEventsRule" => {
            "nobody learns which mails arrived, and addresses that refuse mail are written to again"
        }
        "WebhookRule" => "no webhook is called",
        _ => "what it calls does not run",
    }
}

/// `state`: of the group that has the tenants' schedules.
pub fn check_group(groups: &[Observed<String>]) -> Vec<Finding> {
    // An older stack has no schedules.
    if groups.is_empty() {
        return vec![];
    }
    each(
        SCHEDULES,
        groups,
        "The group of the tenants' schedules is active.",
        |one, state| {
            (state != "ACTIVE").then(|| {
                Finding::wrong(
                    SCHEDULES,
                    format!("{} is {state}: no schedule of a tenant runs.", one.resource.logical),
                    "Deploy the stack again when the group is gone, and let its owners save each schedule again.",
                )
            })
        },
    )
}

/// The name of a rule, and its bus if that is said: CloudFormation writes `bus|rule` unless it is the default bus.
pub fn name_and_bus(physical: &str) -> (Option<&str>, &str) {
    match physical.split_once('|') {
        Some((bus, name)) => (Some(bus), name),
        None => (None, physical),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{
        checks::testing::{resource, seen, told},
        look::Look,
    };

    fn rule(is_on: bool) -> Rule {
        Rule {
            is_on,
            name: "shop-every-minute".to_owned(),
            bus: "default".to_owned(),
        }
    }

    #[test]
    fn a_rule_that_is_off_is_named_with_what_it_stops() {
        let on = seen("WebhookRule", rule(true));
        assert_eq!(
            told(&check(std::slice::from_ref(&on))),
            ["Good: All 1 rules of EventBridge are on."]
        );
        let off = seen("ReconcilerFunctionEveryMinute", rule(false));
        let gone = Observed {
            resource: resource("MailEventsRule"),
            look: Look::Gone,
        };
        let found = check(&[on, off, gone]);
        assert_eq!(
            told(&found),
            [
                "Wrong: The rule ReconcilerFunctionEveryMinute is off: exports whose message was lost stay pending, and \
                 nothing is cleaned up.",
                "Wrong: MailEventsRule does not exist any more, though the stack lists it.",
            ]
        );
        assert_eq!(
            found[0].advice.as_deref(),
            Some("aws events enable-rule --name shop-every-minute --event-bus-name default")
        );
    }

    #[test]
    fn a_group_must_be_active() {
        assert_eq!(check_group(&[]), []);
        let group = |state: &str| told(&check_group(&[seen("ScheduleGroup", state.to_owned())]));
        assert_eq!(
            group("ACTIVE"),
            ["Good: The group of the tenants' schedules is active."]
        );
        assert_eq!(
            group("DELETING"),
            ["Wrong: ScheduleGroup is DELETING: no schedule of a tenant runs."]
        );
    }

    #[test]
    fn a_rule_of_a_bus_of_ones_own_is_named_with_it() {
        assert_eq!(
            name_and_bus("shop-events|hooks"),
            (Some("shop-events"), "hooks")
        );
        assert_eq!(name_and_bus("shop-clock"), (None, "shop-clock"));
    }
}
