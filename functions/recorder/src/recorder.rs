//! Writes the changes of a batch of messages.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Mutex,
    time::Duration,
};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures::{StreamExt, future::join_all, stream};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use shared::{
    aws::{
        AwsError,
        ledger::{BATCH, LedgerTable, Outcome, Written},
        ledger_dead_letters::LedgerDeadLetters,
        retry::with_back_off,
        tenants::Tenants,
    },
    domain::{
        change::{Change, Content},
        contacts::{Contact, Contacts},
        dataset::Dataset,
        received::Received,
        time,
    },
    metrics::{Metric, put_metrics},
};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, info, warn};

use crate::batch::{Group, Refusal, Work, group, read_all};

/// How many calls of 25 changes are on their way at the same time.
const BATCHES_IN_FLIGHT: usize = 4;

/// How long before the end of an invocation the last call is given up: time to wait until what was written counts.
const RESERVE: Duration = Duration::from_secs(10);

/// The clients of this function, and what it has learned of the ledger.
pub struct Recorder {
    ledger: LedgerTable,
    tenants: Tenants,
    dead_letters: LedgerDeadLetters,
    /// Numbers of shards by tenant and type. They never change.
    shards: Mutex<HashMap<(String, &'static str), u32>>,
}

/// What became of a batch of messages.
#[derive(Default)]
struct Totals {
    written: u64,
    unchanged: u64,
    refused: u64,
    /// The messages that must come back.
    failed: BTreeSet<usize>,
    counts_from: Option<Received>,
    latest_occurred_at: Option<Timestamp>,
}

impl Recorder {
    pub fn new(ledger: LedgerTable, tenants: Tenants, dead_letters: LedgerDeadLetters) -> Self {
        Self {
            ledger,
            tenants,
            dead_letters,
            shards: Mutex::default(),
        }
    }

    /// Writes the changes of all messages. A message is done when each of its changes is written or is in the
    /// dead-letter queue; one that is not done comes back, and what it has done already changes nothing then.
    pub async fn record(&self, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
        let left = event
            .context
            .deadline()
            .duration_since(std::time::SystemTime::now())
            .unwrap_or_default();
        let give_up_at = Instant::now() + left.saturating_sub(RESERVE);
        let messages = event.payload.records;
        let bodies = messages
            .iter()
            .map(|message| message.body.as_deref().unwrap_or_default());
        let (changes, mut refusals) = read_all(bodies);
        let mut totals = Totals::default();
        let known = self.known(changes, &mut refusals, &mut totals).await;
        let groups = group(known);
        for group in &groups {
            self.write(group, give_up_at, &mut totals).await;
        }
        self.refuse(refusals, &mut totals).await;
        // Whoever sees that the queue is empty and asks for an export finds everything in it.
        if let Some(received) = totals.counts_from {
            sleep(received.wait(time::now())).await;
        }
        info!(
            messages = messages.len(),
            written = totals.written,
            unchanged = totals.unchanged,
            refused = totals.refused,
            failedMessages = totals.failed.len(),
            "recorded"
        );
        totals.put_metrics();
        let mut response = SqsBatchResponse::default();
        for message in totals.failed {
            response.add_failure(messages[message].message_id.clone().unwrap_or_default());
        }
        Ok(response)
    }

    /// The changes whose tenants exist; the others are refused.
    async fn known(
        &self,
        changes: Vec<(usize, Change, &str)>,
        refusals: &mut Vec<Refusal>,
        totals: &mut Totals,
    ) -> Vec<(usize, Change)> {
        let mut known = Vec::with_capacity(changes.len());
        for (message, change, body) in changes {
            match self.tenants.exists(&change.tenant_id).await {
                Ok(true) => known.push((message, change)),
                Ok(false) => refusals.push(Refusal {
                    message,
                    body: body.to_owned(),
                    reason: "/tenantId is not the id of a tenant that exists".to_owned(),
                }),
                Err(cause) => {
                    error!(%cause, "the tenant of a change could not be looked up");
                    totals.failed.insert(message);
                }
            }
        }
        known
    }

    async fn write(&self, group: &Group, give_up_at: Instant, totals: &mut Totals) {
        let shards = match self.shards(&group.tenant_id, group.dataset).await {
            Ok(shards) => shards,
            Err(cause) => {
                error!(%cause, tenantId = group.tenant_id, "the ledger's layout could not be read");
                let messages = group.work.iter().flat_map(|work| &work.messages);
                totals.failed.extend(messages);
                return;
            }
        };
        let mut chunks = stream::iter(group.work.chunks(BATCH))
            .map(async |work| (work, self.write_chunk(shards, work, give_up_at).await))
            .buffer_unordered(BATCHES_IN_FLIGHT);
        let failed_before = totals.failed.len();
        while let Some((work, written)) = chunks.next().await {
            match written {
                Ok(written) => {
                    totals.counts_from = totals.counts_from.max(Some(written.counts_from));
                    for outcome in written.outcomes {
                        match outcome {
                            Outcome::Written => totals.written += 1,
                            Outcome::Unchanged => totals.unchanged += 1,
                        }
                    }
                }
                Err(cause) => {
                    error!(%cause, tenantId = group.tenant_id, "changes are not written yet");
                    let messages = work.iter().flat_map(|work| &work.messages);
                    totals.failed.extend(messages);
                }
            }
        }
        // A change that is missing may have happened earlier.
        if totals.failed.len() == failed_before {
            self.note_occurred(group, totals).await;
        }
    }

    /// Records how current the ledger is, for the manifests of exports. If that fails, a later batch does it.
    async fn note_occurred(&self, group: &Group, totals: &mut Totals) {
        let times = group.work.iter().filter_map(|work| work.change.occurred_at);
        let Some(latest) = times.max() else {
            return;
        };
        totals.latest_occurred_at = totals.latest_occurred_at.max(Some(latest));
        let noted = self
            .ledger
            .note_occurred(&group.tenant_id, group.dataset, latest);
        if let Err(cause) = noted.await {
            warn!(%cause, tenantId = group.tenant_id, "how current the ledger is was not recorded");
        }
    }

    /// Writes changes and what they say of contacts, for as long as a retry can help.
    async fn write_chunk(
        &self,
        shards: u32,
        work: &[Work],
        give_up_at: Instant,
    ) -> Result<Written, AwsError> {
        let changes: Vec<_> = work.iter().map(|work| &work.change).collect();
        let mut contacts = Contacts::default();
        for change in &changes {
            if let Content::Record(record) = &change.content
                && let Some(contact) = Contact::of(record)
            {
                contacts.note(contact);
            }
        }
        let write = async {
            let written = with_back_off(|| self.ledger.write(shards, &changes)).await?;
            for contact in contacts.iter() {
                let tenant_id = &changes[0].tenant_id;
                with_back_off(|| self.ledger.note_contact(tenant_id, contact)).await?;
            }
            Ok(written)
        };
        timeout_at(give_up_at, write)
            .await
            .unwrap_or_else(|_| Err(AwsError::late("writing changes")))
    }

    async fn shards(&self, tenant_id: &str, dataset: &'static Dataset) -> Result<u32, AwsError> {
        let known = || self.shards.lock().expect("no holder of the lock panics");
        let key = (tenant_id.to_owned(), dataset.export_type);
        if let Some(shards) = known().get(&key) {
            return Ok(*shards);
        }
        let settle = || self.ledger.settle_shards(tenant_id, dataset, None);
        let shards = settle().await?;
        known().insert(key, shards);
        Ok(shards)
    }

    /// Sends refused changes to the dead-letter queue, but for those of messages that come back with them.
    async fn refuse(&self, refusals: Vec<Refusal>, totals: &mut Totals) {
        let refused = refusals
            .iter()
            .filter(|refusal| !totals.failed.contains(&refusal.message))
            .map(async |refusal| {
                let sent = self.dead_letters.send(&refusal.body, &refusal.reason).await;
                (refusal.message, sent)
            });
        for (message, sent) in join_all(refused).await {
            match sent {
                Ok(()) => totals.refused += 1,
                Err(cause) => {
                    error!(%cause, "a refused change could not be sent to the dead-letter queue");
                    totals.failed.insert(message);
                }
            }
        }
    }
}

impl Totals {
    fn put_metrics(&self) {
        let mut metrics = vec![
            Metric::count("ChangesWritten", self.written),
            Metric::count("ChangesUnchanged", self.unchanged),
            Metric::count("ChangesRefused", self.refused),
        ];
        // How far the ledger is behind its source.
        if let Some(latest) = self.latest_occurred_at {
            let lag = time::now().duration_since(latest);
            metrics.push(Metric::milliseconds("FeedLag", lag));
        }
        put_metrics("recorder", &metrics);
    }
}
