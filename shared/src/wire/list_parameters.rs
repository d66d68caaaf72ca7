//! The parameters that every list has: order, limit and cursor.

use super::{
    json::MOST_ERRORS,
    problem::{FieldError, FieldErrorCode},
};
use crate::domain::order::Order;

pub const DEFAULT_LIMIT: usize = 25;
const MOST: usize = 100;

/// Why a parameter's value is refused.
pub type Refusal = (FieldErrorCode, String);

pub fn refusal(name: &str, code: FieldErrorCode, detail: impl Into<String>) -> FieldError {
    FieldError::new(format!("/{name}"), code, detail)
}

/// The refusal of a query: its first errors, as many as a body's.
pub fn refused<T>(mut errors: Vec<FieldError>) -> Result<T, Vec<FieldError>> {
    errors.truncate(MOST_ERRORS);
    Err(errors)
}

/// The refusal of a parameter that may be given only once.
pub fn twice(name: &str) -> FieldError {
    refusal(
        name,
        FieldErrorCode::DuplicateField,
        "is given more than once",
    )
}

/// The refusal of a cursor that the list did not make.
pub fn foreign_cursor() -> FieldError {
    let detail = "is not a cursor of this list; send it unchanged and with the same parameters";
    refusal("cursor", FieldErrorCode::InvalidValue, detail)
}

pub fn read_order(value: &str) -> Result<Order, Refusal> {
    match value {
        "createdAt:desc" => Ok(Order::NewestFirst),
        "createdAt:asc" => Ok(Order::OldestFirst),
        _ => Err((
            FieldErrorCode::InvalidValue,
            "must be createdAt:desc or createdAt:asc".to_owned(),
        )),
    }
}

pub fn read_limit(value: &str) -> Result<usize, Refusal> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(limit) if is_number && (1..=MOST).contains(&limit) => Ok(limit),
        _ => Err((
            FieldErrorCode::OutOfRange,
            format!("must be a whole number from 1 to {MOST}"),
        )),
    }
}
