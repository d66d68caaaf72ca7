//! The tenants that exist: those that have a key. Whoever may ask for them may count keys and not read them, as the policy
//! in `template.yaml` says.

use std::{collections::HashSet, sync::Mutex};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Select},
};

use super::AwsError;
use crate::items::api_key::{BY_TENANT, TENANT_ID};

#[derive(Debug)]
pub struct Tenants {
    client: Client,
    table: String,
    /// The tenants that were found. Keys are disabled and not removed.
    known: Mutex<HashSet<String>>,
}

impl Tenants {
    pub fn new(aws: &SdkConfig, table: String) -> Self {
        Self {
            client: Client::new(aws),
            table,
            known: Mutex::default(),
        }
    }

    /// Whether a tenant exists.
    pub async fn exists(&self, tenant_id: &str) -> Result<bool, AwsError> {
        let known = || self.known.lock().expect("no holder of the lock panics");
        if known().contains(tenant_id) {
            return Ok(true);
        }
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_TENANT)
            .key_condition_expression("#tenant = :tenant")
            .expression_attribute_names("#tenant", TENANT_ID)
            .expression_attribute_values(":tenant", AttributeValue::S(tenant_id.to_owned()))
            .select(Select::Count)
            .limit(1)
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        let exists = answer.count > 0;
        if exists {
            known().insert(tenant_id.to_owned());
        }
        Ok(exists)
    }
}
