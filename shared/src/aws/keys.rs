//! The table `api-keys`, whose keys only the authorizer may read.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, types::AttributeValue};

use super::AwsError;
use crate::items::api_key::{ApiKeyItem, KEY_HASH, hash};

#[derive(Clone, Debug)]
pub struct ApiKeysTable {
    client: Client,
    name: String,
}

impl ApiKeysTable {
    pub fn new(aws: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(aws),
            name,
        }
    }

    /// The user of a key, also of one that opens nothing any more. `None` if the key is unknown.
    pub async fn find(&self, key: &str) -> Result<Option<ApiKeyItem>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .key(KEY_HASH, AttributeValue::S(hash(key)))
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        answer
            .item
            .map(|item| {
                serde_dynamo::from_item(item)
                    .map_err(|error| AwsError::unexpected("reading an API key", error))
            })
            .transpose()
    }
}
