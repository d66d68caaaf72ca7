//! Bodies of requests. What is refused is refused in few words that point into the body; what is accepted comes back unchanged from
//! the table, in the caller's scope.

use jiff::SignedDuration;
use shared::{
    domain::{
        address::MOST_CC,
        cc_domains::CcDomains,
        dataset::ALL,
        export::{Export, Scope},
        webhook::target::Reach,
    },
    items::export::ExportItem,
    wire::{
        export::ExportObject,
        problem::{FieldError, Problem},
        resend_request,
        trigger_request::{TriggerRequest, refuse_domains},
        webhook_request,
    },
};
use url::{Host, Url};

use crate::{
    callers::{caller, now},
    input::choice,
};

/// The longest body of a refusal, for a body of 64 KiB at most.
const LONGEST_REFUSAL: usize = 200 * 1024;

pub fn check(data: &[u8]) {
    let (kind, rest) = choice(data, 5);
    match kind {
        0 => trigger(rest, false),
        1 => trigger(rest, true),
        2 => {
            if let Some(cc) = accepted(resend_request::parse(rest)) {
                assert!(cc.is_none_or(|cc| cc.len() <= MOST_CC));
            }
        }
        3 => {
            if let Some(new) = accepted(webhook_request::parse_new(rest, Reach::Public)) {
                is_public(new.target.as_str());
            }
        }
        _ => {
            if let Some(change) = accepted(webhook_request::parse_change(rest, Reach::Public))
                && let Some(target) = change.target
            {
                is_public(target.as_str());
            }
            accepted(webhook_request::parse_rotation(rest));
        }
    }
}

fn trigger(data: &[u8], is_supplier: bool) {
    let (kind, body) = choice(data, ALL.len());
    let (caller, dataset) = (caller(is_supplier), ALL[kind]);
    let Some(request) = accepted(TriggerRequest::parse(body, &caller, dataset)) else {
        return;
    };
    let allowed = CcDomains::parse(&["example.com"]).expect("it is a domain");
    let refused = refuse_domains(Some(&allowed), &caller.email, &request.cc);
    accepted(Err::<(), _>(refused));
    let export = request.into_export(&caller, dataset, now(), [7; 10]);
    assert!(export.cc.len() <= MOST_CC && !export.cc.contains(&caller.email));
    assert_eq!(export.scope, Scope::of(&caller));
    if is_supplier {
        assert!(
            export.filters.supplier_ids.is_empty(),
            "a supplier names no suppliers"
        );
    }
    let item = ExportItem::new(&export, SignedDuration::from_hours(24));
    let item: serde_dynamo::Item = serde_dynamo::to_item(item).expect("it can be stored");
    let item: ExportItem = serde_dynamo::from_item(item).expect("it can be read");
    let read = Export::try_from(item).expect("it is an export");
    assert_eq!(read.cc, export.cc);
    assert_eq!(read.filters, export.filters);
    assert_eq!(read.format, export.format);
    assert_eq!(read.scope, export.scope);
    serde_json::to_string(&ExportObject::of(&read, now())).expect("it can be shown");
}

/// What was read. Of a refusal, what must be true of each.
pub fn accepted<T>(result: Result<T, Vec<FieldError>>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(errors) => {
            assert!(errors.len() <= 100);
            for error in &errors {
                assert!(error.pointer.is_empty() || error.pointer.starts_with('/'));
                assert!(!error.detail.is_empty());
            }
            let refusal = Problem::InvalidRequest(errors).to_json("req-1");
            assert!(refusal.len() <= LONGEST_REFUSAL, "{}", refusal.len());
            None
        }
    }
}

/// What a webhook's URL must be, by another reading of it.
fn is_public(target: &str) {
    let url = Url::parse(target).expect("it is a URL");
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    match url.host().expect("it has a host") {
        Host::Ipv4(address) => {
            assert!(!address.is_private() && !address.is_loopback() && !address.is_link_local());
            assert!(
                !address.is_unspecified() && !address.is_broadcast() && !address.is_multicast()
            );
        }
        Host::Ipv6(address) => {
            assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast());
            assert!(!address.is_unique_local() && !address.is_unicast_link_local());
        }
        Host::Domain(domain) => {
            assert!(
                domain.contains('.') && !domain.ends_with("localhost"),
                "{domain}"
            );
        }
    }
}
