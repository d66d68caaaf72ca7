//! Metrics of CloudWatch, written as lines of a function's log. Source: the specification of the embedded metric format.
//!
//! Each stack has a namespace of its own, so that the metrics of two in one account are not added up. CloudWatch counts each
//! combination of a metric and its dimensions as one that is paid for, so no tenant, user or export is a dimension: their ids
//! are beside the metrics, where one searches for them.

mod exports;

use std::sync::OnceLock;

pub use exports::{Mail, accepted, ended, first_attempt, mails, ready};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "PayoutExports";

/// What counts by function.
const FUNCTION: &str = "Function";

/// Whose metrics this process writes. A process that is no function has none.
static SOURCE: OnceLock<Source> = OnceLock::new();

struct Source {
    function: &'static str,
    namespace: String,
}

impl Source {
    /// A function whose crate is named so, and which is deployed under this name.
    fn of(function: &'static str, deployed_as: Option<&str>) -> Self {
        let stack = deployed_as.and_then(|name| name.strip_suffix(&format!("-{function}")));
        Self {
            function,
            namespace: match stack {
                Some(stack) => format!("{NAMESPACE}/{stack}"),
                None => NAMESPACE.to_owned(),
            },
        }
    }
}

/// Begins the metrics of a function. See [`crate::logging::init`].
pub(crate) fn init(function: &'static str, deployed_as: Option<String>) {
    let source = Source::of(function, deployed_as.as_deref());
    // A process begins once.
    let _ = SOURCE.set(source);
}

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    value: i64,
}

impl Metric {
    pub fn count(name: &'static str, value: u64) -> Self {
        Self::of(name, "Count", value)
    }

    pub fn bytes(name: &'static str, value: u64) -> Self {
        Self::of(name, "Bytes", value)
    }

    pub fn milliseconds(name: &'static str, value: SignedDuration) -> Self {
        Self {
            name,
            unit: "Milliseconds",
            value: i64::try_from(value.as_millis()).unwrap_or(i64::MAX),
        }
    }

    pub fn seconds(name: &'static str, value: SignedDuration) -> Self {
        Self {
            name,
            unit: "Seconds",
            value: value.as_secs(),
        }
    }

    fn of(name: &'static str, unit: &'static str, value: u64) -> Self {
        Self {
            name,
            unit,
            value: i64::try_from(value).unwrap_or(i64::MAX),
        }
    }
}

/// Writes metrics that are counted by function.
pub fn put_metrics(metrics: &[Metric]) {
    if let Some(source) = SOURCE.get() {
        let by_function = [(FUNCTION, source.function)];
        put(Line::of(metrics, &[&by_function]));
    }
}

/// Counts a call or an attempt that is made again, and whether AWS had refused it because there were too many.
pub fn retried(is_throttled: bool) {
    put_metrics(&[
        Metric::count("Retries", 1),
        Metric::count("Throttles", u64::from(is_throttled)),
    ]);
}

/// Metrics, what they are counted by, and what is known besides.
#[derive(Default)]
struct Line {
    metrics: Vec<Metric>,
    dimension_sets: Vec<Vec<&'static str>>,
    /// The values of the dimensions, and what is no dimension.
    properties: Map<String, Value>,
}

impl Line {
    /// Metrics that are counted once by each of the sets of dimensions. A dimension has one value in all of them.
    fn of(metrics: &[Metric], dimension_sets: &[&[(&'static str, &str)]]) -> Self {
        let mut line = Self {
            metrics: metrics.to_vec(),
            ..Self::default()
        };
        for set in dimension_sets {
            line.dimension_sets
                .push(set.iter().map(|(name, _)| *name).collect());
            for (name, value) in *set {
                line.properties.insert((*name).to_owned(), json!(value));
            }
        }
        line
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.properties.insert(name.to_owned(), json!(value));
        self
    }

    fn document(self, source: &Source, now: Timestamp) -> Value {
        let declared: Vec<_> = self
            .metrics
            .iter()
            .map(|metric| json!({"Name": metric.name, "Unit": metric.unit}))
            .collect();
        let mut document = self.properties;
        document.insert("function".to_owned(), json!(source.function));
        document.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": source.namespace,
                    "Dimensions": self.dimension_sets,
                    "Metrics": declared,
                }],
            }),
        );
        for metric in self.metrics {
            document.insert(metric.name.to_owned(), json!(metric.value));
        }
        Value::Object(document)
    }
}

fn put(line: Line) {
    if let Some(source) = SOURCE.get() {
        println!("{}", line.document(source, Timestamp::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millisecond(1_769_903_999_123).unwrap()
    }

    #[test]
    fn a_line_declares_its_metrics_and_holds_their_values() {
        let metrics = [
            Metric::count("ChangesWritten", 7),
            Metric::milliseconds("FeedLag", SignedDuration::from_millis(1500)),
        ];
        let source = Source::of("recorder", Some("payouts-recorder"));
        let line = Line::of(&metrics, &[&[("Function", "recorder")]]).document(&source, now());
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_769_903_999_123_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "PayoutExports/payouts",
                        "Dimensions": [["Function"]],
                        "Metrics": [
                            {"Name": "ChangesWritten", "Unit": "Count"},
                            {"Name": "FeedLag", "Unit": "Milliseconds"},
                        ],
                    }],
                },
                "function": "recorder",
                "Function": "recorder",
                "ChangesWritten": 7,
                "FeedLag": 1500,
            })
        );
    }

    #[test]
    fn each_stack_has_a_namespace_of_its_own() {
        let namespace = |function, deployed_as| Source::of(function, deployed_as).namespace;
        assert_eq!(
            namespace("schedule-runner", Some("pay-eu-schedule-runner")),
            "PayoutExports/pay-eu"
        );
        assert_eq!(namespace("me", Some("me")), "PayoutExports");
        assert_eq!(namespace("me", None), "PayoutExports");
    }
}
