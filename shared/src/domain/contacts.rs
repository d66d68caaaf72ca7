//! The contacts whom payouts by contact name.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::record::Record;

/// The column that names a payout's contact.
pub const CONTACT_ID: &str = "contactId";
/// The column with the platform's own id of the contact.
pub const CONTACT_EXTERNAL_ID: &str = "contactExternalId";
/// The column with the contact's name.
pub const CONTACT_NAME: &str = "contactName";

/// A contact, with the latest external id and name that its payouts have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: String,
    pub external_id: Option<String>,
    pub name: Option<String>,
    /// When the latest of these payouts was created.
    pub as_of: Timestamp,
}

/// The contacts of some payouts. Held in memory: they are few next to the payouts.
#[derive(Clone, Debug, Default)]
pub struct Contacts(BTreeMap<String, Contact>);

impl Contact {
    /// The contact of a record; `None` if the record has none.
    pub fn of(record: &Record) -> Option<Self> {
        let id = record.contact()?.to_owned();
        let text = |column| record.value(column).map(str::to_owned);
        Some(Self {
            id,
            external_id: text(CONTACT_EXTERNAL_ID),
            name: text(CONTACT_NAME),
            as_of: record.created_at(),
        })
    }
}

impl Contacts {
    /// Takes note of a contact. What its latest payout says counts; what that one leaves out, an earlier one says.
    pub fn note(&mut self, contact: Contact) {
        let Some(known) = self.0.get_mut(&contact.id) else {
            self.0.insert(contact.id.clone(), contact);
            return;
        };
        let is_latest = contact.as_of >= known.as_of;
        known.as_of = known.as_of.max(contact.as_of);
        let update = |known: &mut Option<String>, said: Option<String>| {
            if said.is_some() && (is_latest || known.is_none()) {
                *known = said;
            }
        };
        update(&mut known.external_id, contact.external_id);
        update(&mut known.name, contact.name);
    }

    /// How many contacts there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Contact> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{dataset::MARKETPLACE_PAYOUTS, time::parse};

    fn contact(external_id: &str, name: &str, day: u8) -> Contact {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Contact {
            id: "cnt_1".to_owned(),
            external_id: said(external_id),
            name: said(name),
            as_of: parse(&format!("2026-05-{day:02}T00:00:00Z")).unwrap(),
        }
    }

    #[test]
    fn the_latest_name_counts() {
        let mut contacts = Contacts::default();
        contacts.note(contact("C-1", "Old", 1));
        contacts.note(contact("", "New", 3));
        contacts.note(contact("C-2", "Older", 2));
        let noted: Vec<_> = contacts.iter().cloned().collect();
        assert_eq!(noted, [contact("C-1", "New", 3)]);
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
        let record = Record::check(&MARKETPLACE_PAYOUTS, values).unwrap();
        assert_eq!(Contact::of(&record), None);
    }
}
