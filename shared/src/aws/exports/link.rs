//! Download links.

use aws_sdk_dynamodb::types::{Update, builders::UpdateBuilder};
use jiff::Timestamp;

use super::{
    AwsError, ExportsTable, Item, Superseded, from_item, key, lifecycle::update_part, number, text,
};
use crate::{
    domain::{
        audit::{Action, AuditEvent},
        export::Export,
        id::ExportId,
        link::{Link, LinkId, TokenHash},
    },
    items::link::{
        LINK, LinkItem, LinkRecordItem, link_partition, link_record_sort, link_records_partition,
    },
    random,
};

/// Where a token leads.
#[derive(Debug)]
pub struct LinkedExport {
    pub export: Export,
    /// `None` for a link that was mailed before links had ids.
    pub link: Option<Link>,
}

/// A link was revoked: it leads nowhere any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Revoked;

impl ExportsTable {
    /// The export that a link of this token and id leads to, unless it is forgotten. Whether it was revoked is read
    /// consistently.
    pub async fn find_by_link(
        &self,
        token: &TokenHash,
        id: &ExportId,
        now: Timestamp,
    ) -> Result<Option<LinkedExport>, AwsError> {
        let Some(item) = self.get(key(link_partition(token), LINK)).await? else {
            return Ok(None);
        };
        let pointer: LinkItem = from_item(item)?;
        if pointer.export_id()? != *id || pointer.is_forgotten(now) {
            return Ok(None);
        }
        let link_id = pointer.link_id()?;
        let (export, link) = tokio::try_join!(self.find(pointer.tenant_id(), id), async {
            match &link_id {
                Some(link_id) => self.find_link(pointer.tenant_id(), id, link_id).await,
                None => Ok(None),
            }
        })?;
        Ok(export.map(|export| LinkedExport { export, link }))
    }

    /// All links of an export, the newest first.
    pub async fn links(&self, export: &Export) -> Result<Vec<Link>, AwsError> {
        let partition = link_records_partition(&export.tenant_id, &export.id);
        let items = self.newest_first(partition, &export.id, None).await?;
        items.into_iter().map(read_link).collect()
    }

    async fn find_link(
        &self,
        tenant_id: &str,
        export_id: &ExportId,
        link_id: &LinkId,
    ) -> Result<Option<Link>, AwsError> {
        let item = self.get(link_key(tenant_id, export_id, link_id)).await?;
        item.map(read_link).transpose()
    }

    /// Counts a use of a link. Refused if it was revoked: of a revocation and a use that race, one comes first.
    pub async fn use_link(
        &self,
        export: &Export,
        link_id: &LinkId,
        now: Timestamp,
    ) -> Result<Result<(), Revoked>, AwsError> {
        let update = self
            .link_update(export, link_id)
            .update_expression("SET lastUsedAt = :now ADD #uses :one")
            .condition_expression("attribute_exists(linkId) AND attribute_not_exists(revokedAt)")
            .expression_attribute_names("#uses", "uses")
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":one", number(1));
        Ok(self.change(update).await?.map_err(|Superseded| Revoked))
    }

    /// Revokes a link at a user's request and returns it. One that was revoked before stays revoked from then on. `None` if
    /// the export has no such link.
    pub async fn revoke_link(
        &self,
        export: &Export,
        link_id: &LinkId,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Option<Link>, AwsError> {
        let update = self
            .link_update(export, link_id)
            .update_expression("SET revokedAt = :now")
            .condition_expression("attribute_exists(linkId) AND attribute_not_exists(revokedAt)")
            .expression_attribute_values(":now", text(now.to_string()));
        let audit = AuditEvent::of(export, Action::LinkRevoked, now, random::bytes());
        let audit = audit.by(user_id).with_link(link_id);
        // This is refused if it was revoked before, or if there is none.
        let _ = self
            .write(vec![update_part(update)?, self.audit(&audit)?])
            .await?;
        self.find_link(&export.tenant_id, &export.id, link_id).await
    }

    pub(super) fn link_update(&self, export: &Export, link_id: &LinkId) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(link_key(&export.tenant_id, &export.id, link_id)))
    }
}

fn link_key(tenant_id: &str, export_id: &ExportId, link_id: &LinkId) -> Item {
    key(
        link_records_partition(tenant_id, export_id),
        link_record_sort(export_id, link_id),
    )
}

fn read_link(item: Item) -> Result<Link, AwsError> {
    Ok(Link::try_from(from_item::<LinkRecordItem>(item)?)?)
}
