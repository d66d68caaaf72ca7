//! What callers of the operator and link APIs send and see, and what sources of records send. The OpenAPI files and the JSON
//! Schema in `infra/` say the same.

pub mod cursor;
pub mod export;
pub mod file_format;
pub mod history_query;
pub mod json;
pub mod ledger_change;
pub mod manifest;
mod plain_change;
pub mod problem;
pub mod resend_request;
pub mod trigger_request;
