//! The items of the tables `exports` and `api-keys` that are played, as DynamoDB sends them.

use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Map, Value, json};

/// Everything of one tenant, whose one export this is.
pub const TENANT: &str = "bench";
const EXPORT_ID: &str = "exp_01k9zzzzzzzzzzzzzzzzzzzzzzf";
const LINK_ID: &str = "lnk_01k9zzzzzzzzzzzzzzzzzzzzzz";
const USER: &str = "ana";
const TYPE: &str = "FUNDING_TRANSFERS";

/// What the tables hold.
pub struct Items {
    created_at: Timestamp,
    /// Whether the export is READY when it is read, and not PENDING.
    is_ready: bool,
    format: Format,
}

/// What the export's file looks like.
pub struct Format {
    /// If it is for spreadsheets.
    pub locale: Option<String>,
    pub compression: Option<String>,
}

impl Items {
    pub fn new(now: Timestamp, is_ready: bool, format: Format) -> Self {
        let created_at = now.round(Unit::Millisecond).unwrap_or(now);
        Self {
            created_at,
            is_ready,
            format,
        }
    }

    /// The item with this key; none if there is none.
    pub fn find(&self, key: &Map<String, Value>) -> Option<Value> {
        if let Some(hash) = text_of(key, "keyHash") {
            return Some(self.api_key(hash));
        }
        let partition = text_of(key, "partition")?;
        match text_of(key, "sort")? {
            "link" => Some(json!({
                "partition": text(partition),
                "sort": text("link"),
                "tenantId": text(TENANT),
                "exportId": text(EXPORT_ID),
                "linkId": text(LINK_ID),
                "timeToLive": seconds(self.after_days(38)),
            })),
            _ if partition.starts_with("links#") => Some(json!({
                "partition": text(partition),
                "sort": text(&format!("{EXPORT_ID}#{LINK_ID}")),
                "linkId": text(LINK_ID),
                "createdAt": text(&self.created_at.to_string()),
                "recipients": {"L": [text("ana@bench.example")]},
                "uses": {"N": "0"},
                "timeToLive": seconds(self.after_days(400)),
            })),
            id if id.starts_with("exp_") => Some(self.export(partition, id)),
            _ if partition.ends_with("#CONTACTS") => Some(json!({"contactId": text("cnt_1")})),
            _ => None,
        }
    }

    /// The exports in a partition.
    pub fn history(&self, partition: Option<&str>) -> Vec<Value> {
        match partition {
            Some(partition) if partition == Self::partition() => {
                vec![self.export(partition, EXPORT_ID)]
            }
            _ => Vec::new(),
        }
    }

    /// The export as the attempt sees it that has just claimed it.
    pub fn claimed(&self) -> Value {
        let mut item = self.pending(&Self::partition(), EXPORT_ID);
        item["fence"] = json!({"N": "1"});
        item["tries"] = json!({"N": "1"});
        item
    }

    fn partition() -> String {
        format!("{TENANT}#{TYPE}")
    }

    fn export(&self, partition: &str, id: &str) -> Value {
        let mut item = self.pending(partition, id);
        if self.is_ready {
            item["status"] = text("READY");
            item["statusSort"] = text(&format!("READY#{id}"));
            item["requesterStatusSort"] = text(&format!("{USER}#READY#{id}"));
            item["rowsWritten"] = json!({"N": "1000"});
            item["readyAt"] = seconds(self.created_at);
            item["expiresAt"] = seconds(self.after_days(7));
            item["file"] = json!({"M": {
                "key": text(&format!("exports/{TENANT}/funding-transfers/{id}/1.csv")),
                "rows": {"N": "1000"},
                "size": {"N": "200000"},
                "madeAt": text(&self.created_at.to_string()),
                "sha256": text(&"0".repeat(64)),
                "totals": {"M": {"EUR": text("1000.00")}},
            }});
        }
        item
    }

    fn pending(&self, partition: &str, id: &str) -> Value {
        let mut item = json!({
            "partition": text(partition),
            "sort": text(id),
            "requesterSort": text(&format!("{USER}#{id}")),
            "statusSort": text(&format!("PENDING#{id}")),
            "requesterStatusSort": text(&format!("{USER}#PENDING#{id}")),
            "tenantId": text(TENANT),
            "tenantName": text("Bench"),
            "requesterId": text(USER),
            "requesterEmail": text("ana@bench.example"),
            "cc": {"L": []},
            "filters": {"M": {}},
            "createdAt": text(&self.created_at.to_string()),
            "status": text("PENDING"),
            "rowsWritten": {"N": "0"},
            "dueShard": text("PENDING#00"),
            "dueAt": seconds(self.created_at),
            "timeToLive": seconds(self.after_days(400)),
        });
        if let Some(locale) = &self.format.locale {
            item["profile"] = json!({"M": {"name": text("spreadsheet"), "locale": text(locale)}});
        }
        if let Some(compression) = &self.format.compression {
            item["compression"] = text(compression);
        }
        item
    }

    fn api_key(&self, hash: &str) -> Value {
        json!({
            "keyHash": text(hash),
            "tenantId": text(TENANT),
            "tenantName": text("Bench"),
            "userId": text(USER),
            "email": text("ana@bench.example"),
            "role": text("OPERATOR"),
            "permissions": {"L": [text("funding-transfers:create"), text("funding-transfers:read")]},
            "disabled": {"BOOL": false},
            "createdAt": text(&self.created_at.to_string()),
        })
    }

    fn after_days(&self, days: i64) -> Timestamp {
        self.created_at + SignedDuration::from_hours(24 * days)
    }
}

/// The text of an attribute.
pub fn text_of<'a>(attributes: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    attributes.get(name)?.get("S")?.as_str()
}

fn text(value: &str) -> Value {
    json!({"S": value})
}

fn seconds(time: Timestamp) -> Value {
    json!({"N": time.as_second().to_string()})
}
