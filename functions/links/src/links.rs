//! `GET /v1/exports/{exportId}/links` and `DELETE /v1/exports/{exportId}/links/{linkId}`.

use http::StatusCode;
use shared::{
    aws::exports::ExportsTable,
    domain::{
        caller::{Act, Caller},
        id::ExportId,
        link::LinkId,
        time,
    },
    http::{Answer, Request, require},
    own_export,
    wire::problem::Problem,
};

use crate::wire::{LinkList, LinkObject};

const NO_EXPORT: Problem = Problem::NotFound("There is no such export.");
const NO_LINK: Problem = Problem::NotFound("There is no such link.");

/// The client of this function.
pub struct Links {
    pub exports: ExportsTable,
}

impl Links {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        if request.method == "DELETE" {
            let (_, link_id) = request.link_id().ok_or(NO_LINK)?;
            self.revoke(&request, &link_id).await
        } else {
            let export_id = request.export_id().ok_or(NO_EXPORT)?;
            self.list(caller, &export_id).await
        }
    }

    /// Whoever may see the export sees its links.
    async fn list(&self, caller: &Caller, id: &ExportId) -> Result<Answer, Problem> {
        let found = self.exports.find(&caller.tenant_id, id).await?;
        let export = found.ok_or(NO_EXPORT)?;
        require(caller, Act::Read, export.dataset())?;
        if !export.is_visible_to(caller) {
            return Err(Problem::Forbidden(
                "This export was launched by another user.",
            ));
        }
        let links = self.exports.links(&export).await?;
        let items = links.iter().map(LinkObject::of).collect();
        Answer::json(StatusCode::OK, &LinkList { items })
    }

    /// Only who launched the export, and so may have its mail sent again, revokes its links. A link that was revoked before
    /// is answered in the same way.
    async fn revoke(&self, request: &Request, link_id: &LinkId) -> Result<Answer, Problem> {
        let export = own_export::find(&self.exports, request).await?;
        let user_id = &request.caller()?.user_id;
        let revoked = self
            .exports
            .revoke_link(&export, link_id, user_id, time::now());
        let link = revoked.await?.ok_or(NO_LINK)?;
        Answer::json(StatusCode::OK, &LinkObject::of(&link))
    }
}
