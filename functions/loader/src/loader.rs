//! Loads a file, from where it was left to its end or to the invocation's.

use shared::{
    aws::{
        AwsError,
        inbox::{Dropped, Inbox},
        inbox_queue::InboxQueue,
        ledger::LedgerTable,
        tenants::Tenants,
    },
    domain::time,
    logging::note_file,
};
use tokio::time::sleep;
use tracing::info;

use crate::{
    address::{Destination, NO_TENANT},
    ending::Ending,
    findings::Finding,
    invocation::Invocation,
    outcome::Status,
    pass::{End, Pass},
    progress::Stage,
    reading::{Purpose, chunks},
    source::Source,
    stop::Stop,
    ticket::Ticket,
};

/// Most bytes of a file.
const MOST_BYTES: u64 = 10 << 30;

/// Invocations in a row that get no further before a person must look: four hours of them if each fails at once, two days
/// and a half if each tries until its end.
const MOST_TRIES: u32 = 240;

/// The name and the only value of the metadata that admits files with bad rows.
const ACCEPT: &str = "accept";
const GOOD_ROWS: &str = "good-rows";

/// The clients of this function.
pub struct Loader {
    pub inbox: Inbox,
    pub queue: InboxQueue,
    pub ledger: LedgerTable,
    pub tenants: Tenants,
}

/// Whether a file needs another invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Done,
    GoOn,
}

impl Loader {
    /// Works on a file. `name` is the invocation's.
    pub async fn work(&self, key: &str, name: &str, invocation: &Invocation) -> Result<Next, Stop> {
        let ending = Ending {
            inbox: &self.inbox,
            key,
        };
        let Some(file) = self.inbox.find(key).await? else {
            return ending.of_no_file().await;
        };
        let destination = Destination::of(key).ok();
        let tenant_id = destination.as_ref().map(|place| place.tenant_id.as_str());
        note_file(tenant_id, &file.entity_tag);
        let mut ticket = Ticket::claim(&self.inbox, key, &file, name).await?;
        if ticket.progress.tries > MOST_TRIES {
            let tried = "many invocations in a row got no further";
            return Err(AwsError::unexpected("loading a file", tried).into());
        }
        loop {
            let done = match ticket.progress.stage {
                Stage::Ending { status, ended_at } => {
                    return ending.of_file(&file, &ticket, status, ended_at).await;
                }
                Stage::Checking | Stage::Writing => self.step(key, &file, &mut ticket, invocation),
            };
            let next = done.await?;
            if next == Next::GoOn || invocation.is_over() {
                info!(
                    rowsRead = ticket.progress.counts.rows_read,
                    "to be continued"
                );
                return Ok(Next::GoOn);
            }
        }
    }

    /// Takes a file to its next stage.
    async fn step(
        &self,
        key: &str,
        file: &Dropped,
        ticket: &mut Ticket<'_>,
        invocation: &Invocation,
    ) -> Result<Next, Stop> {
        let admitted = self.admit(key, file).await?;
        let (destination, accepts_bad_rows) = match admitted {
            Ok(admitted) => admitted,
            Err(rule) => {
                ticket.progress.findings.extend([Finding::of_file(rule)]);
                return end(ticket, Status::Refused).await;
            }
        };
        if accepts_bad_rows && ticket.progress.stage == Stage::Checking {
            ticket.progress.begin_writing();
        }
        let (purpose, shards) = match ticket.progress.stage {
            Stage::Writing => {
                let (tenant_id, dataset) = (&destination.tenant_id, destination.dataset);
                let shards = self.ledger.settle_shards(tenant_id, dataset, None).await?;
                (Purpose::Write, shards)
            }
            Stage::Checking | Stage::Ending { .. } => (Purpose::Check, 0),
        };
        let source = Source::of(&self.inbox, key, file).await?;
        let place = ticket.progress.place();
        let chunks = chunks(source, destination.clone(), purpose, place);
        let pass = Pass::new(&self.ledger, &destination.tenant_id, ticket);
        let ended = pass.run(shards, chunks, invocation).await?;
        let is_good = ticket.progress.findings.is_empty();
        match (ended, purpose) {
            (End::OutOfTime, _) => Ok(Next::GoOn),
            (End::Whole, Purpose::Check) if is_good => {
                ticket.progress.begin_writing();
                ticket.save().await?;
                Ok(Next::Done)
            }
            (End::Whole, Purpose::Write) if is_good || accepts_bad_rows => {
                end(ticket, Status::Loaded).await
            }
            (End::Whole | End::Broken, _) => end(ticket, Status::Refused).await,
        }
    }

    /// Whose records the file holds, and whether bad ones among them may be left out; or the rule that keeps the file
    /// from being read.
    async fn admit(
        &self,
        key: &str,
        file: &Dropped,
    ) -> Result<Result<(Destination, bool), String>, AwsError> {
        let destination = match Destination::of(key) {
            Ok(destination) => destination,
            Err(rule) => return Ok(Err(rule)),
        };
        if !self.tenants.exists(&destination.tenant_id).await? {
            return Ok(Err(NO_TENANT.to_owned()));
        }
        if file.size > MOST_BYTES {
            return Ok(Err("must have at most 10 GiB".to_owned()));
        }
        let accepts_bad_rows = match file.metadata.get(ACCEPT).map(String::as_str) {
            None => false,
            Some(GOOD_ROWS) => true,
            Some(_) => {
                return Ok(Err(format!(
                    "must have no metadata {ACCEPT}, or {GOOD_ROWS}"
                )));
            }
        };
        Ok(Ok((destination, accepts_bad_rows)))
    }
}

/// Decides a file's result, once all that was written counts.
async fn end(ticket: &mut Ticket<'_>, status: Status) -> Result<Next, Stop> {
    sleep(ticket.progress.wait(time::now())).await;
    ticket.progress.stage = Stage::Ending {
        status,
        ended_at: time::now(),
    };
    ticket.save().await?;
    Ok(Next::Done)
}
