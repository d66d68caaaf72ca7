//! Messages of the ledger's queue. The fast way of reading them means what the strict way means.

use shared::{domain::change::Content, wire::ledger_change};

use crate::requests::accepted;

pub fn check(data: &[u8]) {
    let body = &*String::from_utf8_lossy(data);
    let plain = ledger_change::read_plain(body);
    let Ok(parts) = ledger_change::split(body) else {
        assert_eq!(plain, None, "what is no message has no changes");
        return;
    };
    let read: Vec<_> = parts
        .iter()
        .map(|part| accepted(ledger_change::read(part)))
        .collect();
    for change in read.iter().flatten() {
        if let Content::Record(record) = &change.content {
            assert!(!record.id().is_empty() && !record.dataset().is_internal);
        }
    }
    if let Some(plain) = plain {
        let read: Option<Vec<_>> = read.into_iter().collect();
        assert_eq!(Some(plain), read);
    }
}
