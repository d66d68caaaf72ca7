//! Names and values of an expression.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// What stands for attributes and values in the expressions of one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placeholders {
    pub names: HashMap<String, String>,
    pub values: HashMap<String, AttributeValue>,
}

impl Placeholders {
    /// A placeholder for an attribute, because `status` and other words are reserved in DynamoDB.
    pub fn name(&mut self, attribute: &str) -> String {
        let name = format!("#{attribute}");
        self.names.insert(name.clone(), attribute.to_owned());
        name
    }

    pub fn value(&mut self, value: AttributeValue) -> String {
        let name = format!(":value{}", self.values.len());
        self.values.insert(name.clone(), value);
        name
    }
}
