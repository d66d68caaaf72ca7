//! Texts that mean something: ids, tokens, addresses, domains, times and amounts. What is read is written as it was.

use shared::domain::{
    address::{EmailAddress, mask_addresses},
    amount::Amount,
    caller::is_valid_id,
    cc_domains::{CcDomain, CcDomains},
    id::ExportId,
    link::{LinkId, LinkToken},
    schedule::ScheduleId,
    time,
    webhook::id::{DeliveryId, EventId, WebhookId},
};

pub fn check(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    ids(text);
    address(text);
    if let Ok(domain) = text.parse::<CcDomain>() {
        let written = domain.to_string();
        assert!(written.is_ascii() && written == written.to_ascii_lowercase());
        assert_eq!(written.parse(), Ok(domain), "{written}");
    }
    if let Some(time) = time::parse(text) {
        // What is finer than a millisecond is dropped, and what is written can be read.
        let written = time::to_milliseconds(time);
        if written.len() == "2026-01-31T23:59:59.000Z".len() {
            assert_eq!(time::parse(&written), Some(time), "{written}");
        }
    }
    if let Ok(amount) = text.parse::<Amount>() {
        assert_eq!(amount.to_string().parse(), Ok(amount), "{text}");
    }
}

/// An id is a part of keys: it cannot have what separates these, and is what it was.
fn ids(text: &str) {
    macro_rules! comes_back {
        ($($id:ty),*) => {$(
            if let Ok(id) = text.parse::<$id>() {
                assert_eq!(id.as_str(), text);
                assert!(is_valid_id(text));
            }
        )*};
    }
    comes_back!(ExportId, LinkId, ScheduleId, WebhookId, EventId, DeliveryId);
    if let Ok(id) = text.parse::<ExportId>() {
        assert!(text.ends_with(id.dataset().letter));
    }
    let hash = LinkToken::from_request(text).hash();
    assert_eq!(hash.as_str().len(), 64);
    assert!(!text.contains('#') || !is_valid_id(text));
}

fn address(text: &str) {
    let masked = mask_addresses(text);
    if let Ok(address) = EmailAddress::parse(text) {
        let written = address.as_str();
        assert!(written.is_ascii() && !written.chars().any(char::is_control));
        assert_eq!(written, text.trim());
        assert_eq!(EmailAddress::parse(written).as_ref(), Ok(&address));
        let domain = address.domain();
        assert_eq!(written.matches('@').count(), 1, "{written}");
        assert!(
            domain.contains('.')
                && written
                    .to_ascii_lowercase()
                    .ends_with(&format!("@{domain}"))
        );
        let local = written.len() - domain.len() - 1;
        assert!(local <= 1 || !masked.contains(written), "{masked}");
        if let Ok(domains) = CcDomains::parse(&[&domain]) {
            assert!(domains.allow(&address), "{written}");
        }
        let elsewhere = CcDomains::parse(&["elsewhere.invalid", "*.elsewhere.invalid"]);
        if !domain.ends_with("elsewhere.invalid") {
            assert!(!elsewhere.expect("they are domains").allow(&address));
        }
    }
}
