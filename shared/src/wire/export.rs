//! An export as callers see it.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{file_format::ProfileObject, manifest::Manifest, schedule::PeriodObject};
use crate::domain::{
    amount::Amount,
    dataset::Dataset,
    export::{ByUser, Export, State},
    filters::{FilterValue, Filters},
    time::to_seconds,
};

/// The export object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportObject {
    export_id: String,
    r#type: &'static str,
    status: &'static str,
    created_at: String,
    recipients: Vec<String>,
    filters: FiltersObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Manifest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<ByUserObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<ByUserObject>,
    #[serde(flatten)]
    download: Option<Download>,
}

/// Where a READY export's file can be fetched now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Download {
    download_url: String,
    download_url_expires_at: String,
}

/// One page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportList {
    pub items: Vec<ExportObject>,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    stage: &'static str,
    rows_written: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_for: Option<String>,
}

/// Who ended an export or its file, and when.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ByUserObject {
    at: String,
    by: String,
}

/// The filters that are set, as a request names them.
#[derive(Debug)]
pub(super) struct FiltersObject(Vec<(&'static str, FilterObject)>);

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum FilterObject {
    One(String),
    Many(Vec<String>),
    Number(Box<RawValue>),
}

impl ExportObject {
    /// The export as it is at `now`.
    pub fn of(export: &Export, now: Timestamp) -> Self {
        let state = &export.state;
        // A file that is about to be delivered is not shown yet.
        let delivery = match state {
            State::Ready(delivery) | State::Expired { delivery, .. } => Some(delivery),
            _ => None,
        };
        let schedule = export.schedule.as_ref();
        Self {
            export_id: export.id.to_string(),
            r#type: export.dataset().export_type,
            status: export.status(now).into(),
            created_at: to_seconds(export.created_at),
            recipients: export.recipients().map(ToString::to_string).collect(),
            filters: FiltersObject::of(export),
            columns: export.format.columns.clone(),
            profile: export.format.profile.map(ProfileObject::from),
            compression: export.format.compression.map(Into::into),
            retry_of: export.retry_of.as_ref().map(ToString::to_string),
            progress: Progress::of(state),
            row_count: delivery.map(|delivery| delivery.file.rows),
            file_size: delivery.map(|delivery| delivery.file.size),
            ready_at: delivery.map(|delivery| to_seconds(delivery.ready_at)),
            expires_at: delivery.map(|delivery| to_seconds(delivery.expires_at)),
            manifest: delivery.map(|delivery| Manifest::of(export, &delivery.file)),
            schedule_id: schedule.map(|run| run.schedule_id.to_string()),
            schedule_name: schedule.map(|run| run.name.clone()),
            period: schedule.map(|run| PeriodObject::from(&run.period)),
            failure_reason: match state {
                State::Failed { reason } => Some(reason.clone()),
                _ => None,
            },
            cancelled: match state {
                State::Cancelled(by_user) => Some(by_user.into()),
                _ => None,
            },
            deleted: match state {
                State::Expired { deleted, .. } => deleted.as_ref().map(Into::into),
                _ => None,
            },
            download: None,
        }
    }

    /// Adds where the file can be fetched until `expires_at`.
    pub fn with_download(mut self, url: String, expires_at: Timestamp) -> Self {
        self.download = Some(Download {
            download_url: url,
            download_url_expires_at: to_seconds(expires_at),
        });
        self
    }
}

impl Progress {
    fn of(state: &State) -> Option<Self> {
        let State::Pending {
            rows_written,
            waiting_for,
            ..
        } = state
        else {
            return None;
        };
        Some(Self {
            stage: state.stage()?.into(),
            rows_written: *rows_written,
            waiting_for: waiting_for.clone(),
        })
    }
}

impl From<&ByUser> for ByUserObject {
    fn from(by_user: &ByUser) -> Self {
        Self {
            at: to_seconds(by_user.at),
            by: by_user.user_id.clone(),
        }
    }
}

impl FiltersObject {
    pub(super) fn of(export: &Export) -> Self {
        let Self(mut filters) = Self::of_dataset(&export.filters, export.dataset());
        // As the merchant API's callers named it; no other export has one.
        let contact = export.filters.contact.iter();
        let contact =
            contact.map(|contact| ("contactId", FilterObject::One(contact.named.clone())));
        filters.extend(contact);
        Self(filters)
    }

    pub(super) fn of_dataset(filters: &Filters, dataset: &'static Dataset) -> Self {
        let set = filters.set(dataset);
        let set = set.map(|(filter, value)| (filter.name, FilterObject::from(value)));
        Self(set.collect())
    }
}

impl Serialize for FiltersObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl From<FilterValue<'_>> for FilterObject {
    fn from(value: FilterValue) -> Self {
        match value {
            FilterValue::Time(time) => Self::One(to_seconds(time)),
            FilterValue::Amount(amount) => Self::Number(number(amount)),
            FilterValue::One(value) => Self::One(value.to_owned()),
            FilterValue::Many(values) => Self::Many(values.to_vec()),
        }
    }
}

/// A JSON number with the amount's own digits.
fn number(amount: Amount) -> Box<RawValue> {
    RawValue::from_string(amount.to_string()).expect("a plain decimal is a JSON number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::{
            Content,
            examples::{at, delivery, one_of, operator, pending, ready},
        },
        file_format::{Compression, FileFormat, Locale, Profile},
        filters::Filters,
        schedule::examples::daily,
    };

    fn shown(export: &Export, now: &str) -> String {
        serde_json::to_string_pretty(&ExportObject::of(export, at(now))).unwrap()
    }

    #[test]
    fn a_pending_export_shows_its_progress() {
        let filters = Filters {
            created_at_to: Some(at("2026-03-31T23:59:59Z")),
            one_of: one_of(&[("statuses", &["FAILED"])]),
            amount_min: Some("0.10".parse().unwrap()),
            ..Filters::default()
        };
        insta::assert_snapshot!(shown(
            &Export {
                filters,
                ..pending()
            },
            "2026-11-20T09:30:01Z"
        ));
    }

    #[test]
    fn a_ready_export_shows_its_file() {
        let object = ExportObject::of(&ready(), at("2026-11-20T09:31:00Z")).with_download(
            "https://bucket.example/file?X-Amz-Signature=1".to_owned(),
            at("2026-11-20T09:36:00Z"),
        );
        insta::assert_snapshot!(serde_json::to_string_pretty(&object).unwrap());
    }

    #[test]
    fn a_chosen_format_is_shown_with_the_export_and_in_its_manifest() {
        let format = FileFormat {
            columns: Some(vec!["amount".to_owned(), "currency".to_owned()]),
            profile: Some(Profile::Spreadsheet(Locale::French)),
            compression: Some(Compression::Gzip),
        };
        let mut delivery = delivery();
        delivery.file.key = "exports/1.csv.gz".to_owned();
        delivery.file.uncompressed = Some(Content {
            size: 9_437_184,
            sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752".to_owned(),
        });
        let state = State::Ready(delivery);
        let export = Export {
            format,
            state,
            ..pending()
        };
        let object = ExportObject::of(&export, at("2026-11-20T09:31:00Z"));
        let shown = serde_json::to_string(&object).unwrap();
        let format = r#""columns":["amount","currency"],"profile":{"name":"spreadsheet","locale":"fr"},"compression":"gzip""#;
        assert_eq!(shown.matches(format).count(), 2, "{shown}");
        let text = r#""uncompressed":{"fileSize":9437184,"sha256":"60303ae2"#;
        assert!(shown.contains(text), "{shown}");
    }

    #[test]
    fn an_expired_export_says_so_whatever_is_stored() {
        assert!(shown(&ready(), "2026-11-27T09:30:05Z").contains(r#""status": "EXPIRED""#));
    }

    #[test]
    fn a_schedules_export_shows_schedule_and_period() {
        let schedule = daily();
        let run = schedule.due(at("2026-11-21T05:30:00Z")).unwrap();
        let now = at("2026-11-21T05:30:02Z");
        let export = schedule.export(&operator(), &run, now, [1; 10]);
        insta::assert_snapshot!(shown(&export, "2026-11-21T05:30:03Z"));
    }

    #[test]
    fn a_waiting_export_shows_its_stage_and_what_it_waits_for() {
        let state = State::Pending {
            is_begun: true,
            rows_written: 10_240,
            waiting_for: Some("The mail service does not answer.".to_owned()),
            delivery: Some(delivery()),
        };
        let export = Export {
            retry_of: Some(pending().id),
            state,
            ..pending()
        };
        insta::assert_snapshot!(shown(&export, "2026-11-20T09:30:06Z"));
    }

    #[test]
    fn what_a_user_ended_says_who_and_when() {
        let by_user = ByUser {
            user_id: "usr-ana".to_owned(),
            at: at("2026-11-20T09:30:06Z"),
        };
        let text = r#"{
    "at": "2026-11-20T09:30:06Z",
    "by": "usr-ana"
  }"#;
        let cancelled = State::Cancelled(by_user.clone());
        let deleted = State::Expired {
            delivery: delivery(),
            deleted: Some(by_user),
        };
        for (state, name) in [(cancelled, "cancelled"), (deleted, "deleted")] {
            let shown = shown(&Export { state, ..pending() }, "2026-11-20T09:30:07Z");
            assert!(shown.contains(&format!("\"{name}\": {text}")), "{shown}");
        }
    }

    #[test]
    fn a_failed_export_shows_its_reason() {
        let state = State::Failed {
            reason: "The email could not be delivered.".to_owned(),
        };
        insta::assert_snapshot!(shown(
            &Export { state, ..pending() },
            "2026-11-20T09:30:01Z"
        ));
    }
}
