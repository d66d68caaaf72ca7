//! The environment, read here and nowhere else. A missing or unreadable setting stops the function at start.

use std::{env, time::Duration};

use jiff::SignedDuration;

use crate::{
    aws::scheduler::SchedulerSettings,
    domain::{address::EmailAddress, webhook::target::Reach},
};

/// A setting that a function cannot start without.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    #[error("the environment variable {0} must be {1}")]
    Invalid(&'static str, &'static str),
}

pub fn exports_table() -> Result<String, ConfigError> {
    text("EXPORTS_TABLE")
}

pub fn ledger_table() -> Result<String, ConfigError> {
    text("LEDGER_TABLE")
}

pub fn api_keys_table() -> Result<String, ConfigError> {
    text("API_KEYS_TABLE")
}

/// What the values of the gateway's keys begin with, by which it counts requests.
pub fn rate_key_prefix() -> Result<String, ConfigError> {
    text("RATE_KEY_PREFIX")
}

pub fn ledger_dead_letter_queue_url() -> Result<String, ConfigError> {
    text("LEDGER_DEAD_LETTER_QUEUE_URL")
}

pub fn exports_bucket() -> Result<String, ConfigError> {
    text("EXPORTS_BUCKET")
}

pub fn inbox_bucket() -> Result<String, ConfigError> {
    text("INBOX_BUCKET")
}

pub fn inbox_queue_url() -> Result<String, ConfigError> {
    text("INBOX_QUEUE_URL")
}

/// The bus that tells others about exports.
pub fn event_bus_name() -> Result<String, ConfigError> {
    text("EVENT_BUS_NAME")
}

pub fn exports_queue_url() -> Result<String, ConfigError> {
    text("EXPORTS_QUEUE_URL")
}

/// What schedules need to be called.
pub fn scheduler() -> Result<SchedulerSettings, ConfigError> {
    Ok(SchedulerSettings {
        group: text("SCHEDULE_GROUP")?,
        runner_arn: text("SCHEDULE_RUNNER_ARN")?,
        role_arn: text("SCHEDULER_ROLE_ARN")?,
        dead_letter_queue_arn: text("SCHEDULER_DEAD_LETTER_QUEUE_ARN")?,
    })
}

/// The verified address that mails come from.
pub fn sender_email() -> Result<EmailAddress, ConfigError> {
    let name = "SENDER_EMAIL";
    EmailAddress::parse(&text(name)?).map_err(|_| ConfigError::Invalid(name, "an email address"))
}

/// The SES configuration set whose events tell whether mails arrive.
pub fn mail_configuration_set() -> Result<String, ConfigError> {
    text("MAIL_CONFIGURATION_SET")
}

/// What a download link begins with, up to `/v1/exports/…`.
pub fn link_api_url() -> Result<String, ConfigError> {
    let url = text("LINK_API_URL")?;
    Ok(url.trim_end_matches('/').to_owned())
}

/// From READY to EXPIRED.
pub fn link_lifetime() -> Result<SignedDuration, ConfigError> {
    positive("LINK_LIFETIME_SECONDS", "a whole number of seconds").map(SignedDuration::from_secs)
}

/// How many exports of one tenant are made at once.
pub fn most_exports_per_tenant() -> Result<usize, ConfigError> {
    let name = "MOST_EXPORTS_PER_TENANT";
    let most = positive(name, "a whole number from 1")?;
    usize::try_from(most).map_err(|_| ConfigError::Invalid(name, "a whole number from 1"))
}

/// How long an export stays in the history.
pub fn history_lifetime() -> Result<SignedDuration, ConfigError> {
    let days = positive("HISTORY_LIFETIME_DAYS", "a whole number of days")?;
    Ok(SignedDuration::from_hours(days * 24))
}

/// How long the ledger may be read for an estimate.
pub fn estimate_time() -> Result<Duration, ConfigError> {
    let name = "ESTIMATE_TIME_MILLISECONDS";
    let milliseconds = positive(name, "a whole number of milliseconds")?;
    Ok(Duration::from_millis(milliseconds.unsigned_abs()))
}

pub fn webhooks_table() -> Result<String, ConfigError> {
    text("WEBHOOKS_TABLE")
}

pub fn webhook_secrets_table() -> Result<String, ConfigError> {
    text("WEBHOOK_SECRETS_TABLE")
}

pub fn webhook_queue_url() -> Result<String, ConfigError> {
    text("WEBHOOK_QUEUE_URL")
}

/// Whether webhooks may be sent to the machine itself, as suites on a local stack need it.
pub fn webhook_reach() -> Result<Reach, ConfigError> {
    let is_local = flag("ALLOW_LOOPBACK_WEBHOOKS")?;
    Ok(if is_local {
        Reach::PublicAndLoopback
    } else {
        Reach::Public
    })
}

/// The pauses between the attempts of a webhook's delivery, the first after the first attempt: seconds, with commas between
/// them.
pub fn webhook_pauses() -> Result<Vec<SignedDuration>, ConfigError> {
    let name = "WEBHOOK_PAUSES_SECONDS";
    text(name)?
        .split(',')
        .map(|seconds| seconds.trim().parse::<u32>().ok())
        .map(|seconds| seconds.map(|seconds| SignedDuration::from_secs(seconds.into())))
        .collect::<Option<_>>()
        .ok_or(ConfigError::Invalid(name, "whole numbers of seconds"))
}

/// Whether the bucket is named in the path of its URLs rather than in the host, as local emulators need it.
pub fn is_s3_path_style() -> Result<bool, ConfigError> {
    flag("S3_PATH_STYLE")
}

fn flag(name: &'static str) -> Result<bool, ConfigError> {
    text(name)?
        .parse()
        .map_err(|_| ConfigError::Invalid(name, "true or false"))
}

fn text(name: &'static str) -> Result<String, ConfigError> {
    env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or(ConfigError::Missing(name))
}

fn positive(name: &'static str, expected: &'static str) -> Result<i64, ConfigError> {
    text(name)?
        .parse()
        .ok()
        .filter(|value| *value > 0)
        .ok_or(ConfigError::Invalid(name, expected))
}
