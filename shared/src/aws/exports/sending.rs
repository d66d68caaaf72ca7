//! Mails about exports, each with a link of its own.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use jiff::Timestamp;

use super::{
    AwsError, ExportsTable, Item, from_item,
    lifecycle::{Superseded, update_part},
    number, text, to_item,
};
use crate::{
    domain::{
        audit::{Action, AuditEvent},
        export::{Delivery, Export, Status},
        link::NewLink,
        sending::Sending,
    },
    items::{
        link::{LinkItem, LinkRecordItem},
        sending::{MessageItem, SendingItem, sendings_partition},
    },
    random,
};

/// The most mails about an export that are shown.
const MOST_SHOWN: i32 = 100;

impl ExportsTable {
    /// Admits one more sending of a READY export's email and records the link that it will carry; refused if the export
    /// is no longer READY, or another sending was admitted meanwhile.
    ///
    /// `resends` is what [`crate::domain::resend::admit`] says to remember.
    pub async fn admit_resend(
        &self,
        export: &Export,
        delivery: &Delivery,
        link: &NewLink,
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
        let mut parts = vec![update_part(update)?];
        parts.extend(self.new_link_parts(export, delivery, link)?);
        self.write(parts).await
    }

    /// Records a mail that was accepted, and that this user has sent it.
    pub async fn record_sending(
        &self,
        export: &Export,
        sending: &Sending,
        user_id: &str,
    ) -> Result<(), AwsError> {
        let audit = AuditEvent::of(export, Action::EmailSent, sending.sent_at, random::bytes());
        let mut parts = self.sending_parts(export, sending)?;
        parts.push(self.audit(&audit.by(user_id).to(&sending.recipients))?);
        // None of the parts has a condition that could be refused.
        let _ = self.write(parts).await?;
        Ok(())
    }

    /// The parts of a transaction that record a link, so that it works when its mail arrives.
    pub(super) fn new_link_parts(
        &self,
        export: &Export,
        delivery: &Delivery,
        link: &NewLink,
    ) -> Result<Vec<TransactWriteItem>, AwsError> {
        Ok(vec![
            self.put(to_item(&LinkItem::of(export, delivery, link))?)?,
            self.put(to_item(&LinkRecordItem::of(export, link))?)?,
        ])
    }

    /// The parts of a transaction that record a mail, and with its link that it was sent.
    pub(super) fn sending_parts(
        &self,
        export: &Export,
        sending: &Sending,
    ) -> Result<Vec<TransactWriteItem>, AwsError> {
        let mut parts = vec![self.put(to_item(&SendingItem::of(export, sending))?)?];
        if let Some(message) = MessageItem::of(export, sending) {
            parts.push(self.put(to_item(&message)?)?);
        }
        if let (Some(link_id), Some(message_id)) = (&sending.link_id, &sending.message_id) {
            let link = self
                .link_update(export, link_id)
                .update_expression("SET messageId = :messageId")
                .expression_attribute_values(":messageId", text(message_id));
            parts.push(update_part(link)?);
        }
        Ok(parts)
    }

    /// The latest mails about an export, the newest first, 100 at most.
    pub async fn sendings(&self, export: &Export) -> Result<Vec<Sending>, AwsError> {
        let partition = sendings_partition(&export.tenant_id, &export.id);
        let items = self
            .newest_first(partition, &export.id, Some(MOST_SHOWN))
            .await?;
        let mut sendings = items
            .into_iter()
            .map(read_sending)
            .collect::<Result<Vec<_>, _>>()?;
        sendings.sort_by_key(|sending| std::cmp::Reverse(sending.sent_at));
        Ok(sendings)
    }
}

pub(super) fn read_sending(item: Item) -> Result<Sending, AwsError> {
    Ok(Sending::try_from(from_item::<SendingItem>(item)?)?)
}
