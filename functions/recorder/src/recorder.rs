//! Writes the changes of a batch of messages.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Mutex,
    time::Duration,
};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures::{StreamExt, stream};
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
    logging::MessageOfChanges,
    metrics::{Metric, put_metrics},
};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, warn};

use crate::batch::{Found, Group, Refusal, Work, as_it_came, group, read_all};

/// How many calls of 25 changes are on their way at the same time.
const BATCHES_IN_FLIGHT: usize = 4;

/// How many refused changes are on their way to the dead-letter queue at the same time.
const REFUSALS_IN_FLIGHT: usize = 16;

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
        let bodies: Vec<_> = messages
            .iter()
            .map(|message| message.body.as_deref().unwrap_or_default())
            .collect();
        let started = std::time::Instant::now();
        let (changes, mut refusals) = read_all(&bodies);
        let mut ends = ends(bodies.len(), &changes, &refusals);
        let mut totals = Totals::default();
        let known = self
            .known(changes, &bodies, give_up_at, &mut refusals, &mut totals)
            .await;
        for refusal in &refusals {
            ends[refusal.message].refused += 1;
        }
        let groups = group(known);
        for group in &groups {
            self.write(group, give_up_at, &mut totals).await;
        }
        self.refuse(refusals, give_up_at, &mut totals).await;
        // Whoever sees that the queue is empty and asks for an export finds everything in it.
        if let Some(received) = totals.counts_from {
            sleep(received.wait(time::now())).await;
        }
        totals.put_metrics();
        let mut response = SqsBatchResponse::default();
        for (index, (message, mut end)) in messages.into_iter().zip(ends).enumerate() {
            end.comes_back = totals.failed.contains(&index);
            end.log(message.message_id.as_deref(), started);
            if end.comes_back {
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    /// The changes whose tenants exist; the others are refused.
    async fn known(
        &self,
        changes: Vec<Found>,
        bodies: &[&str],
        give_up_at: Instant,
        refusals: &mut Vec<Refusal>,
        totals: &mut Totals,
    ) -> Vec<(usize, Change)> {
        let mut tenants: foldhash::HashMap<String, Option<bool>> = foldhash::HashMap::default();
        let mut known = Vec::with_capacity(changes.len());
        for found in changes {
            let (message, change) = (found.message, found.change);
            let exists = match tenants.get(&change.tenant_id) {
                Some(exists) => *exists,
                None => {
                    let exists = self.tenant_exists(&change.tenant_id, give_up_at).await;
                    tenants.insert(change.tenant_id.clone(), exists);
                    exists
                }
            };
            match exists {
                Some(true) => known.push((message, change)),
                Some(false) => refusals.push(Refusal {
                    message,
                    body: as_it_came(bodies[message], found.place).to_owned(),
                    reason: "/tenantId is not the id of a tenant that exists".to_owned(),
                }),
                None => {
                    totals.failed.insert(message);
                }
            }
        }
        known
    }

    /// Whether a tenant exists; `None` if that could not be found out.
    async fn tenant_exists(&self, tenant_id: &str, give_up_at: Instant) -> Option<bool> {
        in_time(give_up_at, self.tenants.exists(tenant_id))
            .await
            .inspect_err(|cause| error!(%cause, "the tenant of a change could not be looked up"))
            .ok()
    }

    async fn write(&self, group: &Group, give_up_at: Instant, totals: &mut Totals) {
        let shards = self.shards(&group.tenant_id, group.dataset);
        let shards = match in_time(give_up_at, shards).await {
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
        let mut counts_from = None;
        let mut has_failed = false;
        while let Some((work, written)) = chunks.next().await {
            match written {
                Ok(written) => {
                    counts_from = counts_from.max(Some(written.counts_from));
                    for outcome in written.outcomes {
                        match outcome {
                            Outcome::Written => totals.written += 1,
                            Outcome::Unchanged => totals.unchanged += 1,
                        }
                    }
                }
                Err(cause) => {
                    error!(%cause, tenantId = group.tenant_id, "changes are not written yet");
                    has_failed = true;
                    let messages = work.iter().flat_map(|work| &work.messages);
                    totals.failed.extend(messages);
                }
            }
        }
        totals.counts_from = totals.counts_from.max(counts_from);
        // A change that is missing may have happened earlier.
        if let Some(counts_from) = counts_from
            && !has_failed
        {
            self.note_occurred(group, counts_from, give_up_at, totals)
                .await;
        }
    }

    /// Records up to when the ledger is complete from that second on, for the manifests of exports. If that fails, a later
    /// batch does it.
    async fn note_occurred(
        &self,
        group: &Group,
        counts_from: Received,
        give_up_at: Instant,
        totals: &mut Totals,
    ) {
        let times = group.work.iter().filter_map(|work| work.change.occurred_at);
        let Some(latest) = times.max() else {
            return;
        };
        totals.latest_occurred_at = totals.latest_occurred_at.max(Some(latest));
        let noted = self
            .ledger
            .note_occurred(&group.tenant_id, group.dataset, latest, counts_from);
        if let Err(cause) = in_time(give_up_at, noted).await {
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
        let write = async {
            let written = with_back_off(|| self.ledger.write(shards, &changes)).await?;
            for (contact, outcome) in contacts(&changes, &written) {
                let tenant_id = &changes[0].tenant_id;
                with_back_off(|| self.ledger.note_contact(tenant_id, &contact, outcome)).await?;
            }
            Ok(written)
        };
        in_time(give_up_at, write).await
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
    async fn refuse(&self, refusals: Vec<Refusal>, give_up_at: Instant, totals: &mut Totals) {
        let refused: Vec<_> = refusals
            .iter()
            .filter(|refusal| !totals.failed.contains(&refusal.message))
            .collect();
        let mut sent = stream::iter(refused)
            .map(async |refusal| {
                let send = self.dead_letters.send(&refusal.body, &refusal.reason);
                (refusal.message, in_time(give_up_at, send).await)
            })
            .buffer_unordered(REFUSALS_IN_FLIGHT);
        while let Some((message, sent)) = sent.next().await {
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

/// What is known of each message once it is read.
fn ends(messages: usize, changes: &[Found], refusals: &[Refusal]) -> Vec<MessageOfChanges> {
    let mut ends: Vec<_> = (0..messages).map(|_| MessageOfChanges::default()).collect();
    let mut is_of_several = vec![false; messages];
    for found in changes {
        let end = &mut ends[found.message];
        end.changes += 1;
        let tenant_id = &found.change.tenant_id;
        is_of_several[found.message] |=
            *end.tenant_id.get_or_insert_with(|| tenant_id.clone()) != *tenant_id;
    }
    for refusal in refusals {
        ends[refusal.message].changes += 1;
    }
    for (end, is_of_several) in ends.iter_mut().zip(is_of_several) {
        if is_of_several {
            end.tenant_id = None;
        }
    }
    ends
}

/// What a call answers, unless the invocation is nearly over.
async fn in_time<T>(
    give_up_at: Instant,
    call: impl Future<Output = Result<T, AwsError>>,
) -> Result<T, AwsError> {
    timeout_at(give_up_at, call)
        .await
        .unwrap_or_else(|_| Err(AwsError::late("recording changes")))
}

/// The contacts of records, by what became of the records: those of new versions replace what is known.
fn contacts(changes: &[&Change], written: &Written) -> Vec<(Contact, Outcome)> {
    [Outcome::Unchanged, Outcome::Written]
        .into_iter()
        .flat_map(|wanted| {
            let mut contacts = Contacts::default();
            for (change, outcome) in changes.iter().zip(&written.outcomes) {
                if let Content::Record(record) = &change.content
                    && *outcome == wanted
                    && let Some(contact) = Contact::of(record)
                {
                    contacts.note(contact);
                }
            }
            let noted: Vec<_> = contacts.iter().cloned().collect();
            noted.into_iter().map(move |contact| (contact, wanted))
        })
        .collect()
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
        put_metrics(&metrics);
    }
}
