//! Manages a tenant's webhooks.

mod route;
mod webhooks;

use shared::{
    aws::{self, Timeouts, webhook_queue::WebhookQueue, webhooks::WebhooksTable},
    config, http,
};
use webhooks::Webhooks;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let webhooks = Webhooks {
        table: WebhooksTable::new(
            &aws,
            config::webhooks_table()?,
            config::webhook_secrets_table()?,
        ),
        queue: WebhookQueue::new(&aws, config::webhook_queue_url()?),
        reach: config::webhook_reach()?,
    };
    http::serve(|request| webhooks.handle(request)).await
}
