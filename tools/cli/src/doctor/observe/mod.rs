//! Looks at AWS. It decides nothing: what could not be seen is noted beside what was.

mod functions;
mod mail;
mod messages;
mod stack;
mod stores;

use std::future::Future;

use aws_config::SdkConfig;
use futures::{StreamExt, stream};

use super::{
    checks::{
        alarms::Subscriptions,
        buckets::PublicAccessBlock,
        concurrency::Limit,
        history::Size,
        keys::KeyCount,
        mail::{Account, identities_of},
        mappings::Mapping,
        rules::Rule,
        time_to_live::TimeToLive,
    },
    look::{Look, Observed},
    stack::{Resource, Stack},
};

pub use stack::find;

/// Calls of one kind that are on their way at the same time.
const AT_ONCE: usize = 8;

/// All that was seen of a stack.
pub struct Facts {
    /// Of each identity that may be the sender's.
    pub identities: Vec<Look<bool>>,
    pub account: Look<Account>,
    pub limit: Look<Limit>,
    pub reserves: Vec<Observed<Option<i32>>>,
    pub mappings: Vec<Observed<Mapping>>,
    pub tables: Vec<Observed<TimeToLive>>,
    pub history: Vec<Observed<Size>>,
    pub keys: Option<Observed<KeyCount>>,
    pub rules: Vec<Observed<Rule>>,
    pub schedule_groups: Vec<Observed<String>>,
    pub topics: Vec<Observed<Subscriptions>>,
    pub buckets: Vec<Observed<PublicAccessBlock>>,
    pub dead_letters: Vec<Observed<u64>>,
}

/// Looks at everything. A call that fails hinders no other.
pub async fn all(config: &SdkConfig, stack: &Stack) -> Facts {
    let sender = stack.parameter("SenderEmail").unwrap_or_default();
    let (mail, functions, stores, messages) = (
        mail::Mail::new(config),
        functions::Functions::new(config),
        stores::Stores::new(config),
        messages::Messages::new(config),
    );
    let one_by_one = futures::join!(
        futures::future::join_all(
            identities_of(sender)
                .into_iter()
                .map(|identity| mail.identity(identity)),
        ),
        mail.account(),
        functions.limit(),
        stores.keys(stack.find("ApiKeysTable").cloned()),
    );
    Facts {
        identities: one_by_one.0,
        account: one_by_one.1,
        limit: one_by_one.2,
        keys: one_by_one.3,
        reserves: each(stack.all("AWS::Lambda::Function"), |one| {
            functions.reserve(one)
        })
        .await,
        mappings: each(stack.all("AWS::Lambda::EventSourceMapping"), |one| {
            functions.mapping(one)
        })
        .await,
        tables: each(stores::expiring(stack), |one| stores.time_to_live(one)).await,
        history: each(stores::history(stack), |one| stores.size(one)).await,
        buckets: each(stack.all("AWS::S3::Bucket"), |one| {
            stores.public_access(one)
        })
        .await,
        rules: each(stack.all("AWS::Events::Rule"), |one| {
            messages.rule(one, stack.all("AWS::Events::EventBus"))
        })
        .await,
        schedule_groups: each(stack.all("AWS::Scheduler::ScheduleGroup"), |one| {
            messages.schedule_group(one)
        })
        .await,
        topics: each(stack.all("AWS::SNS::Topic"), |one| {
            messages.subscriptions(one)
        })
        .await,
        dead_letters: each(messages::dead_letter_queues(stack), |one| {
            messages.count(one)
        })
        .await,
    }
}

/// What was seen of each resource, in their order.
async fn each<T, F: Future<Output = Look<T>>>(
    resources: Vec<Resource>,
    look: impl Fn(Resource) -> F,
) -> Vec<Observed<T>> {
    let looks = resources.into_iter().map(|resource| {
        let looked = look(resource.clone());
        async move {
            Observed {
                resource,
                look: looked.await,
            }
        }
    });
    stream::iter(looks).buffered(AT_ONCE).collect().await
}
