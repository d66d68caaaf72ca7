//! What the functions share.
//!
//! - [`domain`]: what is true of exports. No AWS, HTTP or JSON.
//! - [`wire`]: what callers of the operator and link APIs see.
//! - [`items`]: what DynamoDB holds.
//! - [`aws`]: the adapters that speak to AWS.
//! - [`http`]: the border between API Gateway's events and the functions.
//! - [`logging`]: the lines of the functions' logs, with their ids.
//! - [`metrics`]: what CloudWatch counts.
//! - [`mail`]: the messages to people.
//! - [`plan`]: what is read for an export, and what its file looks like.
//! - [`random`]: randomness that nobody can guess.
//! - [`config`]: the environment, read in one place.
//! - [`acceptance`]: how a request becomes an export.
//! - [`own_export`]: which export a request acts on.
//! - [`copies`]: which carbon copies a tenant's rule refuses.
//! - [`ending`]: how an export ends FAILED, CANCELLED or EXPIRED, which several functions bring about.
//! - [`downloads`]: how it is noted who fetches a file.
//! - [`scheduling`]: how the Scheduler follows the schedules in the table.

pub mod acceptance;
pub mod aws;
pub mod config;
pub mod copies;
pub mod domain;
pub mod downloads;
pub mod ending;
pub mod http;
pub mod items;
pub mod logging;
pub mod mail;
pub mod metrics;
pub mod own_export;
pub mod plan;
pub mod random;
pub mod scheduling;
pub mod wire;
