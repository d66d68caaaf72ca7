//! Whether somebody hears the alarms.

use crate::doctor::{
    finding::{Finding, each},
    look::Observed,
};

const CHECK: &str = "alarms";

/// Who hears what is sent to a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    pub confirmed: usize,
    pub pending: usize,
}

impl Subscriptions {
    /// Adds one by what SNS has in place of its ARN, if it has none.
    pub fn add(&mut self, arn: &str) {
        match arn {
            "PendingConfirmation" => self.pending += 1,
            // Nobody can confirm it any more.
            "Deleted" => {}
            _ => self.confirmed += 1,
        }
    }
}

pub fn check(topics: &[Observed<Subscriptions>]) -> Vec<Finding> {
    if topics.is_empty() {
        return vec![Finding::hint(
            CHECK,
            "The stack has no topic that alarms are sent to.",
            "Deploy it with Alarms=on and AlarmEmail, or make alarms of your own.",
        )];
    }
    each(
        CHECK,
        topics,
        "Alarms are sent to somebody, who has confirmed it.",
        |one, found| {
            let name = &one.resource.logical;
            match *found {
                Subscriptions {
                    pending: 0,
                    confirmed: 0,
                } => Some(Finding::wrong(
                    CHECK,
                    format!("Nobody hears what is sent to {name}."),
                    format!(
                        "Deploy the stack with AlarmEmail, or subscribe somebody: aws sns subscribe --topic-arn {} \
                         --protocol email --notification-endpoint …",
                        one.resource.physical
                    ),
                )),
                Subscriptions { pending: 0, .. } => None,
                Subscriptions { pending, confirmed } => Some(Finding::wrong(
                    CHECK,
                    format!(
                        "{pending} of {} subscriptions of {name} are not confirmed.",
                        pending + confirmed
                    ),
                    "Open the link in the mail that SNS has sent to the subscriber. It works for a limited time; then subscribe \
                     again.",
                )),
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{seen, told};

    fn topic(arns: &[&str]) -> Vec<String> {
        let mut subscriptions = Subscriptions::default();
        arns.iter().for_each(|arn| subscriptions.add(arn));
        told(&check(&[seen("AlarmTopic", subscriptions)]))
    }

    #[test]
    fn a_stack_without_alarms_gets_a_hint() {
        assert_eq!(
            told(&check(&[])),
            ["Hint: The stack has no topic that alarms are sent to."]
        );
    }

    #[test]
    fn somebody_must_have_confirmed() {
        let arn = "arn:aws:sns:eu-west-1:123456789012:shop:1";
        assert_eq!(
            topic(&[arn]),
            ["Good: Alarms are sent to somebody, who has confirmed it."]
        );
        assert_eq!(
            topic(&[arn, "PendingConfirmation"]),
            ["Wrong: 1 of 2 subscriptions of AlarmTopic are not confirmed."]
        );
        for nobody in [&[][..], &["Deleted"]] {
            assert_eq!(
                topic(nobody),
                ["Wrong: Nobody hears what is sent to AlarmTopic."]
            );
        }
    }
}
