//! The audit trail of all tenants: a dataset of the ledger.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
};

use aws_config::SdkConfig;
use tracing::error;

use super::{
    AwsError,
    ledger::{BATCH, LedgerTable},
};
use crate::{
    domain::{audit::AuditEvent, change::Change, dataset::AUDIT_EVENTS},
    items::audit::AuditItem,
};

/// The trail, and what is known of how it is stored.
#[derive(Debug)]
pub struct AuditTrail {
    ledger: LedgerTable,
    /// Numbers of shards by tenant. They never change.
    shards: Mutex<HashMap<String, u32>>,
}

impl AuditTrail {
    /// `ledger` is the name of the ledger's table.
    pub fn new(aws: &SdkConfig, ledger: String) -> Self {
        Self {
            ledger: LedgerTable::new(aws, ledger),
            shards: Mutex::default(),
        }
    }

    /// Records events, each once however often it comes. Returns for each whether the trail has it; the log says why if it
    /// has not. An export that is requested two seconds later holds those that it has.
    pub async fn record(&self, events: &[Option<&AuditItem>]) -> Vec<bool> {
        let mut has_it = vec![true; events.len()];
        let mut tenants: BTreeMap<String, Vec<(usize, Change)>> = BTreeMap::new();
        for (index, item) in events.iter().enumerate() {
            let Some(item) = item else { continue };
            match changes_of(item) {
                Ok((tenant_id, changes)) => tenants
                    .entry(tenant_id)
                    .or_default()
                    .extend(changes.into_iter().map(|change| (index, change))),
                Err(cause) => {
                    error!(%cause, "an event cannot be recorded");
                    has_it[index] = false;
                }
            }
        }
        for (tenant_id, changes) in &tenants {
            for some in changes.chunks(BATCH) {
                if let Err(cause) = self.write(tenant_id, some).await {
                    error!(%cause, tenantId = tenant_id, "events are not recorded yet");
                    some.iter().for_each(|(index, _)| has_it[*index] = false);
                }
            }
        }
        has_it
    }

    async fn write(&self, tenant_id: &str, changes: &[(usize, Change)]) -> Result<(), AwsError> {
        let shards = self.shards(tenant_id).await?;
        let changes: Vec<_> = changes.iter().map(|(_, change)| change).collect();
        // Nobody is told that they are recorded, so nobody has to wait until they count.
        self.ledger.write(shards, &changes).await?;
        Ok(())
    }

    async fn shards(&self, tenant_id: &str) -> Result<u32, AwsError> {
        let known = self.known().get(tenant_id).copied();
        if let Some(shards) = known {
            return Ok(shards);
        }
        let shards = self
            .ledger
            .settle_shards(tenant_id, &AUDIT_EVENTS, None)
            .await?;
        self.known().insert(tenant_id.to_owned(), shards);
        Ok(shards)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, u32>> {
        self.shards
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The event's tenant and its records.
fn changes_of(item: &AuditItem) -> Result<(String, Vec<Change>), AwsError> {
    let event = AuditEvent::try_from(item)?;
    let changes = event.changes().map_err(|problems| {
        let broken: Vec<_> = problems.iter().map(ToString::to_string).collect();
        AwsError::unexpected("recording an event", broken.join("; "))
    })?;
    Ok((event.tenant_id, changes))
}
