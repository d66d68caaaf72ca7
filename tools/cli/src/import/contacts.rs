//! The contacts that payouts by contact name, as the merchant API looks them up.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use jiff::Timestamp;
use shared::{
    domain::record::Record,
    items::ledger::{CONTACT_EXTERNAL_ID, CONTACT_ID, CONTACT_NAME, Item, contact_items},
};

/// A file's contacts, each with the latest external id and name that its payouts have. Held in memory: they are few
/// next to the payouts.
#[derive(Default)]
pub struct Contacts {
    by_id: BTreeMap<String, Contact>,
    /// Whose contact each external id is.
    owners: HashMap<String, String>,
}

struct Contact {
    external_id: Option<String>,
    name: Option<String>,
    as_of: Timestamp,
}

impl Contacts {
    /// Takes note of a record's contact, if it has one. Fails with the other contact's id if the external id is
    /// another contact's.
    pub fn note(&mut self, record: &Record) -> Result<(), String> {
        let Some(id) = record.value(CONTACT_ID) else {
            return Ok(());
        };
        let external_id = record.value(CONTACT_EXTERNAL_ID);
        if let Some(external_id) = external_id {
            let owner = self
                .owners
                .entry(external_id.to_owned())
                .or_insert_with(|| id.to_owned());
            if owner != id {
                return Err(owner.clone());
            }
        }
        let contact = self.by_id.entry(id.to_owned()).or_insert(Contact {
            external_id: None,
            name: None,
            as_of: Timestamp::MIN,
        });
        let is_latest = record.created_at() >= contact.as_of;
        contact.as_of = contact.as_of.max(record.created_at());
        let update = |known: &mut Option<String>, value: Option<&str>| {
            if let Some(value) = value
                && (is_latest || known.is_none())
            {
                *known = Some(value.to_owned());
            }
        };
        update(&mut contact.external_id, external_id);
        update(&mut contact.name, record.value(CONTACT_NAME));
        Ok(())
    }

    /// The items to write for them.
    pub fn items(&self, tenant_id: &str) -> impl Iterator<Item = Result<Item>> {
        self.by_id.iter().flat_map(move |(id, contact)| {
            let (external_id, name) = (contact.external_id.as_deref(), contact.name.as_deref());
            contact_items(tenant_id, id, external_id, name)
                .into_iter()
                .map(Ok)
        })
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::dataset::{MARKETPLACE_PAYOUTS, PAYOUTS_BY_CONTACT};

    use super::*;

    fn payout(contact: &str, external: &str, name: &str, day: u8) -> Record {
        let created_at = format!("2026-05-{day:02}T00:00:00Z");
        let values = [
            ("payoutId", "po_1"),
            ("createdAt", &created_at),
            ("status", "paid"),
            ("amount", "5"),
            ("currency", "JPY"),
            ("contactId", contact),
            ("contactExternalId", external),
            ("contactName", name),
        ];
        Record::check(&PAYOUTS_BY_CONTACT, values).unwrap()
    }

    #[test]
    fn the_latest_name_counts() {
        let mut contacts = Contacts::default();
        contacts.note(&payout("cnt_1", "C-1", "Old", 1)).unwrap();
        contacts.note(&payout("cnt_1", "", "New", 3)).unwrap();
        contacts.note(&payout("cnt_1", "C-1", "Older", 2)).unwrap();
        let items: Vec<_> = contacts.items("atlas").map(Result::unwrap).collect();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0][CONTACT_NAME].as_s().unwrap(), "New");
        assert_eq!(items[0][CONTACT_EXTERNAL_ID].as_s().unwrap(), "C-1");
    }

    #[test]
    fn an_external_id_names_one_contact() {
        let mut contacts = Contacts::default();
        contacts.note(&payout("cnt_1", "C-1", "", 1)).unwrap();
        assert_eq!(
            contacts.note(&payout("cnt_2", "C-1", "", 1)),
            Err("cnt_1".to_owned())
        );
    }

    #[test]
    fn other_datasets_have_no_contacts() {
        let values = [
            ("payoutId", "po_1"),
            ("createdAt", "2026-05-01T00:00:00Z"),
            ("status", "SETTLED"),
            ("amount", "5"),
            ("currency", "JPY"),
        ];
        let mut contacts = Contacts::default();
        contacts
            .note(&Record::check(&MARKETPLACE_PAYOUTS, values).unwrap())
            .unwrap();
        assert_eq!(contacts.items("northwind").count(), 0);
    }
}
