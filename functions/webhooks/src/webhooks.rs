//! `/v1/webhooks` and what is below it.

use http::StatusCode;
use jiff::SignedDuration;
use shared::{
    aws::{
        webhook_queue::{Job, WebhookQueue},
        webhooks::{Creation, WebhooksTable},
    },
    domain::{
        caller::Caller,
        time,
        webhook::{
            Delivery, Owner, TEST_EVENT, Webhook,
            id::{DeliveryId, EventId, WebhookId},
            secret::Secret,
            target::Reach,
        },
    },
    http::{Answer, Request},
    random,
    wire::{
        problem::Problem,
        webhook::{DeliveryObject, DeliveryQuery, WebhookList, WebhookObject},
        webhook_event::test_body,
        webhook_request::{parse_change, parse_new, parse_rotation},
    },
};

use crate::route::Route;

const NO_WEBHOOK: Problem = Problem::NotFound("There is no such webhook.");

/// The clients and settings of this function.
pub struct Webhooks {
    pub table: WebhooksTable,
    pub queue: WebhookQueue,
    pub reach: Reach,
}

impl Webhooks {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        if !caller.may_manage_webhooks() {
            return Err(Problem::Forbidden("Your key may not manage webhooks."));
        }
        let route = Route::of(&request.method, &request.path).ok_or(NO_WEBHOOK)?;
        match route {
            Route::Register => self.register(&request, caller).await,
            Route::List => self.list(caller).await,
            Route::Show(id) => shown(StatusCode::OK, &self.find(caller, &id).await?),
            Route::Change(id) => self.change(&request, caller, &id).await,
            Route::Remove(id) => self.remove(caller, &id).await,
            Route::RotateSecret(id) => self.rotate_secret(&request, caller, &id).await,
            Route::Test(id) => self.test(caller, &id).await,
            Route::Deliveries(id) => self.deliveries(&request, caller, &id).await,
            Route::Resend(id, delivery) => self.resend(caller, &id, &delivery).await,
        }
    }

    async fn register(&self, request: &Request, caller: &Caller) -> Result<Answer, Problem> {
        let new = parse_new(request.json_body()?, self.reach).map_err(Problem::InvalidRequest)?;
        let now = time::now();
        let webhook = Webhook {
            id: WebhookId::new(now, random::bytes()),
            tenant_id: caller.tenant_id.clone(),
            tenant_name: caller.tenant_name.clone(),
            target: new.target,
            events: new.events,
            description: new.description,
            created_at: now,
            owner: Owner {
                user_id: caller.user_id.clone(),
                email: caller.email.clone(),
            },
            disabled: None,
            failing_since: None,
            is_notice_due: false,
        };
        let secret = Secret::new(random::bytes());
        match self.table.create(&webhook, &secret).await? {
            Creation::Created => Answer::json(
                StatusCode::CREATED,
                &WebhookObject::from(&webhook).with_secret(&secret),
            ),
            Creation::TooMany => Err(Problem::LimitReached(
                "A tenant has at most 20 webhooks. Remove one that is not needed any more.",
            )),
        }
    }

    async fn list(&self, caller: &Caller) -> Result<Answer, Problem> {
        let webhooks = self.table.all(&caller.tenant_id).await?;
        let items = webhooks.iter().map(WebhookObject::from).collect();
        Answer::json(StatusCode::OK, &WebhookList { items })
    }

    async fn change(
        &self,
        request: &Request,
        caller: &Caller,
        id: &WebhookId,
    ) -> Result<Answer, Problem> {
        let change =
            parse_change(request.json_body()?, self.reach).map_err(Problem::InvalidRequest)?;
        let changed = self
            .table
            .change(&caller.tenant_id, id, &change, time::now())
            .await?;
        shown(StatusCode::OK, &changed.ok_or(NO_WEBHOOK)?)
    }

    async fn remove(&self, caller: &Caller, id: &WebhookId) -> Result<Answer, Problem> {
        if self.table.remove(&caller.tenant_id, id).await? {
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        } else {
            Err(NO_WEBHOOK)
        }
    }

    async fn rotate_secret(
        &self,
        request: &Request,
        caller: &Caller,
        id: &WebhookId,
    ) -> Result<Answer, Problem> {
        let overlap = parse_rotation(request.json_body()?).map_err(Problem::InvalidRequest)?;
        let webhook = self.find(caller, id).await?;
        let secret = Secret::new(random::bytes());
        let until = time::now() + overlap;
        if !self.table.rotate(&webhook, &secret, until).await? {
            return Err(NO_WEBHOOK);
        }
        let shown = WebhookObject::from(&webhook).with_secret(&secret);
        Answer::json(StatusCode::OK, &shown.with_overlap(until))
    }

    async fn test(&self, caller: &Caller, id: &WebhookId) -> Result<Answer, Problem> {
        let webhook = self.find_enabled(caller, id).await?;
        let now = time::now();
        let event_id = EventId::new(now, random::bytes());
        let body = test_body(&event_id, &webhook.tenant_id, &webhook.id, now);
        let delivery = Delivery::new(&webhook, event_id, TEST_EVENT, body, now);
        self.table.add_delivery(&delivery).await?;
        self.send(&delivery).await
    }

    async fn deliveries(
        &self,
        request: &Request,
        caller: &Caller,
        id: &WebhookId,
    ) -> Result<Answer, Problem> {
        let query =
            DeliveryQuery::parse(&request.query, caller, id).map_err(Problem::InvalidRequest)?;
        let webhook = self.find(caller, id).await?;
        let (deliveries, has_more) = self
            .table
            .deliveries(
                &webhook.tenant_id,
                &webhook.id,
                query.behind.as_ref(),
                query.limit,
            )
            .await?;
        Answer::json(StatusCode::OK, &query.page(&deliveries, has_more))
    }

    async fn resend(
        &self,
        caller: &Caller,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<Answer, Problem> {
        let webhook = self.find_enabled(caller, id).await?;
        let delivery = self
            .table
            .begin_again(&webhook.tenant_id, &webhook.id, delivery, time::now())
            .await?
            .ok_or(Problem::NotFound("There is no such delivery."))?;
        self.send(&delivery).await
    }

    /// Has a delivery attempted at once. If its message cannot be sent, the caller learns of it and can send it again.
    async fn send(&self, delivery: &Delivery) -> Result<Answer, Problem> {
        let job = Job::of(delivery, delivery.attempted);
        self.queue.send(&job, SignedDuration::ZERO).await?;
        Answer::json(StatusCode::ACCEPTED, &DeliveryObject::from(delivery))
    }

    async fn find(&self, caller: &Caller, id: &WebhookId) -> Result<Webhook, Problem> {
        let found = self.table.find(&caller.tenant_id, id).await?;
        found.ok_or(NO_WEBHOOK)
    }

    async fn find_enabled(&self, caller: &Caller, id: &WebhookId) -> Result<Webhook, Problem> {
        let webhook = self.find(caller, id).await?;
        if webhook.disabled.is_some() {
            return Err(Problem::WebhookDisabled);
        }
        Ok(webhook)
    }
}

fn shown(status: StatusCode, webhook: &Webhook) -> Result<Answer, Problem> {
    Answer::json(status, &WebhookObject::from(webhook))
}
