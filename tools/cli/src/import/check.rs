//! The first pass over a file: everything that is wrong with it, before anything is written.

use std::collections::{HashMap, hash_map::Entry};

use anyhow::{Result, bail};
use record_files::{Problem, Row, RowError};
use sha2::{Digest, Sha256};
use shared::domain::{
    contacts::{CONTACT_EXTERNAL_ID, Contact, Contacts},
    record::Record,
};

use super::{input::Input, problems::Problems};
use crate::progress::Progress;

/// What a good file holds.
pub struct Checked {
    pub records: u64,
    pub contacts: Contacts,
}

/// Reads the whole file. Fails with a report that names line and column of the problems.
pub fn check(input: &Input) -> Result<Checked> {
    let progress = Progress::new("Checking", None);
    let mut problems = Problems::default();
    let mut pass = Pass::default();
    let mut rows = match input.rows() {
        Ok(rows) => Some(rows),
        Err(RowError::Io(error)) => return Err(input.explain(error)),
        Err(RowError::Problems(found)) => {
            problems.extend(found);
            None
        }
    };
    while let Some(row) = rows.as_mut().and_then(Iterator::next) {
        progress.advance(1);
        match row {
            Ok(row) => match row.check(input.dataset()) {
                Ok((record, _)) => problems.extend(pass.take(&row, &record)),
                Err(found) => problems.extend(found),
            },
            Err(RowError::Io(error)) => return Err(input.explain(error)),
            Err(RowError::Problems(found)) => problems.extend(found),
        }
    }
    progress.finish();
    if !problems.is_empty() {
        bail!(problems.report(&input.to_string()));
    }
    Ok(Checked {
        records: pass.records,
        contacts: pass.contacts,
    })
}

/// What records must agree on with each other.
#[derive(Default)]
struct Pass {
    records: u64,
    contacts: Contacts,
    /// Whose contact each external id is.
    owners: HashMap<String, String>,
    /// The lines of the records by half of their id's SHA-256: 24 bytes a record, however long the ids are.
    lines: HashMap<[u8; 16], u64>,
}

impl Pass {
    fn take(&mut self, row: &Row, record: &Record) -> Vec<Problem> {
        self.records += 1;
        let mut problems = Vec::new();
        let digest = Sha256::digest(record.id().as_bytes());
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        match self.lines.entry(half) {
            Entry::Vacant(entry) => {
                entry.insert(row.line);
            }
            Entry::Occupied(entry) => {
                let rule = format!("is the same as on line {}", entry.get());
                problems.push(row.problem(record.dataset().id_column(), rule));
            }
        }
        if let Some(contact) = Contact::of(record) {
            if let Some(owner) = self.other_owner(&contact) {
                let rule = format!("belongs to the contact {owner} already");
                problems.push(row.problem(CONTACT_EXTERNAL_ID, rule));
            }
            self.contacts.note(contact);
        }
        problems
    }

    /// The other contact that has this one's external id.
    fn other_owner(&mut self, contact: &Contact) -> Option<&str> {
        let external_id = contact.external_id.clone()?;
        let owner = self
            .owners
            .entry(external_id)
            .or_insert_with(|| contact.id.clone());
        (*owner != contact.id).then_some(owner.as_str())
    }
}
