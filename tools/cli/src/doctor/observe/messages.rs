//! EventBridge, its Scheduler, SQS and SNS: what calls, what waits, and who is told.

use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName::{
    ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed,
    ApproximateNumberOfMessagesNotVisible,
};

use crate::doctor::{
    checks::{
        alarms::Subscriptions,
        dead_letters::is_for_dead_letters,
        rules::{Rule, name_and_bus},
    },
    look::Look,
    stack::{Resource, Stack},
};

/// The bus of rules that name none.
const DEFAULT_BUS: &str = "default";

pub struct Messages {
    events: aws_sdk_eventbridge::Client,
    scheduler: aws_sdk_scheduler::Client,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
}

pub fn dead_letter_queues(stack: &Stack) -> Vec<Resource> {
    let mut queues = stack.all("AWS::SQS::Queue");
    queues.retain(is_for_dead_letters);
    queues
}

impl Messages {
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            events: aws_sdk_eventbridge::Client::new(config),
            scheduler: aws_sdk_scheduler::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
        }
    }

    /// A rule on its bus, or on one of the stack's if its name does not say the bus.
    pub async fn rule(&self, rule: Resource, buses: Vec<Resource>) -> Look<Rule> {
        let (bus, name) = name_and_bus(&rule.physical);
        let mut look = self.rule_of(bus.unwrap_or(DEFAULT_BUS), name).await;
        for other in buses {
            if bus.is_none() && look == Look::Gone {
                look = self.rule_of(&other.physical, name).await;
            }
        }
        look
    }

    async fn rule_of(&self, bus: &str, name: &str) -> Look<Rule> {
        let answer = self
            .events
            .describe_rule()
            .event_bus_name(bus)
            .name(name)
            .send()
            .await;
        Look::new("events:DescribeRule", answer).map(|found| Rule {
            is_on: found
                .state()
                .is_some_and(|state| state.as_str().starts_with("ENABLED")),
            name: name.to_owned(),
            bus: bus.to_owned(),
        })
    }

    /// The state of a group of schedules.
    pub async fn schedule_group(&self, group: Resource) -> Look<String> {
        let answer = self
            .scheduler
            .get_schedule_group()
            .name(group.physical)
            .send()
            .await;
        Look::new("scheduler:GetScheduleGroup", answer)
            .map(|found| found.state().map_or("", |state| state.as_str()).to_owned())
    }

    pub async fn subscriptions(&self, topic: Resource) -> Look<Subscriptions> {
        let mut found = Subscriptions::default();
        let mut pages = self
            .sns
            .list_subscriptions_by_topic()
            .topic_arn(topic.physical)
            .into_paginator()
            .items()
            .send();
        while let Some(subscription) = pages.next().await {
            match subscription {
                Ok(subscription) => found.add(subscription.subscription_arn().unwrap_or_default()),
                Err(error) => return Look::new("sns:ListSubscriptionsByTopic", Err(error)),
            }
        }
        Look::Seen(found)
    }

    /// How many messages a queue has, whether or not somebody is looking at them.
    pub async fn count(&self, queue: Resource) -> Look<u64> {
        let answer = self
            .sqs
            .get_queue_attributes()
            .queue_url(queue.physical)
            .attribute_names(ApproximateNumberOfMessages)
            .attribute_names(ApproximateNumberOfMessagesNotVisible)
            .attribute_names(ApproximateNumberOfMessagesDelayed)
            .send()
            .await;
        Look::new("sqs:GetQueueAttributes", answer).map(|found| {
            let counts = found.attributes.unwrap_or_default();
            counts
                .values()
                .filter_map(|count| count.parse::<u64>().ok())
                .sum()
        })
    }
}
