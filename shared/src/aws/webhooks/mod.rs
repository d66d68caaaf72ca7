//! The tables of webhooks: endpoints and deliveries in one, secrets in another.

mod deliveries;
mod endpoints;
mod secrets;

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, types::AttributeValue};

pub use endpoints::Creation;

use super::AwsError;

type Item = HashMap<String, AttributeValue>;

#[derive(Clone, Debug)]
pub struct WebhooksTable {
    client: Client,
    name: String,
    secrets: String,
}

impl WebhooksTable {
    /// `name` is the table of endpoints and deliveries, `secrets` that of secrets.
    pub fn new(aws: &SdkConfig, name: String, secrets: String) -> Self {
        Self {
            client: Client::new(aws),
            name,
            secrets,
        }
    }
}

fn key(partition: String, sort: impl Into<String>) -> Item {
    HashMap::from([
        ("partition".to_owned(), AttributeValue::S(partition)),
        ("sort".to_owned(), AttributeValue::S(sort.into())),
    ])
}

fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}
