//! Lambda: limits, reserves, and what calls the functions.

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;

use crate::doctor::{
    checks::{concurrency::Limit, mappings::Mapping},
    look::Look,
    stack::Resource,
};

pub struct Functions(Client);

impl Functions {
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    pub async fn limit(&self) -> Look<Limit> {
        let answer = self.0.get_account_settings().send().await;
        Look::new("lambda:GetAccountSettings", answer).map(|settings| {
            let limit = settings.account_limit();
            let all = limit.map_or(0, |limit| limit.concurrent_executions());
            Limit {
                all,
                unreserved: limit
                    .and_then(|limit| limit.unreserved_concurrent_executions())
                    .unwrap_or(all),
            }
        })
    }

    /// The concurrency that is reserved for a function, if any is.
    pub async fn reserve(&self, function: Resource) -> Look<Option<i32>> {
        let answer = self
            .0
            .get_function_concurrency()
            .function_name(function.physical)
            .send()
            .await;
        Look::new("lambda:GetFunctionConcurrency", answer)
            .map(|found| found.reserved_concurrent_executions())
    }

    pub async fn mapping(&self, mapping: Resource) -> Look<Mapping> {
        let answer = self
            .0
            .get_event_source_mapping()
            .uuid(mapping.physical)
            .send()
            .await;
        Look::new("lambda:GetEventSourceMapping", answer).map(|found| Mapping {
            function: name_of(found.function_arn().unwrap_or_default()).to_owned(),
            state: found.state().unwrap_or_default().to_owned(),
            last_result: found
                .last_processing_result()
                .unwrap_or_default()
                .to_owned(),
            most_at_once: found
                .scaling_config()
                .and_then(|scaling| scaling.maximum_concurrency()),
        })
    }
}

/// The name in a function's ARN, which may end with a version: `arn:aws:lambda:{region}:{account}:function:{name}:{version}`.
fn name_of(arn: &str) -> &str {
    arn.split(':').nth(6).unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_functions_name_is_in_its_arn() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-expirer";
        assert_eq!(name_of(arn), "shop-expirer");
        assert_eq!(name_of(&format!("{arn}:live")), "shop-expirer");
    }
}
