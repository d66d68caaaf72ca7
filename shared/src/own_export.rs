//! The export of a request to `/v1/exports/{exportId}` or below it. Only who launched an export may act on it.

use crate::{
    aws::exports::ExportsTable,
    domain::{caller::Act, export::Export},
    http::{Request, require},
    wire::problem::Problem,
};

/// The export that the request names. Refused unless its caller launched it, in this role, and may still create such
/// exports.
pub async fn find(exports: &ExportsTable, request: &Request) -> Result<Export, Problem> {
    let not_found = || Problem::NotFound("There is no such export.");
    let caller = request.caller()?;
    let id = request.export_id().ok_or_else(not_found)?;
    let export = exports
        .find(&caller.tenant_id, &id)
        .await?
        .ok_or_else(not_found)?;
    require(caller, Act::Create, export.dataset())?;
    if export.is_launched_by(caller) {
        Ok(export)
    } else {
        Err(Problem::Forbidden(
            "This export was launched by another user.",
        ))
    }
}

/// The export as it is after an act on it.
pub async fn now(exports: &ExportsTable, export: &Export) -> Result<Export, Problem> {
    exports
        .find(&export.tenant_id, &export.id)
        .await?
        .ok_or_else(|| Problem::internal("the export is gone"))
}
