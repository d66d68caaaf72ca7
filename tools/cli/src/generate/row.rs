//! A record in the making.

use std::collections::BTreeMap;

/// Column names with their values. A column that is not set is empty.
#[derive(Clone, Debug, Default)]
pub struct Row(BTreeMap<&'static str, String>);

impl Row {
    pub fn with(mut self, column: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(column, value.into());
        self
    }

    pub fn with_some(self, column: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(column, value),
            None => self,
        }
    }

    pub fn get(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }

    #[cfg(test)]
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(column, value)| (*column, value.as_str()))
    }
}
