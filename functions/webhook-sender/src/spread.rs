//! Makes one delivery of an event for each endpoint that wants it.

use jiff::SignedDuration;
use shared::{
    aws::{AwsError, webhook_queue::Job},
    domain::{
        time,
        webhook::{Delivery, DeliveryState},
    },
    wire::webhook_event::WebhookEvent,
};
use tracing::info;

use crate::sender::Sender;

impl Sender {
    /// Records the deliveries and sends a message for each. An event that comes twice has the same deliveries; what an
    /// earlier try left undone is done.
    pub async fn spread(&self, event: &WebhookEvent) -> Result<(), AwsError> {
        let webhooks = self.table.all(&event.tenant_id).await?;
        let mut count = 0;
        for webhook in webhooks.iter().filter(|it| it.wants(event.event_type)) {
            let delivery = Delivery::new(
                webhook,
                event.id.clone(),
                event.event_type,
                event.body.clone(),
                time::now(),
            );
            let is_new = self.table.add_delivery(&delivery).await?;
            if is_new || self.is_untouched(&delivery).await? {
                let job = Job::of(&delivery, 0);
                self.queue.send(&job, SignedDuration::ZERO).await?;
                count += 1;
            }
        }
        info!(
            tenantId = event.tenant_id,
            eventId = %event.id,
            eventType = %event.event_type,
            deliveries = count,
            "spread"
        );
        Ok(())
    }

    /// Whether nothing was attempted yet for a delivery that was recorded before: then its message may never have been sent.
    /// A second message changes nothing, because an attempt is taken only once.
    async fn is_untouched(&self, delivery: &Delivery) -> Result<bool, AwsError> {
        let recorded = self
            .table
            .find_delivery(&delivery.tenant_id, &delivery.webhook_id, &delivery.id)
            .await?;
        Ok(recorded.is_some_and(|recorded| {
            recorded.state == DeliveryState::Pending && recorded.attempted == 0
        }))
    }
}
