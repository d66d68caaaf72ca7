//! What was measured, what is assumed, and the prices: all from `tools/cost.toml`, which the benchmark reads, too.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

const FILE: &str = include_str!("../../../cost.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    pub measured: Measured,
    pub assumed: Assumed,
    pub idle: Idle,
    /// By region.
    pub prices: BTreeMap<String, Prices>,
}

/// By `make bench`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub date: String,
    pub network_rows_per_second: f64,
    pub file_bytes_per_row: f64,
    /// With `compression: gzip`.
    pub gzip_network_rows_per_second: f64,
    pub gzip_file_bytes_per_row: f64,
}

/// What an export does besides. Each value is explained in the file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    pub item_bytes: f64,
    pub write_units_a_record: f64,
    pub storage_overhead_bytes: f64,
    pub generator_mb: f64,
    pub part_bytes: f64,
    pub days_kept: f64,
    pub api_requests: f64,
    pub sqs_requests: f64,
    pub api_function_ms: f64,
    pub api_function_mb: f64,
    pub write_units: f64,
    pub write_units_a_change: f64,
    pub write_units_a_second: f64,
    pub log_bytes_an_invocation: f64,
    pub metrics_of_methods: f64,
    pub metrics_of_exports: f64,
    pub traces: f64,
}

/// What a stack does when nobody uses it. Each value is explained in the file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Idle {
    pub queues_with_functions: f64,
    pub pollers_a_queue: f64,
    pub poll_seconds: f64,
    pub reconciler_passes_an_hour: f64,
    pub reconciler_mb: f64,
    pub reconciler_ms: f64,
    pub reconciler_read_units: f64,
    pub sweeps_an_hour: f64,
    pub sweep_mb: f64,
    pub sweep_ms: f64,
    pub sweep_read_units: f64,
    pub metrics: f64,
    pub alarm_metrics: f64,
    pub composite_alarms: f64,
    pub dashboards: f64,
    pub deployment_alarms: f64,
}

/// The prices of a region, by name.
#[derive(Debug, Deserialize)]
pub struct Prices(pub BTreeMap<String, Price>);

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub dollars: f64,
    /// What costs that much.
    pub of: String,
    /// When the price was looked up: `2026-11-21`; `None` if nobody has looked yet.
    pub as_of: Option<String>,
    /// The page that has it, or should.
    pub source: String,
}

/// The prices that a bill needs.
const NAMES: [&str; 20] = [
    "lambda_gb_second",
    "lambda_million_requests",
    "dynamodb_million_reads",
    "dynamodb_million_writes",
    "dynamodb_gb_month",
    "dynamodb_backup_gb_month",
    "s3_thousand_puts",
    "s3_gb_month",
    "transfer_gb",
    "ses_thousand_mails",
    "api_gateway_million_requests",
    "sqs_million_requests",
    "cloudwatch_gb_of_logs",
    "cloudwatch_gb_month_of_logs",
    "cloudwatch_metric_month",
    "cloudwatch_alarm_month",
    "cloudwatch_composite_alarm_month",
    "cloudwatch_dashboard_month",
    "xray_million_traces",
    "kms_key_month",
];

impl Figures {
    /// Reads the file that was compiled in.
    pub fn load() -> Result<Self> {
        let figures: Self = toml::from_str(FILE).context("tools/cost.toml cannot be read")?;
        for (region, prices) in &figures.prices {
            for name in NAMES {
                prices
                    .0
                    .get(name)
                    .with_context(|| format!("tools/cost.toml has no price {name} of {region}"))?;
            }
        }
        Ok(figures)
    }
}

impl Prices {
    /// Dollars. [`Figures::load`] has seen to it that the price is there.
    pub fn of(&self, name: &str) -> f64 {
        self.0[name].dollars
    }

    /// When the first and the last of these prices were looked up.
    pub fn dates(&self) -> (&str, &str) {
        let dates = || self.0.values().filter_map(|price| price.as_of.as_deref());
        (
            dates().min().unwrap_or_default(),
            dates().max().unwrap_or_default(),
        )
    }

    /// What prices are of that nobody has looked up yet.
    pub fn unchecked(&self) -> Vec<&str> {
        let unchecked = self.0.values().filter(|price| price.as_of.is_none());
        unchecked.map(|price| price.of.as_str()).collect()
    }
}
