//! What the users of keys may do now. Whoever may ask for it reads the index `by-user` of the table `api-keys`, and of it only
//! what is asked for here, as the policy in `template.yaml` says: not the keys' hashes.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Select},
};
use jiff::Timestamp;

use super::AwsError;
use crate::{
    domain::caller::Caller,
    items::api_key::{BY_USER, TENANT_ID, USER_ID, UserItem},
};

#[derive(Clone, Debug)]
pub struct Users {
    client: Client,
    table: String,
}

impl Users {
    pub fn new(aws: &SdkConfig, table: String) -> Self {
        Self {
            client: Client::new(aws),
            table,
        }
    }

    /// A user as each of the user's keys describes it that opens anything now.
    pub async fn callers(
        &self,
        tenant_id: &str,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Vec<Caller>, AwsError> {
        let mut items = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_USER)
            .key_condition_expression("#tenant = :tenant AND #user = :user")
            .expression_attribute_names("#tenant", TENANT_ID)
            .expression_attribute_names("#user", USER_ID)
            .expression_attribute_values(":tenant", AttributeValue::S(tenant_id.to_owned()))
            .expression_attribute_values(":user", AttributeValue::S(user_id.to_owned()))
            .select(Select::SpecificAttributes)
            .projection_expression(
                "#tenant, tenantName, #user, email, #role, supplierId, #permissions, disabled, expiresAt",
            )
            .expression_attribute_names("#role", "role")
            .expression_attribute_names("#permissions", "permissions")
            .into_paginator()
            .items()
            .send();
        let mut callers = Vec::new();
        while let Some(item) = items.next().await {
            let user: UserItem = serde_dynamo::from_item(item.map_err(AwsError::new("Query"))?)
                .map_err(|error| AwsError::unexpected("reading a user", error))?;
            if user.end(now).is_none() {
                callers.push(Caller::try_from(user)?);
            }
        }
        Ok(callers)
    }
}
