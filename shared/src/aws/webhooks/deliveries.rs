//! Deliveries: each change is one conditional write on how many attempts there were.

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue},
};
use jiff::Timestamp;

use super::{AwsError, Item, WebhooksTable, endpoints::is_refused, key, number, text};
use crate::{
    aws::exports::{from_item, to_item},
    domain::webhook::{
        Delivery, DeliveryState, LEASE,
        id::{DeliveryId, WebhookId},
    },
    items::webhook_delivery::{AttemptItem, DeliveryItem, deliveries_partition},
    random,
};

impl WebhooksTable {
    /// Records a delivery, unless its event has one already. Says whether it is new.
    pub async fn add_delivery(&self, delivery: &Delivery) -> Result<bool, AwsError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(to_item(&DeliveryItem::of(delivery))?))
            .condition_expression("attribute_not_exists(#partition)")
            .expression_attribute_names("#partition", "partition")
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(AwsError::new("PutItem")(error)),
        }
    }

    /// The delivery as it is now.
    pub async fn find_delivery(
        &self,
        tenant_id: &str,
        webhook: &WebhookId,
        id: &DeliveryId,
    ) -> Result<Option<Delivery>, AwsError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(delivery_key(tenant_id, webhook, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(AwsError::new("GetItem"))?;
        answer.item.map(read).transpose()
    }

    /// An endpoint's deliveries, those of the newest events first, from behind a place on; and whether more follow.
    pub async fn deliveries(
        &self,
        tenant_id: &str,
        webhook: &WebhookId,
        behind: Option<&DeliveryId>,
        limit: usize,
    ) -> Result<(Vec<Delivery>, bool), AwsError> {
        let wanted = limit + 1;
        let mut found = Vec::with_capacity(wanted);
        let mut start = behind.map(|id| delivery_key(tenant_id, webhook, id));
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .consistent_read(true)
                .scan_index_forward(false)
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .key_condition_expression("#partition = :partition")
                .expression_attribute_names("#partition", "partition")
                .expression_attribute_values(
                    ":partition",
                    text(deliveries_partition(tenant_id, webhook)),
                )
                .send()
                .await
                .map_err(AwsError::new("Query"))?;
            for item in answer.items.unwrap_or_default() {
                found.push(read(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() || found.len() >= wanted {
                let has_more = found.len() > limit;
                found.truncate(limit);
                return Ok((found, has_more));
            }
        }
    }

    /// Takes a delivery's next attempt. `false` if another process has it, or it is not the next one any more.
    ///
    /// The claim has a name of its own, because the SDK repeats a call whose answer was lost. Without it, the lease of the
    /// first call would refuse the second one, and nobody would make the attempt.
    pub async fn claim(&self, delivery: &Delivery, now: Timestamp) -> Result<bool, AwsError> {
        let name = hex::encode(random::bytes::<16>());
        let claim = self
            .update_pending(delivery)
            .update_expression("SET leaseUntil = :until, claim = :claim")
            .condition_expression(
                "#state = :pending AND attempted = :attempted AND \
                 (attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR claim = :claim)",
            )
            .expression_attribute_values(":claim", text(name))
            .expression_attribute_values(":until", number((now + LEASE).as_millisecond()))
            .expression_attribute_values(":now", number(now.as_millisecond()));
        has_changed(claim).await
    }

    /// Records what came of a delivery's attempts: state, attempts and when the next one is due. `before` is the delivery as
    /// it was. `false` if something else was recorded meanwhile.
    pub async fn record(&self, before: &Delivery, after: &Delivery) -> Result<bool, AwsError> {
        let attempts: Vec<_> = after.attempts.iter().map(AttemptItem::of).collect();
        let attempts: AttributeValue = serde_dynamo::to_attribute_value(attempts)
            .map_err(|error| AwsError::unexpected("writing an item", error))?;
        let (next, remove) = match after.next_attempt_at {
            Some(_) => (", nextAttemptAt = :next", "leaseUntil, claim"),
            None => ("", "leaseUntil, claim, nextAttemptAt"),
        };
        let mut record = self
            .update_pending(before)
            .update_expression(format!(
                "SET #state = :state, attempts = :attempts, attempted = :after{next} REMOVE {remove}"
            ))
            .condition_expression("#state = :pending AND attempted = :attempted")
            .expression_attribute_values(":state", text(after.state))
            .expression_attribute_values(":attempts", attempts)
            .expression_attribute_values(":after", number(after.attempted));
        if let Some(next) = after.next_attempt_at {
            record = record.expression_attribute_values(":next", text(next));
        }
        has_changed(record).await
    }

    /// Lets a delivery be sent again at once, and then with all its attempts again. `None` if there is none.
    pub async fn begin_again(
        &self,
        tenant_id: &str,
        webhook: &WebhookId,
        id: &DeliveryId,
        now: Timestamp,
    ) -> Result<Option<Delivery>, AwsError> {
        let begun = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(delivery_key(tenant_id, webhook, id)))
            .update_expression(
                "SET #state = :pending, nextAttemptAt = :now, earlierAttempts = attempted",
            )
            .condition_expression("attribute_exists(#state)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", text(DeliveryState::Pending))
            .expression_attribute_values(":now", text(now))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match begun {
            Ok(answer) => answer.attributes.map(read).transpose(),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(AwsError::new("UpdateItem")(error)),
        }
    }

    /// An update of a delivery that is PENDING and has had as many attempts.
    fn update_pending(&self, delivery: &Delivery) -> UpdateItemFluentBuilder {
        let key = delivery_key(&delivery.tenant_id, &delivery.webhook_id, &delivery.id);
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", text(DeliveryState::Pending))
            .expression_attribute_values(":attempted", number(delivery.attempted))
    }
}

fn delivery_key(tenant_id: &str, webhook: &WebhookId, id: &DeliveryId) -> Item {
    key(deliveries_partition(tenant_id, webhook), id.as_str())
}

fn read(item: Item) -> Result<Delivery, AwsError> {
    Ok(Delivery::try_from(from_item::<DeliveryItem>(item)?)?)
}

async fn has_changed(update: UpdateItemFluentBuilder) -> Result<bool, AwsError> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error) if is_refused(&error) => Ok(false),
        Err(error) => Err(AwsError::new("UpdateItem")(error)),
    }
}
