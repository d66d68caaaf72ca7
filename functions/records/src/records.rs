//! `GET /v1/payments/{dataset}`.

use std::time::Instant;

use futures::future::try_join_all;
use http::StatusCode;
use shared::{
    aws::{
        AwsError,
        ledger::{LedgerTable, Span, StoredRecord},
    },
    domain::{
        caller::Act,
        export::Export,
        time::{self, to_seconds},
    },
    http::{Answer, Request, require},
    items::ledger::{CREATED_AT, created_at_of},
    plan::Plan,
    wire::{
        problem::Problem,
        record_list::{RecordList, RecordObject},
        record_query::{self, Place},
    },
};

use crate::{budget::Budget, listing::Listing};

/// The clients of this function.
pub struct Records {
    pub ledger: LedgerTable,
}

/// A page of a list.
struct Found {
    records: Vec<StoredRecord>,
    /// The position that the next page begins behind. `None` on the last page.
    next: Option<String>,
    /// Whether the page is short although more records may follow.
    is_short: bool,
}

impl Records {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let started = Instant::now();
        let caller = request.caller()?;
        let dataset = request.dataset_of_records()?;
        require(caller, Act::Read, dataset)?;
        let (query, binding) = record_query::parse(&request.query, caller, dataset)
            .map_err(Problem::InvalidRequest)?;

        let now = time::now();
        let as_of = query
            .after
            .as_ref()
            .map_or(now, |place| place.as_of.min(now));
        // The list shows what an export of that moment would hold: it is asked for in the same way.
        let export = Export::request(caller, dataset, vec![], query.filters, as_of, [0; 10]);
        let plan = Plan::of(&export, &self.ledger).await?;
        let span = Span {
            order: query.order,
            ..plan.query.span()
        };
        let after = query.after.map(|place| place.position);
        let listing = Listing::new(plan.lanes.len(), span, after);
        let found = self
            .page(
                &plan,
                listing,
                query.limit,
                Budget::new(started, plan.lanes.len()),
            )
            .await?;

        let looked_through_to = found.next.as_deref().filter(|_| found.is_short);
        Answer::json(
            StatusCode::OK,
            &RecordList {
                looked_through_to: looked_through_to
                    .map(|position| created_at_of(position).to_owned()),
                next_cursor: found.next.map(|position| {
                    let place = Place { as_of, position };
                    binding.cursor(&place.to_text())
                }),
                items: found
                    .records
                    .into_iter()
                    .map(|record| object(record, &export))
                    .collect(),
            },
        )
    }

    async fn page(
        &self,
        plan: &Plan,
        mut listing: Listing,
        limit: usize,
        mut budget: Budget,
    ) -> Result<Found, AwsError> {
        // One more than the page shows, which tells whether there is a next page.
        let most = limit + 1;
        let mut records = Vec::with_capacity(most);
        loop {
            listing.drain(&mut records, most);
            let hungry = listing.hungry();
            if records.len() == most
                || hungry.is_empty()
                || !budget.allows(hungry.len(), Instant::now())
            {
                break;
            }
            let size = budget.limit(most - records.len(), hungry.len());
            let pages = hungry.into_iter().map(async |(lane, span)| {
                let page = self.ledger.page(&plan.lanes[lane], &plan.query, span, size);
                Ok::<_, AwsError>((lane, page.await?.records()?))
            });
            for (lane, page) in try_join_all(pages).await? {
                budget.note(page.scanned, page.records.len());
                listing.feed(lane, page);
            }
        }
        let is_full = records.len() == most;
        records.truncate(limit);
        let next = match records.last() {
            Some(last) if is_full => Some(last.position.clone()),
            _ => listing.looked_through_to().map(str::to_owned),
        };
        Ok(Found {
            is_short: !is_full,
            records,
            next,
        })
    }
}

/// The record's cells, as the file shows them before it quotes them.
fn object(mut record: StoredRecord, export: &Export) -> RecordObject {
    let cells = export.columns().into_iter().map(|column| {
        let value = record.values.remove(column.name);
        let cell = match value {
            Some(time) if column.name == CREATED_AT => {
                time::parse(&time).map(to_seconds).or(Some(time))
            }
            value => value.filter(|value| !value.is_empty()),
        };
        (column.name, cell)
    });
    RecordObject(cells.collect())
}
