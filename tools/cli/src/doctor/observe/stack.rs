//! CloudFormation: what there is to look at.

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_cloudformation::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};

use crate::doctor::stack::{Resource, Stack};

/// Reads the stack with its resources. Without them nothing can be looked at, so a failure ends the command.
pub async fn find(config: &SdkConfig, name: &str, region: &str) -> Result<Stack> {
    let client = Client::new(config);
    let described = client.describe_stacks().stack_name(name).send().await;
    let described = match described {
        Ok(described) => described.stacks.unwrap_or_default(),
        Err(error) if error.code() == Some("ValidationError") => vec![],
        Err(error) => bail!(unreadable("cloudformation:DescribeStacks", &error)),
    };
    let Some(stack) = described.into_iter().next() else {
        bail!(
            "there is no stack {name} in {region}: name another one with --stack, or set AWS_REGION"
        );
    };
    let mut resources = vec![];
    let mut pages = client
        .list_stack_resources()
        .stack_name(name)
        .into_paginator()
        .items()
        .send();
    while let Some(resource) = pages.next().await {
        let resource = match resource {
            Ok(resource) => resource,
            Err(error) => bail!(unreadable("cloudformation:ListStackResources", &error)),
        };
        let is_deleted = resource
            .resource_status()
            .is_some_and(|status| status.as_str() == "DELETE_COMPLETE");
        // One without a name on AWS was not made.
        if let (Some(physical), false) = (resource.physical_resource_id(), is_deleted) {
            resources.push(Resource {
                kind: resource.resource_type().unwrap_or_default().to_owned(),
                logical: resource
                    .logical_resource_id()
                    .unwrap_or_default()
                    .to_owned(),
                physical: physical.to_owned(),
            });
        }
    }
    Ok(Stack {
        name: name.to_owned(),
        region: region.to_owned(),
        status: stack
            .stack_status
            .context("CloudFormation says no status of the stack")?
            .as_str()
            .to_owned(),
        parameters: stack
            .parameters
            .unwrap_or_default()
            .into_iter()
            .filter_map(|parameter| Some((parameter.parameter_key?, parameter.parameter_value?)))
            .collect(),
        resources,
    })
}

/// The service's own words are left out: they may name the caller.
fn unreadable<E: ProvideErrorMetadata>(permission: &str, error: &SdkError<E>) -> String {
    match error.code() {
        Some("AccessDenied" | "AccessDeniedException") => {
            format!(
                "the credentials lack the permission {permission}, without which no stack can be looked at"
            )
        }
        Some(code) => format!("the call of {permission} got {code}"),
        None => format!(
            "the call of {permission} got no answer: look at the credentials, the network and AWS_ENDPOINT_URL"
        ),
    }
}
