//! The stack as CloudFormation knows it.

use std::collections::HashMap;

/// A resource by its name in the template and its name on AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Such as `AWS::SQS::Queue`.
    pub kind: String,
    pub logical: String,
    pub physical: String,
}

#[derive(Clone, Debug)]
pub struct Stack {
    pub name: String,
    pub region: String,
    /// Such as `UPDATE_COMPLETE`.
    pub status: String,
    pub parameters: HashMap<String, String>,
    pub resources: Vec<Resource>,
}

impl Stack {
    /// The resources of a kind.
    pub fn all(&self, kind: &str) -> Vec<Resource> {
        self.resources
            .iter()
            .filter(|resource| resource.kind == kind)
            .cloned()
            .collect()
    }

    /// The resource of this name in the template.
    pub fn find(&self, logical: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|resource| resource.logical == logical)
    }

    /// The value of a parameter, unless that is empty.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}
