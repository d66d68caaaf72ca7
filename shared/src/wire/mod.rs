//! What callers of the operator and link APIs send and see, and what sources of records send. The OpenAPI files and the JSON
//! Schema in `infra/` say the same.

pub mod cursor;
pub mod estimate;
pub mod export;
pub mod export_detail;
pub mod export_event;
pub mod file_format;
pub mod history_query;
pub mod json;
pub mod ledger_change;
mod list_parameters;
pub mod manifest;
mod plain_change;
pub mod problem;
pub mod record_list;
pub mod record_query;
pub mod resend_request;
pub mod schedule;
pub mod schedule_request;
pub mod supplier_query;
pub mod trigger_request;
pub mod webhook;
pub mod webhook_event;
pub mod webhook_request;
mod when;
