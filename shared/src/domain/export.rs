//! An export and its life.
//!
//! ```text
//! PENDING ── the file is complete and its mail was accepted ──► READY ── expiresAt, or deleted ──► EXPIRED
//!    ├────── it cannot be made or sent ──► FAILED
//!    └────── its requester stops it ──► CANCELLED
//! ```

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{
    address::EmailAddress,
    caller::{Caller, RoleName},
    dataset::{Column, Dataset, Visibility},
    file_format::{Compression, FileFormat, Profile},
    filters::Filters,
    id::ExportId,
    schedule::ScheduledRun,
};

/// How long a PENDING export prevents its user from requesting another one of the same type.
pub const PENDING_BLOCKS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// How long an idempotency key is remembered.
pub const IDEMPOTENCY_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How long an expired link still answers that it has expired.
pub const LINK_OUTLIVES_FILE_BY: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What a reader is told about an export.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Pending,
    Ready,
    Failed,
    Cancelled,
    Expired,
}

/// One request for a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    pub id: ExportId,
    pub tenant_id: String,
    /// For people: in the mail's subject.
    pub tenant_name: String,
    pub requester_id: String,
    pub requester_email: EmailAddress,
    pub scope: Scope,
    pub cc: Vec<EmailAddress>,
    pub filters: Filters,
    pub format: FileFormat,
    /// When it was requested. Records created later are not in the file.
    pub created_at: Timestamp,
    /// The export that it repeats.
    pub retry_of: Option<ExportId>,
    /// When its email was sent again, lately and in order of time; see [`super::resend`].
    pub resends: Vec<Timestamp>,
    /// The schedule that made it, if nobody asked for it.
    pub schedule: Option<ScheduledRun>,
    /// When its file was fetched for the first time.
    pub downloaded_at: Option<Timestamp>,
    /// When it leaves the history, and with it what is kept about its links, mails and downloads. Known once it is stored.
    pub kept_until: Option<Timestamp>,
    pub state: State,
}

/// Whose records the requester may see, fixed at the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Tenant,
    /// Only the records of this supplier, by its external id.
    Supplier(String),
}

/// The state of an export, with what is known in it.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Pending {
        /// Whether an attempt has begun.
        is_begun: bool,
        rows_written: u64,
        /// What keeps it waiting until the next attempt: a sentence for a person, never an internal error.
        waiting_for: Option<String>,
        /// Known once the file is complete: from then on a mail with its link may be on its way.
        delivery: Option<Delivery>,
    },
    Ready(Delivery),
    Failed {
        /// A sentence for a person, never an internal error.
        reason: String,
    },
    Cancelled(ByUser),
    Expired {
        delivery: Delivery,
        /// Who deleted the file, if it did not expire by itself.
        deleted: Option<ByUser>,
    },
}

/// What a PENDING export is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Stage {
    /// It waits for its turn.
    Queued,
    /// Its file is being made.
    Making,
    /// Its file is complete, and its mail not accepted yet.
    Sending,
}

/// Which user ended an export or its file, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByUser {
    pub user_id: String,
    pub at: Timestamp,
}

/// A complete file, and how long it can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub file: File,
    pub ready_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A complete file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its key in the bucket.
    pub key: String,
    /// Without the header.
    pub rows: u64,
    /// Bytes, as it is downloaded.
    pub size: u64,
    /// Of these bytes, in hexadecimal digits.
    pub sha256: String,
    /// The text within, if the file is compressed.
    pub uncompressed: Option<Content>,
    /// The exact totals of the amounts, by currency.
    pub totals: BTreeMap<String, String>,
    /// The number of rows in no total, because they lack a currency or a plain decimal for an amount.
    pub rows_not_in_totals: u64,
    /// Up to when the ledger held what had happened at its source, if the source says when things happen.
    pub ledger_complete_until: Option<Timestamp>,
    /// When it was complete. The mail is retried for a day from then on.
    pub made_at: Timestamp,
}

/// What bytes are: how many, and their SHA-256 in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub size: u64,
    pub sha256: String,
}

impl Export {
    /// An accepted request: PENDING, with the requester's scope fixed, for a file in the standard profile with all columns
    /// that the requester gets.
    pub fn request(
        caller: &Caller,
        dataset: &Dataset,
        cc: Vec<EmailAddress>,
        filters: Filters,
        now: Timestamp,
        random: [u8; 10],
    ) -> Self {
        Self {
            id: ExportId::new(dataset, now, random),
            tenant_id: caller.tenant_id.clone(),
            tenant_name: caller.tenant_name.clone(),
            requester_id: caller.user_id.clone(),
            requester_email: caller.email.clone(),
            scope: Scope::of(caller),
            cc,
            filters,
            format: FileFormat::default(),
            created_at: now,
            retry_of: None,
            resends: Vec::new(),
            schedule: None,
            downloaded_at: None,
            kept_until: None,
            state: State::Pending {
                is_begun: false,
                rows_written: 0,
                waiting_for: None,
                delivery: None,
            },
        }
    }

    pub fn dataset(&self) -> &'static Dataset {
        self.id.dataset()
    }

    /// The status at `now`. After its expiry an export is EXPIRED, even if the clean-up has not run yet.
    pub fn status(&self, now: Timestamp) -> Status {
        match &self.state {
            State::Pending { .. } => Status::Pending,
            State::Ready(delivery) if now < delivery.expires_at => Status::Ready,
            State::Failed { .. } => Status::Failed,
            State::Cancelled(_) => Status::Cancelled,
            State::Ready(_) | State::Expired { .. } => Status::Expired,
        }
    }

    /// What was delivered, or is about to be.
    pub fn delivery(&self) -> Option<&Delivery> {
        match &self.state {
            State::Pending { delivery, .. } => delivery.as_ref(),
            State::Ready(delivery) | State::Expired { delivery, .. } => Some(delivery),
            State::Failed { .. } | State::Cancelled(_) => None,
        }
    }

    /// What was delivered, while the export is READY.
    pub fn ready(&self, now: Timestamp) -> Option<&Delivery> {
        self.delivery()
            .filter(|_| self.status(now) == Status::Ready)
    }

    /// The file while it can be downloaded. A mail may arrive an instant before READY is recorded, so its link already
    /// works then.
    pub fn downloadable(&self, now: Timestamp) -> Option<&Delivery> {
        match &self.state {
            State::Pending { .. } | State::Ready(_) => {
                self.delivery().filter(|delivery| now < delivery.expires_at)
            }
            State::Failed { .. } | State::Cancelled(_) | State::Expired { .. } => None,
        }
    }

    /// The same request once more, by its requester: with these filters, columns, profile, compression and copies. That of
    /// a schedule is of the same period.
    pub fn again(&self, caller: &Caller, now: Timestamp, random: [u8; 10]) -> Self {
        Self {
            format: self.format.clone(),
            retry_of: Some(self.id.clone()),
            schedule: self.schedule.clone(),
            ..Self::request(
                caller,
                self.dataset(),
                self.cc.clone(),
                self.filters.clone(),
                now,
                random,
            )
        }
    }

    /// The requester first, then the carbon copies.
    pub fn recipients(&self) -> impl Iterator<Item = &EmailAddress> {
        std::iter::once(&self.requester_email).chain(&self.cc)
    }

    /// Whether this user requested it in this role. A user who was an operator and is a supplier now must not get the
    /// operator's files.
    pub fn is_launched_by(&self, caller: &Caller) -> bool {
        self.tenant_id == caller.tenant_id
            && self.requester_id == caller.user_id
            && self.scope == Scope::of(caller)
    }

    /// Whether a caller of this tenant sees it in lists and by its id.
    pub fn is_visible_to(&self, caller: &Caller) -> bool {
        match self.dataset().visibility {
            Visibility::Tenant => self.tenant_id == caller.tenant_id,
            Visibility::Requester => self.is_launched_by(caller),
        }
    }

    /// The role that decides which columns the file has.
    pub fn audience(&self) -> RoleName {
        match self.scope {
            Scope::Tenant => RoleName::Operator,
            Scope::Supplier(_) => RoleName::Supplier,
        }
    }

    /// The columns of its file, in order: those that were chosen, or all that the requester gets. One that the dataset has
    /// lost since the request is left out.
    pub fn columns(&self) -> Vec<&'static Column> {
        let all: Vec<_> = self.dataset().columns_for(self.audience()).collect();
        let Some(chosen) = &self.format.columns else {
            return all;
        };
        chosen
            .iter()
            .filter_map(|name| all.iter().copied().find(|column| column.name == *name))
            .collect()
    }

    pub fn profile(&self) -> Profile {
        self.format.profile.unwrap_or_default()
    }

    /// How its file is compressed. The file that there is counts before what was asked for: while a release is deployed, one
    /// that knows no compression may have made it.
    pub fn compression(&self) -> Compression {
        match self.delivery() {
            Some(delivery) => delivery.file.compression(),
            None => self.format.compression.unwrap_or_default(),
        }
    }

    /// The prefix of the keys of all its objects.
    pub fn folder(&self) -> String {
        format!(
            "exports/{}/{}/{}/",
            self.tenant_id,
            self.dataset().slug,
            self.id
        )
    }

    /// `funding-transfers-2026-11-20.csv`: what a browser saves the file as. A schedule's export has its period in it
    /// (`funding-transfers-2026-10.csv`), any other one the day of its request. A compressed one ends with `.csv.gz`.
    pub fn file_name(&self) -> String {
        self.file_name_as(self.compression())
    }

    /// The same for this file of it, which is known before the export says that there is one.
    pub fn file_name_of(&self, file: &File) -> String {
        self.file_name_as(file.compression())
    }

    fn file_name_as(&self, compression: Compression) -> String {
        let time = match &self.schedule {
            Some(run) => run.period.in_file_names(),
            None => super::time::to_day(self.created_at),
        };
        format!("{}-{time}.{}", self.dataset().slug, compression.extension())
    }
}

impl State {
    /// What a PENDING export is at.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            State::Pending {
                delivery: Some(_), ..
            } => Some(Stage::Sending),
            State::Pending { is_begun: true, .. } => Some(Stage::Making),
            State::Pending { .. } => Some(Stage::Queued),
            _ => None,
        }
    }
}

impl File {
    /// The key of the manifest beside it: for a compressed file the one that a release which knows no compression would keep,
    /// too, when it cleans up.
    pub fn manifest_key(&self) -> String {
        let stem = self.key.strip_suffix(".csv").unwrap_or(&self.key);
        format!("{stem}.manifest.json")
    }

    /// How it is compressed. Its key says so whichever release has written its record since.
    pub fn compression(&self) -> Compression {
        if self.key.ends_with(Compression::Gzip.extension()) {
            Compression::Gzip
        } else {
            Compression::None
        }
    }
}

impl Scope {
    pub fn of(caller: &Caller) -> Self {
        match caller.supplier_id() {
            Some(supplier_id) => Scope::Supplier(supplier_id.to_owned()),
            None => Scope::Tenant,
        }
    }
}

impl Delivery {
    /// A file that is ready now, in whole seconds, so that what readers are shown is exact.
    pub fn of(file: File, now: Timestamp, link_lifetime: SignedDuration) -> Self {
        let ready_at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self {
            file,
            ready_at,
            expires_at: ready_at + link_lifetime,
        }
    }

    /// How long a URL to the file may work: `most`, but never past the expiry. At least the second that is S3's
    /// shortest.
    pub fn url_lifetime(&self, now: Timestamp, most: SignedDuration) -> SignedDuration {
        let left = self.expires_at.duration_since(now).as_secs();
        SignedDuration::from_secs(left.max(1)).min(most)
    }
}

#[cfg(test)]
pub mod examples {
    //! Exports to test with.

    use super::*;
    use crate::domain::{caller::Role, dataset::FUNDING_TRANSFERS, filters::OneOf, time::parse};

    pub fn operator() -> Caller {
        Caller {
            tenant_id: "northwind-market".to_owned(),
            tenant_name: "Northwind Market".to_owned(),
            user_id: "usr-ana".to_owned(),
            email: EmailAddress::parse("ana@northwind.example").unwrap(),
            role: Role::Operator,
            permissions: vec![
                "funding-transfers:create".to_owned(),
                "funding-transfers:read".to_owned(),
            ],
        }
    }

    pub fn supplier() -> Caller {
        Caller {
            user_id: "usr-sam".to_owned(),
            email: EmailAddress::parse("sam@supplier.example").unwrap(),
            role: Role::Supplier {
                supplier_id: "SUP-1001".to_owned(),
            },
            ..operator()
        }
    }

    pub fn at(text: &str) -> Timestamp {
        parse(text).unwrap()
    }

    /// Filters of funding transfers, by their names.
    pub fn one_of(filters: &[(&str, &[&str])]) -> Vec<OneOf> {
        let filter = |(name, values): &(&str, &[&str])| OneOf {
            filter: FUNDING_TRANSFERS.filter(name).unwrap(),
            values: values.iter().map(ToString::to_string).collect(),
        };
        filters.iter().map(filter).collect()
    }

    pub fn pending() -> Export {
        Export::request(
            &operator(),
            &FUNDING_TRANSFERS,
            vec![EmailAddress::parse("finance@northwind.example").unwrap()],
            Filters::default(),
            at("2026-11-20T09:30:00.250Z"),
            [7; 10],
        )
    }

    pub fn delivery() -> Delivery {
        let file = File {
            key: "exports/1.csv".to_owned(),
            rows: 10_240,
            size: 1_572_864,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            totals: BTreeMap::from([
                ("EUR".to_owned(), "1234567.80".to_owned()),
                ("JPY".to_owned(), "-5400".to_owned()),
            ]),
            uncompressed: None,
            rows_not_in_totals: 0,
            ledger_complete_until: None,
            made_at: at("2026-11-20T09:30:04Z"),
        };
        Delivery::of(
            file,
            at("2026-11-20T09:30:05Z"),
            SignedDuration::from_hours(7 * 24),
        )
    }

    pub fn ready() -> Export {
        Export {
            state: State::Ready(delivery()),
            ..pending()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{examples::*, *};
    use crate::domain::{dataset::TRANSACTION_EVENTS, schedule::examples::daily};

    #[test]
    fn expires_to_the_second_whatever_is_stored() {
        let export = ready();
        assert_eq!(export.status(at("2026-11-27T09:30:04.999Z")), Status::Ready);
        assert_eq!(export.status(at("2026-11-27T09:30:05Z")), Status::Expired);
        assert!(
            export
                .downloadable(at("2026-11-27T09:30:04.999Z"))
                .is_some()
        );
        assert!(export.downloadable(at("2026-11-27T09:30:05Z")).is_none());
    }

    #[test]
    fn a_link_works_from_the_moment_that_its_mail_can_arrive() {
        let mut export = pending();
        let now = at("2026-11-20T09:30:06Z");
        assert!(export.downloadable(now).is_none());
        export.state = State::Pending {
            is_begun: true,
            rows_written: 10_240,
            waiting_for: None,
            delivery: Some(delivery()),
        };
        assert_eq!(export.state.stage(), Some(Stage::Sending));
        assert_eq!(export.status(now), Status::Pending);
        assert!(export.downloadable(now).is_some());
    }

    #[test]
    fn a_url_never_outlives_the_file() {
        let lifetime = |now| {
            delivery()
                .url_lifetime(at(now), SignedDuration::from_secs(60))
                .as_secs()
        };
        assert_eq!(lifetime("2026-11-20T09:31:00Z"), 60);
        assert_eq!(lifetime("2026-11-27T09:29:35.250Z"), 29);
        assert_eq!(lifetime("2026-11-27T09:30:04.900Z"), 1);
    }

    #[test]
    fn nothing_of_a_failed_or_cancelled_export_can_be_downloaded() {
        let now = at("2026-11-20T09:30:06Z");
        let failed = State::Failed {
            reason: "No.".to_owned(),
        };
        let cancelled = State::Cancelled(ByUser {
            user_id: "usr-ana".to_owned(),
            at: now,
        });
        for (state, status) in [(failed, Status::Failed), (cancelled, Status::Cancelled)] {
            let export = Export { state, ..pending() };
            assert_eq!(export.status(now), status);
            assert!(export.downloadable(now).is_none());
        }
    }

    #[test]
    fn a_retry_of_a_schedules_export_is_of_the_same_period() {
        let schedule = daily();
        let now = at("2026-11-21T08:00:00Z");
        let run = schedule.due(now).unwrap();
        let first = schedule.export(&operator(), &run, now, [1; 10]);
        let again = first.again(&operator(), now, [2; 10]);
        assert_eq!(again.file_name(), "funding-transfers-2026-11-20.csv");
        assert_eq!(again.schedule, first.schedule);
    }

    #[test]
    fn a_retry_asks_for_the_same_file_as_of_now() {
        let first = Export {
            format: FileFormat {
                columns: Some(vec!["amount".to_owned()]),
                ..FileFormat::default()
            },
            ..pending()
        };
        let now = at("2026-11-21T08:00:00Z");
        let again = first.again(&operator(), now, [1; 10]);
        assert_eq!(again.retry_of, Some(first.id.clone()));
        assert_ne!(again.id, first.id);
        assert_eq!(
            (again.created_at, again.state.stage()),
            (now, Some(Stage::Queued))
        );
        assert_eq!(
            (again.filters, again.format, again.cc, again.scope),
            (first.filters, first.format, first.cc, first.scope)
        );
    }

    #[test]
    fn a_file_has_the_name_of_what_it_is_whatever_was_asked_for() {
        let asked = |compression| Export {
            format: FileFormat {
                compression: Some(compression),
                ..FileFormat::default()
            },
            ..pending()
        };
        let (plain, compressed) = (asked(Compression::None), asked(Compression::Gzip));
        let [csv, gzip] = [
            "funding-transfers-2026-11-20.csv",
            "funding-transfers-2026-11-20.csv.gz",
        ];
        assert_eq!([plain.file_name(), compressed.file_name()], [csv, gzip]);

        let delivery = examples::delivery();
        let of_plain = delivery.file.clone();
        let of_compressed = File {
            key: "exports/1.csv.gz".to_owned(),
            uncompressed: Some(Content {
                size: 9_437_184,
                sha256: String::new(),
            }),
            ..of_plain.clone()
        };
        assert_eq!(compressed.file_name_of(&of_plain), csv);
        assert_eq!(compressed.file_name_of(&of_compressed), gzip);
        let keys = [&of_plain, &of_compressed].map(File::manifest_key);
        assert_eq!(
            keys,
            ["exports/1.manifest.json", "exports/1.csv.gz.manifest.json"]
        );
        let recorded_by_an_earlier_release = File {
            uncompressed: None,
            ..of_compressed.clone()
        };
        let name = compressed.file_name_of(&recorded_by_an_earlier_release);
        assert_eq!(name, gzip);
        let ready = Export {
            state: State::Ready(delivery),
            ..compressed
        };
        assert_eq!(ready.file_name(), csv, "an earlier release made it");
    }

    #[test]
    fn only_its_launcher_sees_an_export_of_funding_transfers() {
        let colleague = Caller {
            user_id: "usr-bo".to_owned(),
            ..operator()
        };
        let in_another_role = Caller {
            role: supplier().role,
            ..operator()
        };
        assert!(!pending().is_visible_to(&in_another_role));
        let namesake = Caller {
            tenant_id: "harbour-goods".to_owned(),
            ..operator()
        };
        assert!(pending().is_visible_to(&operator()));
        assert!(!pending().is_visible_to(&colleague));
        assert!(!pending().is_visible_to(&namesake));
    }

    #[test]
    fn a_suppliers_scope_is_fixed_by_the_request() {
        let export = Export::request(
            &supplier(),
            pending().dataset(),
            vec![],
            Filters::default(),
            at("2026-11-20T09:30:00Z"),
            [0; 10],
        );
        assert_eq!(export.scope, Scope::Supplier("SUP-1001".to_owned()));
        assert_eq!(export.audience(), RoleName::Supplier);
    }

    #[test]
    fn a_file_has_the_chosen_columns_in_their_order() {
        let names = |columns: Option<&[&str]>, scope: Scope| {
            let format = FileFormat {
                columns: columns.map(|names| names.iter().map(ToString::to_string).collect()),
                ..FileFormat::default()
            };
            let export = Export {
                id: ExportId::new(&TRANSACTION_EVENTS, at("2026-11-20T09:30:00Z"), [0; 10]),
                format,
                scope,
                ..pending()
            };
            let columns = export.columns().into_iter().map(|column| column.name);
            columns.collect::<Vec<_>>()
        };
        assert_eq!(
            names(Some(&["amount", "eventId"]), Scope::Tenant),
            ["amount", "eventId"]
        );
        assert_eq!(names(None, Scope::Tenant).len(), 19);
        // Whatever is stored, a supplier's file has no column of operators.
        let supplier = Scope::Supplier("SUP-1001".to_owned());
        let chosen = ["platformCommission", "eventId", "lost"];
        assert_eq!(names(Some(&chosen), supplier), ["eventId"]);
    }

    #[test]
    fn the_requester_is_the_first_recipient() {
        let recipients: Vec<_> = pending().recipients().map(ToString::to_string).collect();
        assert_eq!(
            recipients,
            ["ana@northwind.example", "finance@northwind.example"]
        );
        assert_eq!(pending().file_name(), "funding-transfers-2026-11-20.csv");
    }
}
