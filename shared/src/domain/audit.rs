//! The audit trail: what people have done with a tenant's exports. It is the dataset `AUDIT_EVENTS`.

use jiff::Timestamp;
use strum::{Display, EnumString, VariantArray};

use super::{
    address::EmailAddress,
    change::Change,
    dataset::AUDIT_EVENTS,
    download::{Download, Downloader},
    event,
    export::Export,
    id::ExportId,
    link::LinkId,
    record::{LONGEST_TEXT, Record, RecordProblem},
    time::to_milliseconds,
};

/// What was done. The column `action` has these values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    ExportLaunched,
    ExportCancelled,
    EmailSent,
    FileDownloaded,
    FileDeleted,
    LinkRevoked,
}

/// One thing that was done, once. It names whom a mail went to, and has neither tokens nor rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// The same however often the event is recorded.
    pub id: String,
    pub action: Action,
    pub at: Timestamp,
    pub tenant_id: String,
    pub export_id: ExportId,
    /// Who did it. `None` if no user did: the stack itself, or whoever has a link.
    pub user_id: Option<String>,
    /// The export that a launch repeats.
    pub retry_of: Option<ExportId>,
    /// Whom a mail went to.
    pub recipients: Vec<String>,
    pub link_id: Option<String>,
    /// Of a download: the part of the caller's address that is kept.
    pub address_prefix: Option<String>,
    pub user_agent: Option<String>,
}

impl AuditEvent {
    /// `random` holds 80 bits from the operating system's generator.
    pub fn of(export: &Export, action: Action, at: Timestamp, random: [u8; 10]) -> Self {
        Self {
            id: event::new_id(at, random),
            action,
            at,
            tenant_id: export.tenant_id.clone(),
            export_id: export.id.clone(),
            user_id: None,
            retry_of: None,
            recipients: Vec::new(),
            link_id: None,
            address_prefix: None,
            user_agent: None,
        }
    }

    pub fn launched(export: &Export, random: [u8; 10]) -> Self {
        Self {
            retry_of: export.retry_of.clone(),
            ..Self::of(export, Action::ExportLaunched, export.created_at, random)
        }
        .by(&export.requester_id)
    }

    pub fn by(self, user_id: &str) -> Self {
        Self {
            user_id: Some(user_id.to_owned()),
            ..self
        }
    }

    pub fn to(self, recipients: &[EmailAddress]) -> Self {
        Self {
            recipients: recipients.iter().map(ToString::to_string).collect(),
            ..self
        }
    }

    pub fn with_link(self, link_id: &LinkId) -> Self {
        Self {
            link_id: Some(link_id.to_string()),
            ..self
        }
    }

    pub fn downloaded(export: &Export, download: &Download, random: [u8; 10]) -> Self {
        let event = Self {
            address_prefix: download.origin.address_prefix.clone(),
            user_agent: download.origin.user_agent.clone(),
            ..Self::of(export, Action::FileDownloaded, download.at, random)
        };
        match &download.by {
            Downloader::Link(link_id) => event.with_link(link_id),
            Downloader::User(user_id) => event.by(user_id),
        }
    }

    /// The event as records of the ledger: one, but more if its recipients do not fit into a column. Fails if a value breaks
    /// a rule of its column.
    pub fn changes(&self) -> Result<Vec<Change>, Vec<RecordProblem>> {
        let mut changes = Vec::new();
        for (number, recipients) in (1..).zip(columns_of(&self.recipients)) {
            let id = match number {
                1 => self.id.clone(),
                number => format!("{}-{number}", self.id),
            };
            let record = Record::check(
                &AUDIT_EVENTS,
                [
                    ("eventId", id.as_str()),
                    ("createdAt", &to_milliseconds(self.at)),
                    ("action", &self.action.to_string()),
                    ("exportId", self.export_id.as_str()),
                    ("exportType", self.export_id.dataset().export_type),
                    ("userId", self.user_id.as_deref().unwrap_or_default()),
                    (
                        "retryOf",
                        self.retry_of.as_ref().map_or("", ExportId::as_str),
                    ),
                    ("recipients", &recipients),
                    ("linkId", self.link_id.as_deref().unwrap_or_default()),
                    (
                        "addressPrefix",
                        self.address_prefix.as_deref().unwrap_or_default(),
                    ),
                    ("userAgent", self.user_agent.as_deref().unwrap_or_default()),
                ],
            )?;
            changes.push(Change::unversioned(&self.tenant_id, record));
        }
        Ok(changes)
    }
}

/// Texts that fit into a column, with all of the recipients; one empty text if there are none.
fn columns_of(recipients: &[String]) -> Vec<String> {
    let mut columns = vec![String::new()];
    for recipient in recipients {
        let column = columns.last_mut().expect("there is one");
        if column.is_empty() {
            *column += recipient;
        } else if column.chars().count() + 2 + recipient.chars().count() <= LONGEST_TEXT {
            *column += ", ";
            *column += recipient;
        } else {
            columns.push(recipient.clone());
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        change::Content,
        dataset::Kind,
        export::examples::{at, pending},
    };

    fn records(event: &AuditEvent) -> Vec<Record> {
        let changes = event.changes().unwrap().into_iter();
        changes
            .map(|change| match change.content {
                Content::Record(record) => record,
                Content::Deleted { .. } => panic!("an event is never deleted"),
            })
            .collect()
    }

    fn sent(recipients: Vec<String>) -> AuditEvent {
        AuditEvent {
            recipients,
            ..AuditEvent::of(
                &pending(),
                Action::EmailSent,
                at("2026-11-20T09:30:05.250Z"),
                [7; 10],
            )
        }
    }

    #[test]
    fn the_column_has_every_action_and_no_other() {
        let actions: Vec<_> = Action::VARIANTS.iter().map(ToString::to_string).collect();
        let declared = AUDIT_EVENTS.column("action").unwrap().kind;
        let Kind::Choice(declared) = declared else {
            panic!("{declared:?}");
        };
        assert_eq!(declared, actions);
    }

    #[test]
    fn a_launch_tells_who_and_what_it_repeats() {
        let export = Export {
            retry_of: Some(pending().id),
            ..pending()
        };
        let event = AuditEvent::launched(&export, [7; 10]);
        let records = records(&event);
        let [record] = &records[..] else {
            panic!("{records:?}");
        };
        assert_eq!(record.id(), event.id);
        assert_eq!(record.value("action"), Some("EXPORT_LAUNCHED"));
        assert_eq!(record.value("exportId"), Some(export.id.as_str()));
        assert_eq!(record.value("exportType"), Some("FUNDING_TRANSFERS"));
        assert_eq!(record.value("userId"), Some(export.requester_id.as_str()));
        assert_eq!(record.value("retryOf"), Some(export.id.as_str()));
        assert_eq!(record.value("recipients"), None);
        assert_eq!(record.amount(), None);
    }

    #[test]
    fn it_is_known_to_the_millisecond() {
        let records = records(&sent(vec!["ana@northwind.example".to_owned()]));
        assert_eq!(records[0].created_at(), at("2026-11-20T09:30:05.250Z"));
        assert_eq!(
            records[0].value("recipients"),
            Some("ana@northwind.example")
        );
    }

    #[test]
    fn no_recipient_is_left_out() {
        let recipients: Vec<_> = (0..21)
            .map(|number| format!("{number:0>60}@{}.example", "d".repeat(60)))
            .collect();
        let event = sent(recipients.clone());
        let records = records(&event);
        let ids: Vec<_> = records.iter().map(Record::id).collect();
        assert_eq!(
            ids,
            [
                event.id.clone(),
                format!("{}-2", event.id),
                format!("{}-3", event.id)
            ]
        );
        let told: Vec<_> = records
            .iter()
            .flat_map(|record| record.value("recipients").unwrap().split(", "))
            .collect();
        assert_eq!(told, recipients);
    }
}
