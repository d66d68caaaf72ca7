//! What the mail service tells of mails, and the addresses that are not written to again because of it.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};

use super::{
    AwsError, ExportsTable, from_item, key, lifecycle::update_part, sending::read_sending, to_item,
};
use crate::{
    domain::arrival::{Arrival, learn},
    items::{
        sending::{MESSAGE, MessageItem, message_partition, to_items},
        suppressed_address::SuppressedAddressItem,
    },
    logging,
};

/// How often a mail is read again because another event of it was recorded meanwhile.
const MOST_TRIES: usize = 10;

/// Something that the mail service told of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// SES's id of the mail.
    pub message_id: String,
    /// Of whom it is told.
    pub addresses: Vec<String>,
    pub arrival: Arrival,
}

/// What an event changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    Recorded,
    /// It was known, or something weightier.
    Nothing,
    /// No mail with this id is recorded.
    UnknownMail,
}

impl ExportsTable {
    /// Records what was told of a mail, and with it the addresses that are not written to again. Told twice, late or at the
    /// same time as something else of the mail, the same is known in the end.
    pub async fn record_arrival(&self, told: &Told) -> Result<Learned, AwsError> {
        let message = self
            .get(key(message_partition(&told.message_id), MESSAGE))
            .await?;
        let Some(message) = message else {
            return Ok(Learned::UnknownMail);
        };
        let message: MessageItem = from_item(message)?;
        logging::note_export(message.tenant_id(), &message.export_id()?);
        for _ in 0..MOST_TRIES {
            let (partition, sort) = message.sending_key()?;
            let Some(item) = self.get(key(partition.clone(), sort)).await? else {
                return Ok(Learned::UnknownMail);
            };
            let sending = read_sending(item)?;
            let known = &sending.arrivals;
            let arrivals = learn(known, &sending.recipients, &told.addresses, told.arrival);
            if arrivals == *known {
                return Ok(Learned::Nothing);
            }
            let update = Update::builder()
                .table_name(&self.name)
                .set_key(Some(key(partition, sort)))
                .update_expression("SET arrivals = :arrivals")
                .condition_expression(
                    "attribute_exists(messageId) AND (arrivals = :known OR attribute_not_exists(arrivals))",
                )
                .expression_attribute_values(":arrivals", to_attribute(&to_items(&arrivals))?)
                .expression_attribute_values(":known", to_attribute(&to_items(known))?);
            let mut parts = vec![update_part(update)?];
            for (address, arrival) in &arrivals {
                if arrival.state.suppresses() && known.get(address) != Some(arrival) {
                    parts.push(self.suppression(&message, address, *arrival)?);
                }
            }
            // It is refused if another event of this mail was recorded meanwhile.
            if self.write(parts).await?.is_ok() {
                return Ok(Learned::Recorded);
            }
        }
        Err(AwsError::unexpected(
            "TransactWriteItems",
            "the record of a mail keeps changing",
        ))
    }

    fn suppression(
        &self,
        message: &MessageItem,
        address: &str,
        arrival: Arrival,
    ) -> Result<TransactWriteItem, AwsError> {
        self.put(to_item(&SuppressedAddressItem::of(
            message.tenant_id(),
            address,
            arrival.state,
            arrival.at,
            &message.export_id()?,
        ))?)
    }
}

fn to_attribute(value: &impl serde::Serialize) -> Result<AttributeValue, AwsError> {
    serde_dynamo::to_attribute_value(value)
        .map_err(|error| AwsError::unexpected("writing an item", error))
}
