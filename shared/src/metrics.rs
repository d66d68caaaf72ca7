//! Metrics of CloudWatch, written as lines of a function's log. Source: the specification of the embedded metric format.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const NAMESPACE: &str = "PayoutExports";

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    value: i64,
}

impl Metric {
    pub fn count(name: &'static str, value: u64) -> Self {
        Self {
            name,
            unit: "Count",
            value: i64::try_from(value).unwrap_or(i64::MAX),
        }
    }

    pub fn milliseconds(name: &'static str, value: SignedDuration) -> Self {
        Self {
            name,
            unit: "Milliseconds",
            value: i64::try_from(value.as_millis()).unwrap_or(i64::MAX),
        }
    }
}

/// Writes the metrics of a function's invocation.
pub fn put_metrics(function: &str, metrics: &[Metric]) {
    println!("{}", line(function, metrics, Timestamp::now()));
}

fn line(function: &str, metrics: &[Metric], now: Timestamp) -> Value {
    let declared: Vec<_> = metrics
        .iter()
        .map(|metric| json!({"Name": metric.name, "Unit": metric.unit}))
        .collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [
                {"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": declared},
            ],
        },
        "Function": function,
    });
    for metric in metrics {
        line[metric.name] = json!(metric.value);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_declares_its_metrics_and_holds_their_values() {
        let metrics = [
            Metric::count("ChangesWritten", 7),
            Metric::milliseconds("FeedLag", SignedDuration::from_millis(1500)),
        ];
        let now = Timestamp::from_millisecond(1_769_903_999_123).unwrap();
        let line = line("recorder", &metrics, now);
        assert_eq!(line["_aws"]["Timestamp"], 1_769_903_999_123_i64);
        assert_eq!(
            line["_aws"]["CloudWatchMetrics"],
            json!([{
                "Namespace": "PayoutExports",
                "Dimensions": [["Function"]],
                "Metrics": [
                    {"Name": "ChangesWritten", "Unit": "Count"},
                    {"Name": "FeedLag", "Unit": "Milliseconds"},
                ],
            }])
        );
        let values = [&line["Function"], &line["ChangesWritten"], &line["FeedLag"]];
        assert_eq!(values, [&json!("recorder"), &json!(7), &json!(1500)]);
    }
}
