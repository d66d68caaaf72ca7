//! Reads a JSON body strictly and to the end: every problem is collected, none stops the reading.
//!
//! Numbers stay the text they were sent as, so that an amount never passes through floating point.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::problem::{FieldError, FieldErrorCode};

/// The most problems of a body that are named. Some thousands fit into a body, and each would make the answer longer than what it is
/// about.
pub(super) const MOST_ERRORS: usize = 100;

/// A JSON object's fields in order, each still unread.
pub struct Object {
    fields: Vec<(String, Box<RawValue>)>,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object { fields })
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// Collects what is wrong with a body while it is read.
#[derive(Default)]
pub struct Reader {
    errors: Vec<FieldError>,
}

impl Reader {
    /// Notes a problem. After a hundred the others are left out.
    pub fn refuse(&mut self, pointer: &str, code: FieldErrorCode, detail: impl Into<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(FieldError::new(pointer, code, detail));
        }
    }

    /// What was read, if nothing was wrong.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(self.errors)
        }
    }

    /// Reads a whole body. An empty one is an empty object.
    pub fn body(&mut self, body: &[u8]) -> Object {
        let empty = Object { fields: Vec::new() };
        if body.trim_ascii().is_empty() {
            return empty;
        }
        match serde_json::from_slice::<Box<RawValue>>(body) {
            Ok(raw) => self.object("", &raw).unwrap_or(empty),
            Err(error) => {
                self.refuse(
                    "",
                    FieldErrorCode::MalformedJson,
                    format!("is not JSON: {error}"),
                );
                empty
            }
        }
    }

    /// Reads an object.
    pub fn object(&mut self, pointer: &str, raw: &RawValue) -> Option<Object> {
        let object: Object = self.typed(pointer, raw, "an object")?;
        let mut seen = HashSet::with_capacity(object.fields.len());
        for (name, _) in &object.fields {
            if !seen.insert(name.as_str()) {
                let pointer = child(pointer, name);
                self.refuse(
                    &pointer,
                    FieldErrorCode::DuplicateField,
                    "is given more than once",
                );
            }
        }
        Some(object)
    }

    /// Reads a text.
    pub fn text(&mut self, pointer: &str, raw: &RawValue) -> Option<String> {
        self.typed(pointer, raw, "a string")
    }

    /// Reads `true` or `false`.
    pub fn boolean(&mut self, pointer: &str, raw: &RawValue) -> Option<bool> {
        self.typed(pointer, raw, "true or false")
    }

    /// Reads a whole number.
    pub fn integer(&mut self, pointer: &str, raw: &RawValue) -> Option<i64> {
        self.typed(pointer, raw, "a whole number")
    }

    /// Reads an array of `fewest` to `most` texts; each comes with the pointer to it.
    pub fn texts(
        &mut self,
        pointer: &str,
        raw: &RawValue,
        fewest: usize,
        most: usize,
    ) -> Vec<(String, String)> {
        let Some(items) = self.typed::<Vec<Box<RawValue>>>(pointer, raw, "an array of strings")
        else {
            return Vec::new();
        };
        if items.len() < fewest {
            self.refuse(
                pointer,
                FieldErrorCode::TooFew,
                format!("must have at least {fewest}"),
            );
        }
        if items.len() > most {
            let detail = format!("must have at most {most}, and has {}", items.len());
            self.refuse(pointer, FieldErrorCode::TooMany, detail);
            return Vec::new();
        }
        items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| {
                let pointer = format!("{pointer}/{index}");
                self.text(&pointer, item).map(|text| (pointer, text))
            })
            .collect()
    }

    fn typed<T: DeserializeOwned>(
        &mut self,
        pointer: &str,
        raw: &RawValue,
        expected: &str,
    ) -> Option<T> {
        let value = serde_json::from_str(raw.get()).ok();
        if value.is_none() {
            self.refuse(
                pointer,
                FieldErrorCode::InvalidType,
                format!("must be {expected}"),
            );
        }
        value
    }
}

impl Object {
    pub fn fields(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.fields
            .iter()
            .map(|(name, raw)| (name.as_str(), &**raw))
    }

    /// The field of this name, if there is one.
    pub fn get(&self, wanted: &str) -> Option<&RawValue> {
        self.fields()
            .find_map(|(name, raw)| (name == wanted).then_some(raw))
    }

    /// Leaves out the fields whose names are not to be kept.
    pub fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.fields.retain(|(name, _)| is_kept(name));
    }
}

/// The JSON Pointer of a field. Source: RFC 6901, section 3.
pub fn child(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}
