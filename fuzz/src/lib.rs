//! What must be true of everything that comes from outside, whatever its bytes are: no panic, and what each target says.
//!
//! `make fuzz` looks for bytes that break it. What it has found is kept under `seeds/`, and tried by each `cargo test`.

mod callers;
mod changes;
mod input;
mod items;
mod messages;
mod queries;
mod requests;
mod rows;
mod schedules;
mod texts;

/// A target: it panics where something that must be true is not.
pub type Target = fn(&[u8]);

/// All targets, by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("requests", requests::check),
    ("schedules", schedules::check),
    ("queries", queries::check),
    ("texts", texts::check),
    ("changes", changes::check),
    ("messages", messages::check),
    ("items", items::check),
    ("rows", rows::check),
];

/// The target of this name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find_map(|(known, target)| (*known == name).then_some(*target))
}
