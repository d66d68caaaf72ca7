//! What callers of the operator and link APIs send and see. The OpenAPI files in `infra/` say the same.

pub mod cursor;
pub mod export;
pub mod history_query;
pub mod json;
pub mod manifest;
pub mod problem;
pub mod resend_request;
pub mod trigger_request;
