//! The name of a schedule.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::domain::id::{is_ulid, ulid};

const PREFIX: &str = "sch_";

/// A schedule's id: opaque to callers, and unguessable (80 random bits). `sch_` and a ULID in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleId(String);

/// The text cannot be the id of any schedule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a schedule id")]
pub struct NotAScheduleId;

impl ScheduleId {
    /// A new id. `random` holds 80 bits from the operating system's generator.
    pub fn new(created_at: Timestamp, random: [u8; 10]) -> Self {
        Self(format!("{PREFIX}{}", ulid(created_at, random)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ScheduleId {
    type Err = NotAScheduleId;

    fn from_str(text: &str) -> Result<Self, NotAScheduleId> {
        let is_id = text.strip_prefix(PREFIX).is_some_and(is_ulid);
        is_id.then(|| Self(text.to_owned())).ok_or(NotAScheduleId)
    }
}

impl fmt::Display for ScheduleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    #[test]
    fn only_one_spelling_names_a_schedule() {
        let id = ScheduleId::new(at("2026-01-31T23:59:59Z"), [7; 10]);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        let text = id.as_str();
        for other in [
            text.to_uppercase(),
            text.replace("sch_", "exp_"),
            format!("{text}f"),
            text[..text.len() - 1].to_owned(),
            String::new(),
        ] {
            assert_eq!(other.parse::<ScheduleId>(), Err(NotAScheduleId), "{other}");
        }
    }
}
