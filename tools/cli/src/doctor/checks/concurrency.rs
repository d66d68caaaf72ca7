//! Whether Lambda runs as many functions at a time as the stack needs.

use crate::doctor::{
    finding::Finding,
    look::{Look, Observed},
};

use super::mappings::Mapping;

const CHECK: &str = "concurrency";

/// How many functions the account runs at a time in the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub all: i32,
    /// What is left for functions without a reserve.
    pub unreserved: i32,
}

/// `reserves`: of each function, if it has one.
pub fn check(
    limit: &Look<Limit>,
    reserves: &[Observed<Option<i32>>],
    mappings: &[Observed<Mapping>],
) -> Vec<Finding> {
    let functions: Vec<_> = reserves
        .iter()
        .filter_map(|one| check_function(one, mappings))
        .collect();
    let account = check_account(limit, reserves, mappings);
    [vec![account], functions].concat()
}

fn check_account(
    limit: &Look<Limit>,
    reserves: &[Observed<Option<i32>>],
    mappings: &[Observed<Mapping>],
) -> Finding {
    let Limit { all, unreserved } = match limit {
        Look::Seen(limit) => *limit,
        Look::Gone => return Finding::gone(CHECK, "Lambda's account"),
        Look::Blind(blind) => return Finding::not_seen(CHECK, "Lambda's concurrency", blind),
    };
    let mut needed = 0;
    for mapping in mappings {
        let Look::Seen(mapping) = &mapping.look else {
            return Finding::good(
                CHECK,
                format!("Lambda runs {unreserved} functions at a time."),
            );
        };
        if reserve_of(&mapping.function, reserves).is_none() {
            needed += mapping.most_at_once.unwrap_or_default();
        }
    }
    if unreserved > needed {
        return Finding::good(
            CHECK,
            format!(
                "Lambda runs {unreserved} functions at a time, of which the queues may take {needed}."
            ),
        );
    }
    Finding::wrong(
        CHECK,
        format!(
            "Lambda runs {all} functions of the account at a time, {unreserved} of them without a reserve. The queues may \
             take {needed}, and then callers of the APIs are refused."
        ),
        "Ask for more: Service Quotas, AWS Lambda, Concurrent executions.",
    )
}

fn check_function(one: &Observed<Option<i32>>, mappings: &[Observed<Mapping>]) -> Option<Finding> {
    let (name, function) = (&one.resource.logical, &one.resource.physical);
    let finding = match &one.look {
        Look::Seen(None) => return None,
        Look::Seen(Some(0)) => Finding::wrong(
            CHECK,
            format!("{name} is switched off: its reserved concurrency is 0."),
            format!("aws lambda delete-function-concurrency --function-name {function}"),
        ),
        Look::Seen(Some(reserve)) => {
            let taken = most_at_once(function, mappings);
            if *reserve >= taken {
                return None;
            }
            Finding::wrong(
                CHECK,
                format!(
                    "{name} may run {reserve} times at once, and its queues call it up to {taken} times."
                ),
                "Raise the function's reserved concurrency, or remove it: messages whose call was refused come again, and may \
                 become dead letters.",
            )
        }
        Look::Gone => Finding::gone(CHECK, name),
        Look::Blind(blind) => Finding::not_seen(CHECK, name, blind),
    };
    Some(finding.of(name))
}

fn reserve_of(function: &str, reserves: &[Observed<Option<i32>>]) -> Option<i32> {
    reserves
        .iter()
        .find(|one| one.resource.physical == function)
        .and_then(|one| match one.look {
            Look::Seen(reserve) => reserve,
            _ => None,
        })
}

fn most_at_once(function: &str, mappings: &[Observed<Mapping>]) -> i32 {
    mappings
        .iter()
        .filter_map(|one| match &one.look {
            Look::Seen(mapping) if mapping.function == function => mapping.most_at_once,
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{denied, seen, told};

    const PLENTY: Look<Limit> = Look::Seen(Limit {
        all: 1000,
        unreserved: 1000,
    });

    fn mapping(function: &str, most_at_once: Option<i32>) -> Observed<Mapping> {
        let mapping = Mapping {
            function: format!("shop-{function}"),
            state: "Enabled".to_owned(),
            last_result: String::new(),
            most_at_once,
        };
        seen("Mapping", mapping)
    }

    fn mappings() -> Vec<Observed<Mapping>> {
        vec![
            mapping("Generator", Some(20)),
            mapping("Recorder", Some(5)),
            mapping("Expirer", None),
        ]
    }

    #[test]
    fn more_than_the_queues_may_take_is_enough() {
        let reserves = [seen("Generator", None), seen("Recorder", None)];
        assert_eq!(
            told(&check(&PLENTY, &reserves, &mappings())),
            ["Good: Lambda runs 1000 functions at a time, of which the queues may take 25."]
        );
    }

    #[test]
    fn a_new_accounts_limit_is_too_small() {
        let limit = Look::Seen(Limit {
            all: 10,
            unreserved: 10,
        });
        let told = told(&check(&limit, &[], &mappings()));
        assert!(
            told[0].starts_with(
                "Wrong: Lambda runs 10 functions of the account at a time, 10 of them"
            ),
            "{told:?}"
        );
    }

    #[test]
    fn a_function_with_a_reserve_takes_nothing_from_the_others() {
        let limit = Look::Seen(Limit {
            all: 30,
            unreserved: 10,
        });
        let reserves = [seen("Generator", Some(20))];
        assert_eq!(
            told(&check(&limit, &reserves, &mappings())),
            ["Good: Lambda runs 10 functions at a time, of which the queues may take 5."]
        );
    }

    #[test]
    fn a_reserve_of_nothing_or_below_its_queues_is_wrong() {
        let reserves = [seen("Generator", Some(19)), seen("Me", Some(0))];
        let found = check(&PLENTY, &reserves, &mappings());
        assert_eq!(
            told(&found)[1..],
            [
                "Wrong: Generator may run 19 times at once, and its queues call it up to 20 times.",
                "Wrong: Me is switched off: its reserved concurrency is 0.",
            ]
        );
        assert_eq!(found[2].resource.as_deref(), Some("Me"));
    }

    #[test]
    fn queues_that_were_not_seen_are_not_counted_as_none() {
        let mut mappings = mappings();
        mappings[0].look = denied("lambda:GetEventSourceMapping");
        assert_eq!(
            told(&check(&PLENTY, &[], &mappings)),
            ["Good: Lambda runs 1000 functions at a time."]
        );
    }

    #[test]
    fn what_could_not_be_looked_at_is_said() {
        let told = told(&check(&denied("lambda:GetAccountSettings"), &[], &[]));
        assert_eq!(
            told,
            [
                "NotSeen: Lambda's concurrency could not be looked at: the credentials lack the permission \
             lambda:GetAccountSettings."
            ]
        );
    }
}
