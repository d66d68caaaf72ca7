//! What of a record repeats: all but its id and times.

use serde_json::Value;

use super::record::{ID_LENGTH, SORT_LENGTH, TIME_LENGTH};

/// How many contents there are, before they repeat. A prime, so that the lanes of any number of shards pass through all
/// of them.
pub const CONTENTS: usize = 2003;

/// An item of a page as DynamoDB sends it, with room for what depends on the record's number.
pub struct Template {
    pub json: Vec<u8>,
    /// Where these begin.
    pub id: usize,
    pub time: usize,
    pub sort: usize,
}

const SUPPLIERS: [&str; 16] = [
    "Alder Lane Ceramics",
    "Harbour Textile Co",
    "Fjord & Sons Outdoor",
    "Moss Green Interiors",
    "Kestrel Bike Works",
    "Blue Door Stationers",
    "Old Mill Bakery",
    "Juniper Skin Care",
    "North Pier Coffee",
    "Tinker's Toy Shop",
    "Lantern Books",
    "Saltmarsh Candles",
    "Copper Kettle Teas",
    "Willow Garden Tools",
    "Paper Crane Prints",
    "Brook Street Audio",
];

const REASONS: [&str; 3] = [
    "INSUFFICIENT_BALANCE",
    "The target account is blocked",
    "REJECTED_BY_COMPLIANCE",
];

/// DynamoDB returns attributes in an order of its own, which is mostly the same.
const ORDER: [&str; 14] = [
    "relatedEntityId",
    "currency",
    "position",
    "supplierName",
    "createdAt",
    "targetBalanceAccountType",
    "amount",
    "reference",
    "status",
    "transferId",
    "supplierExternalId",
    "failureReason",
    "relatedEntityType",
    "sourceBalanceAccountType",
];

/// The item of every record whose number leaves this remainder.
pub fn template(content: usize) -> Template {
    let mut names = ORDER;
    if content % 50 == 7 {
        names.rotate_left(5);
        names.swap(0, 9);
    }
    let mut template = Template {
        json: vec![b'{'],
        id: 0,
        time: 0,
        sort: 0,
    };
    for name in names {
        let (room, value) = match name {
            "transferId" => (ID_LENGTH, None),
            "createdAt" => (TIME_LENGTH, None),
            "position" => (SORT_LENGTH, None),
            _ => match value(name, content) {
                Some(value) => (0, Some(value)),
                None => continue,
            },
        };
        template
            .json
            .extend_from_slice(format!("\"{name}\":{{\"S\":").as_bytes());
        match value {
            Some(value) => template.json.extend_from_slice(value.as_bytes()),
            None => {
                template.json.push(b'"');
                let start = template.json.len();
                match name {
                    "transferId" => template.id = start,
                    "createdAt" => template.time = start,
                    _ => template.sort = start,
                }
                template.json.resize(start + room, b'0');
                template.json.push(b'"');
            }
        }
        template.json.extend_from_slice(b"},");
    }
    if let Some(last) = template.json.last_mut() {
        *last = b'}';
    }
    template
}

/// A value as a JSON text with its quotes; none if the record has none.
fn value(name: &str, content: usize) -> Option<String> {
    // Spreads what a small factor would make periodic.
    let mixed = content * 7919 % 10_007;
    let is_failed = content.is_multiple_of(25);
    let plain = |text: &str| Some(Value::from(text).to_string());
    match name {
        "status" => plain(match content {
            _ if is_failed => "FAILED",
            _ if content % 40 == 3 => "PENDING",
            _ => "COMPLETED",
        }),
        "amount" => plain(&format!("{}.{:02}", 1 + mixed * 13 % 9_000, mixed % 100)),
        "currency" => plain(["EUR", "EUR", "USD", "GBP"][mixed % 4]),
        "sourceBalanceAccountType" => plain(["MARKETPLACE", "SUPPLIER"][mixed / 5 % 5 / 4]),
        "targetBalanceAccountType" => plain(["SUPPLIER", "MARKETPLACE"][mixed / 5 % 5 / 4]),
        "supplierExternalId" => plain(&format!("SUP-{}", 1000 + mixed % 400)),
        "supplierName" => supplier_name(content, SUPPLIERS[mixed % SUPPLIERS.len()]),
        "reference" => (content % 11 != 5).then(|| {
            plain(&format!(
                "Settlement {:08}, order {mixed:05}",
                mixed * 4_139
            ))
        })?,
        "relatedEntityType" => (content % 7 != 2).then(|| plain("PAYOUT"))?,
        "relatedEntityId" => {
            (content % 7 != 2).then(|| plain(&format!("po_{:012}", mixed * 99_991)))?
        }
        "failureReason" => is_failed.then(|| plain(REASONS[mixed % REASONS.len()]))?,
        _ => None,
    }
}

/// Mostly a plain name; among them what a reader must not stumble over.
fn supplier_name(content: usize, name: &str) -> Option<String> {
    match content % 100 {
        _ if content == 1 => Some("\"=1+1\"".to_owned()),
        13 => Some(format!("\"{name}; Ltd\"")),
        29 => Some(format!("\"{name} \\\"Online\\\"\"")),
        47 => Some(format!("\"{name} Caf\\u00e9\"")),
        61 => Some(format!("\"{name} Zürich\"")),
        83 => None,
        _ => Some(Value::from(name).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_2000_items_is_about_a_million_bytes() {
        let bytes: usize = (0..CONTENTS)
            .map(|content| template(content).json.len() + 1)
            .sum();
        let page = bytes * 2000 / CONTENTS;
        assert!((1_016_000..1_027_000).contains(&page), "{page}");
    }

    #[test]
    fn every_item_is_json_with_room_for_the_record() {
        for content in 0..CONTENTS {
            let template = template(content);
            let item: Value = serde_json::from_slice(&template.json).unwrap();
            for (name, length) in [
                ("transferId", ID_LENGTH),
                ("createdAt", TIME_LENGTH),
                ("position", SORT_LENGTH),
            ] {
                assert_eq!(item[name]["S"].as_str().unwrap(), "0".repeat(length));
            }
            assert_eq!(
                item.get("failureReason").is_some(),
                item["status"]["S"] == "FAILED"
            );
        }
    }
}
