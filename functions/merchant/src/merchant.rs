//! The three operations. They do the same as the operator API's, in the words of this API.

use std::collections::BTreeSet;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use shared::{
    acceptance::Acceptance,
    aws::{exports::Creation, files::ExportFiles, ledger::LedgerTable},
    domain::{
        caller::{Act, Caller},
        dataset::PAYOUTS_BY_CONTACT,
        download::Downloader,
        export::Export,
        filters::{Contact, Filters},
        history::HistoryQuery,
        id::ExportId,
        order::Order,
        time,
    },
    downloads,
    http::{Answer, Request, require},
    random,
    wire::problem::Problem,
};

use crate::{
    arguments::{self, ListArguments, Position},
    refusal,
    route::Route,
    wire::{ExportObject, Page, PageBody},
};

/// How long a `download_url` works.
const DOWNLOAD_URL_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The clients and settings of the operations.
pub struct Merchant {
    pub acceptance: Acceptance,
    pub ledger: LedgerTable,
    pub files: ExportFiles,
}

impl Merchant {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        match Route::of(&request.method, &request.path) {
            Route::Request => self.request(caller, request.json_body()?).await,
            Route::Find => self.find(caller, &request).await,
            Route::List => self.list(caller, request.json_body()?).await,
            Route::BadVersion => Ok(refusal::bad_version()),
            Route::Unknown => Ok(refusal::unknown_endpoint()),
        }
    }

    async fn request(&self, caller: &Caller, body: &[u8]) -> Result<Answer, Problem> {
        require(caller, Act::Create, &PAYOUTS_BY_CONTACT)?;
        let named = arguments::request(body)
            .map_err(Problem::InvalidRequest)?
            .contact_id;
        let id = self
            .ledger
            .find_contact(&caller.tenant_id, &named)
            .await?
            .ok_or(Problem::NotFound(
                "No contact found with the provided contact_id.",
            ))?;
        let filters = Filters {
            contact: Some(Contact { id, named }),
            ..Filters::default()
        };
        let now = time::now();
        let export = Export::request(
            caller,
            &PAYOUTS_BY_CONTACT,
            vec![],
            filters,
            now,
            random::bytes(),
        );
        match self.acceptance.accept(&export, None).await? {
            Creation::Created => {
                Answer::json(StatusCode::OK, &ExportObject::of(&export, now, None))
            }
            Creation::Blocked(id) | Creation::Repeated(id) => {
                Err(Problem::ExportAlreadyPending(id))
            }
            Creation::KeyReused => Err(Problem::IdempotencyKeyReused),
        }
    }

    async fn find(&self, caller: &Caller, request: &Request) -> Result<Answer, Problem> {
        let body = request.json_body()?;
        require(caller, Act::Read, &PAYOUTS_BY_CONTACT)?;
        let not_found = || Problem::NotFound("No export found with the provided export_id.");
        let text = arguments::find(body).map_err(Problem::InvalidRequest)?;
        let id: ExportId = text.parse().map_err(|_| not_found())?;
        let export = self
            .acceptance
            .exports
            .find(&caller.tenant_id, &id)
            .await?
            .ok_or_else(not_found)?;
        if *export.dataset() != PAYOUTS_BY_CONTACT {
            return Err(not_found());
        }
        let now = time::now();
        let object = self.object(&export, now).await?;
        if export.ready(now).is_some() {
            // A list hands out URLs, too, but to look at a list is not to download each of its files.
            let by = Downloader::User(caller.user_id.clone());
            let exports = &self.acceptance.exports;
            downloads::note(exports, &export, by, request.origin(), now).await;
        }
        Answer::json(StatusCode::OK, &object)
    }

    async fn list(&self, caller: &Caller, body: &[u8]) -> Result<Answer, Problem> {
        require(caller, Act::Read, &PAYOUTS_BY_CONTACT)?;
        let arguments = arguments::list(body).map_err(Problem::InvalidRequest)?;
        let now = time::now();
        let query = history_query(&arguments);
        let found = self
            .acceptance
            .exports
            .history(&caller.tenant_id, &PAYOUTS_BY_CONTACT, None, &query, now)
            .await?;
        let mut exports = found.items;
        if query.order == Order::OldestFirst {
            exports.reverse();
        }
        let (next, previous) = neighbours(&arguments, &exports, found.has_more);
        let mut page = Vec::with_capacity(exports.len());
        for export in &exports {
            page.push(self.object(export, now).await?);
        }
        Answer::json(
            StatusCode::OK,
            &Page {
                page,
                next,
                previous,
            },
        )
    }

    async fn object(&self, export: &Export, now: Timestamp) -> Result<ExportObject, Problem> {
        let url = match export.ready(now) {
            Some(delivery) => {
                let (url, _) = self
                    .files
                    .download_url(export, delivery, now, DOWNLOAD_URL_LIFETIME)
                    .await?;
                Some(url)
            }
            None => None,
        };
        Ok(ExportObject::of(export, now, url))
    }
}

/// A page before an export is read away from it, oldest first, so that it is the page next to it.
fn history_query(arguments: &ListArguments) -> HistoryQuery {
    let (order, after) = match &arguments.position {
        Position::First => (Order::NewestFirst, None),
        Position::After(id) => (Order::NewestFirst, Some(id.clone())),
        Position::Before(id) => (Order::OldestFirst, Some(id.clone())),
    };
    HistoryQuery {
        statuses: BTreeSet::new(),
        created_at_from: None,
        created_at_to: None,
        order,
        limit: arguments.per_page,
        after,
    }
}

/// The bodies for the pages behind and before this one, whose exports are the newest first.
fn neighbours(
    arguments: &ListArguments,
    exports: &[Export],
    has_more: bool,
) -> (Option<PageBody>, Option<PageBody>) {
    let (Some(first), Some(last)) = (exports.first(), exports.last()) else {
        return (None, None);
    };
    let (has_older, has_newer) = match arguments.position {
        Position::First => (has_more, false),
        Position::After(_) => (has_more, true),
        Position::Before(_) => (true, has_more),
    };
    (
        has_older.then(|| PageBody::after(arguments.per_page, &last.id)),
        has_newer.then(|| PageBody::before(arguments.per_page, &first.id)),
    )
}
