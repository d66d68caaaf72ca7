//! Download links, and the mails that carry them.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{
    AwsError, ExportsTable, from_item, key,
    lifecycle::{Superseded, update_part},
    number, text, to_item,
};
use crate::{
    domain::{
        audit::{Action, AuditEvent},
        export::{Delivery, Export, Sending, Status},
        id::ExportId,
        link::TokenHash,
    },
    items::{
        link::{LINK, LinkItem, link_partition},
        sending::SendingItem,
    },
    random,
};

impl ExportsTable {
    /// The export that a link of this token and id leads to, unless it is forgotten.
    pub async fn find_by_link(
        &self,
        token: &TokenHash,
        id: &ExportId,
        now: Timestamp,
    ) -> Result<Option<Export>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key(link_partition(token), LINK)))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        let link: LinkItem = from_item(item)?;
        if link.export_id()? != *id || link.is_forgotten(now) {
            return Ok(None);
        }
        self.find(link.tenant_id(), id).await
    }

    /// Admits one more sending of a READY export's email and records the link that it will carry; refused if the export
    /// is no longer READY, or another sending was admitted meanwhile.
    ///
    /// `resends` is what [`crate::domain::resend::admit`] says to remember.
    pub async fn admit_resend(
        &self,
        export: &Export,
        delivery: &Delivery,
        token: &TokenHash,
        resends: &[Timestamp],
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, AwsError> {
        let list = |times: &[Timestamp]| {
            AttributeValue::L(times.iter().map(|time| number(time.as_second())).collect())
        };
        let update = self
            .update(export)
            .update_expression("SET resends = :resends")
            .condition_expression(
                "#status = :ready AND expiresAt > :now AND (resends = :seen OR attribute_not_exists(resends))",
            )
            .expression_attribute_values(":resends", list(resends))
            .expression_attribute_values(":seen", list(&export.resends))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":ready", text(Status::Ready.to_string()));
        let link = to_item(&LinkItem::of(export, delivery, token))?;
        self.write(vec![update_part(update)?, self.put(link)?])
            .await
    }

    /// Records a mail that was accepted, and that this user has sent it.
    pub async fn record_sending(
        &self,
        export: &Export,
        delivery: &Delivery,
        sending: &Sending,
        user_id: &str,
    ) -> Result<(), AwsError> {
        let audit = AuditEvent::of(export, Action::EmailSent, sending.sent_at, random::bytes());
        let audit = audit.by(user_id).to(&sending.recipients);
        let sending = self.put(to_item(&SendingItem::of(export, delivery, sending))?)?;
        // Neither part has a condition that could be refused.
        let _ = self.write(vec![sending, self.audit(&audit)?]).await?;
        Ok(())
    }
}
