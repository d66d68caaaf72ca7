//! Query strings. A cursor of one's own comes back, and one that was made for any place leaves a list within its bounds.

use shared::{
    domain::{dataset::ALL, webhook::id::WebhookId},
    wire::{detail_query, history_query, record_query, supplier_query, webhook::DeliveryQuery},
};

use crate::{
    callers::{caller, now},
    input::choice,
    requests::accepted,
};

pub fn check(data: &[u8]) {
    let (kind, rest) = choice(data, 5);
    let (dataset, rest) = choice(rest, ALL.len());
    let dataset = ALL[dataset];
    // What comes behind the first line break is the place of a cursor.
    let (query, place) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&rest[..end], String::from_utf8_lossy(&rest[end + 1..])),
        None => (rest, "".into()),
    };
    let parameters: Vec<_> = url::form_urlencoded::parse(query)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let with_cursor = |cursor: String| {
        let others = parameters.iter().filter(|(name, _)| name != "cursor");
        others
            .cloned()
            .chain([("cursor".to_owned(), cursor)])
            .collect::<Vec<_>>()
    };
    let caller = caller(kind % 2 == 1);
    match kind {
        0 | 1 => {
            let Some((query, binding)) =
                accepted(history_query::parse(&parameters, &caller, dataset))
            else {
                return;
            };
            is_range(query.id_range());
            let cursor = binding.cursor(&place);
            assert_eq!(binding.read(&cursor).as_deref(), Some(&*place));
            let forged = history_query::parse(&with_cursor(cursor), &caller, dataset);
            if let Some((forged, _)) = accepted(forged) {
                is_range(forged.id_range());
                let _ = forged.stored_statuses();
                assert_eq!(forged.limit, query.limit);
            }
        }
        2 | 3 => {
            let Some((query, binding)) =
                accepted(record_query::parse(&parameters, &caller, dataset))
            else {
                return;
            };
            assert!((1..=100).contains(&query.limit));
            if kind == 3 {
                assert!(
                    query.filters.supplier_ids.is_empty(),
                    "a supplier names no suppliers"
                );
            }
            let cursor = binding.cursor(&place);
            let forged = record_query::parse(&with_cursor(cursor), &caller, dataset);
            if let Some((forged, _)) = accepted(forged)
                && let Some(after) = forged.after
            {
                assert!(after.position.len() <= 1024);
                assert_eq!(after.to_text(), *place);
            }
        }
        _ => {
            if let Some(query) = accepted(supplier_query::parse(&parameters)) {
                assert!((1..=100).contains(&query.limit));
            }
            accepted(detail_query::wants_download_url(&parameters));
            accepted(DeliveryQuery::parse(
                &parameters,
                &caller,
                &WebhookId::new(now(), [7; 10]),
            ));
        }
    }
}

/// DynamoDB refuses a range that ends before it begins.
fn is_range(range: Option<(String, String)>) {
    if let Some((least, greatest)) = range {
        assert!(least <= greatest, "{least} to {greatest}");
    }
}
