//! What is counted of exports and of their mails.

use jiff::Timestamp;
use strum::IntoStaticStr;

use super::{Line, Metric, put};
use crate::domain::export::{Delivery, Export, Stage, Status};

const EXPORTS: &str = "Exports";
const OUTCOME: &str = "Outcome";
const STAGE: &str = "Stage";
const TYPE: &str = "Type";

/// How long after its request an export left a stage.
const TIME_SINCE_REQUEST: &str = "TimeSinceRequest";

/// What became of a mail when it was given to the mail service. What that tells later is an
/// [`ArrivalState`](crate::domain::arrival::ArrivalState).
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Mail {
    /// The mail service took it.
    Accepted,
    /// It will be tried again.
    Postponed,
    /// The mail service will never take it.
    Refused,
}

/// Counts an export that was accepted.
pub fn accepted(export: &Export) {
    put(counted(export, "ACCEPTED", &[]));
}

/// Notes how long an export waited for its first attempt.
pub fn first_attempt(export: &Export, now: Timestamp) {
    put(left(export, Stage::Queued, now));
}

/// Counts an export that became READY, and what its file holds.
pub fn ready(export: &Export, delivery: &Delivery, now: Timestamp) {
    let file = [
        Metric::count("Rows", delivery.file.rows),
        Metric::bytes("Bytes", delivery.file.size),
    ];
    put(counted(export, Status::Ready.into(), &file));
    put(left(export, Stage::Making, delivery.file.made_at));
    put(left(export, Stage::Sending, now));
}

/// Counts an export that ended FAILED, CANCELLED or EXPIRED, with the stage that it was at if it was pending.
pub fn ended(export: &Export, status: Status) {
    put(counted(export, status.into(), &[]));
}

/// Counts what a mail to so many addresses came to.
pub fn mails(outcome: impl Into<&'static str>, addresses: usize) {
    let count = Metric::count("Mails", u64::try_from(addresses).unwrap_or(u64::MAX));
    put(Line::of(&[count], &[&[(OUTCOME, outcome.into())]]));
}

/// An export by outcome, alone, with its type, and with the stage that it ended at.
fn counted(export: &Export, outcome: &'static str, more: &[Metric]) -> Line {
    let metrics = [&[Metric::count(EXPORTS, 1)], more].concat();
    let outcome = (OUTCOME, outcome);
    let by_type = [outcome, (TYPE, export.dataset().export_type)];
    let line = match export.state.stage() {
        Some(stage) if matches!(outcome.1, "FAILED" | "CANCELLED") => Line::of(
            &metrics,
            &[&[outcome], &by_type, &[outcome, (STAGE, stage.into())]],
        ),
        _ => Line::of(&metrics, &[&[outcome], &by_type]),
    };
    with_ids(line, export)
}

fn left(export: &Export, stage: Stage, at: Timestamp) -> Line {
    let time = Metric::milliseconds(TIME_SINCE_REQUEST, at.duration_since(export.created_at));
    with_ids(Line::of(&[time], &[&[(STAGE, stage.into())]]), export)
}

fn with_ids(line: Line, export: &Export) -> Line {
    line.with("tenantId", &export.tenant_id)
        .with("exportId", export.id.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{domain::export::examples::pending, metrics::Source};

    fn document(line: Line) -> Value {
        line.document(&Source::of("generator", None), Timestamp::UNIX_EPOCH)
    }

    fn dimensions(document: &Value) -> &Value {
        &document["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    }

    #[test]
    fn an_export_is_counted_by_outcome_and_type_and_its_ids_are_no_dimensions() {
        let export = pending();
        let document = document(counted(&export, "READY", &[Metric::count("Rows", 3)]));
        assert_eq!(
            dimensions(&document),
            &json!([["Outcome"], ["Outcome", "Type"]])
        );
        let values = ["Exports", "Rows", "Outcome", "Type", "exportId"].map(|name| &document[name]);
        assert_eq!(
            values,
            [
                &json!(1),
                &json!(3),
                &json!("READY"),
                &json!(export.dataset().export_type),
                &json!(export.id.as_str()),
            ]
        );
    }

    #[test]
    fn a_failure_is_counted_by_its_stage_too() {
        let document = document(counted(&pending(), "FAILED", &[]));
        assert_eq!(
            dimensions(&document),
            &json!([["Outcome"], ["Outcome", "Type"], ["Outcome", "Stage"]])
        );
        assert_eq!(document["Stage"], "QUEUED");
    }

    #[test]
    fn the_time_of_a_stage_is_that_since_the_request() {
        let export = pending();
        let at = export.created_at + jiff::SignedDuration::from_millis(2_500);
        let document = document(left(&export, Stage::Queued, at));
        assert_eq!(dimensions(&document), &json!([["Stage"]]));
        assert_eq!(
            (&document["TimeSinceRequest"], &document["Stage"]),
            (&json!(2500), &json!("QUEUED"))
        );
    }
}
