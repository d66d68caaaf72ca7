//! `GET /v1/payments/{dataset}/export`.

use http::StatusCode;
use shared::{
    aws::exports::ExportsTable,
    domain::{caller::Act, dataset::Visibility, export::Scope, time},
    http::{Answer, Request, require},
    items::export::requester,
    wire::{
        export::{ExportList, ExportObject},
        history_query,
        problem::Problem,
    },
};

/// The clients of this function.
pub struct List {
    pub exports: ExportsTable,
}

impl List {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        let (dataset, _) = request.dataset()?;
        require(caller, Act::Read, dataset)?;
        let (query, binding) = history_query::parse(&request.query, caller, dataset)
            .map_err(Problem::InvalidRequest)?;
        let requester = match dataset.visibility {
            Visibility::Tenant => None,
            Visibility::Requester => Some(requester(&caller.user_id, &Scope::of(caller))),
        };
        let now = time::now();
        let page = self
            .exports
            .history(
                &caller.tenant_id,
                dataset,
                requester.as_deref(),
                &query,
                now,
            )
            .await?;
        let last = page.items.last().filter(|_| page.has_more);
        Answer::json(
            StatusCode::OK,
            &ExportList {
                next_cursor: last.map(|export| binding.cursor(export.id.as_str())),
                items: page
                    .items
                    .iter()
                    .map(|export| ExportObject::of(export, now))
                    .collect(),
            },
        )
    }
}
