//! Exports and their rules, free of AWS, HTTP and JSON.

pub mod address;
pub mod amount;
pub mod arrival;
pub mod audit;
pub mod caller;
pub mod change;
pub mod contacts;
pub mod dataset;
pub mod download;
pub mod event;
pub mod export;
pub mod file_format;
pub mod filters;
pub mod history;
pub mod id;
pub mod link;
pub mod order;
pub mod received;
pub mod record;
pub mod resend;
pub mod schedule;
pub mod selection;
pub mod sending;
pub mod suppliers;
pub mod time;
pub mod webhook;
