//! DynamoDB: the ledger's pages, and as much of the other tables as the functions need.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header::CONTENT_ENCODING};
use memchr::memmem;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    items::{Items, text_of},
    ledger::{Compressed, Pages, Range},
    reply::{Reply, aws_json},
    stats::Stats,
};

pub struct DynamoDb {
    pub pages: Pages,
    /// For whoever accepts gzip; without it all answers are plain.
    pub compressed: Option<Compressed>,
    pub items: Items,
    pub page_latency: Duration,
    /// 0 refuses none.
    pub throttle_every: u64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Request {
    pub table_name: String,
    pub index_name: String,
    key: Map<String, Value>,
    filter_expression: String,
    expression_attribute_values: Map<String, Value>,
    exclusive_start_key: Map<String, Value>,
    limit: Option<u64>,
    scan_index_forward: Option<bool>,
    return_values: String,
}

impl Request {
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// Whether the request is for the number of the ledger's shards.
    pub fn is_for_layout(&self) -> bool {
        text_of(&self.key, "sort") == Some("layout")
    }

    /// Whether the request is about a supplier, which is no record.
    fn is_for_supplier(&self) -> bool {
        text_of(&self.key, "partition").is_some_and(|partition| partition.ends_with("#SUPPLIERS"))
    }

    /// Whether the request asks if a tenant exists.
    fn is_for_tenant(&self) -> bool {
        self.index_name == "by-tenant"
    }

    /// The partition that is queried, and which lane of the ledger it is: `{tenant}#FUNDING_TRANSFERS#{shard}`.
    fn lane(&self) -> Option<(&str, u64)> {
        self.texts().find_map(|text| {
            let (_, shard) = text.split_once("#FUNDING_TRANSFERS#")?;
            Some((text, shard.parse().ok()?))
        })
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let values = self.expression_attribute_values.values();
        values.filter_map(|value| value.get("S")?.as_str())
    }

    fn range(&self) -> Range {
        let value =
            |name: &str| text_of(&self.expression_attribute_values, name).map(str::to_owned);
        Range {
            least: value(":least"),
            greatest: value(":greatest"),
            after: text_of(&self.exclusive_start_key, "position").map(str::to_owned),
            limit: self.limit,
            is_descending: self.scan_index_forward == Some(false),
            is_sparse: self.filter_expression.contains(" IN ("),
        }
    }
}

impl DynamoDb {
    pub async fn answer(
        &self,
        operation: &str,
        body: &[u8],
        accepts_gzip: bool,
        stats: &Stats,
    ) -> Reply {
        if let Some(batch) = Batch::of(operation) {
            return self.write(batch, body, stats);
        }
        let request = match Request::parse(body) {
            Ok(request) => request,
            Err(error) => return refuse("SerializationException", &error.to_string()),
        };
        if operation == "Query" {
            return self.query(&request, accepts_gzip, stats).await;
        }
        stats.operation(operation);
        let body = match operation {
            "GetItem" => match self.find(&request) {
                Some(item) => json!({"Item": item}),
                None => json!({}),
            },
            "BatchGetItem" => json!({"Responses": {}}),
            "UpdateItem" if request.return_values == "ALL_NEW" => {
                json!({"Attributes": self.items.claimed()})
            }
            "UpdateItem" if request.is_for_supplier() => json!({}),
            "UpdateItem" | "PutItem" | "DeleteItem" | "TransactWriteItems" => {
                stats.written(1);
                json!({})
            }
            _ => return refuse("UnknownOperationException", operation),
        };
        aws_json(StatusCode::OK, body.to_string())
    }

    /// Takes a batch of writes. It is only counted: to read it would take longer than to write it.
    fn write(&self, batch: Batch, body: &[u8], stats: &Stats) -> Reply {
        if self.is_throttled(stats.write()) {
            return throttle(stats);
        }
        let items = memmem::find_iter(body, batch.mark).count();
        stats.written(items as u64);
        let body = match batch.answer {
            Some((list, answer)) => format!("{{\"{list}\":[{}]}}", vec![answer; items].join(",")),
            None => r#"{"UnprocessedItems":{}}"#.to_owned(),
        };
        aws_json(StatusCode::OK, body)
    }

    fn is_throttled(&self, number: u64) -> bool {
        self.throttle_every > 0 && number.is_multiple_of(self.throttle_every)
    }

    fn find(&self, request: &Request) -> Option<Value> {
        if request.is_for_layout() {
            Some(json!({"shards": {"N": self.pages.shards().to_string()}}))
        } else {
            self.items.find(&request.key)
        }
    }

    async fn query(&self, request: &Request, accepts_gzip: bool, stats: &Stats) -> Reply {
        let queries = stats.query();
        if !self.page_latency.is_zero() {
            tokio::time::sleep(self.page_latency).await;
        }
        if self.is_throttled(queries) {
            return throttle(stats);
        }
        if request.is_for_tenant() {
            return aws_json(StatusCode::OK, r#"{"Count":1,"ScannedCount":1}"#);
        }
        let Some((partition, lane)) = request.lane() else {
            let items = self.items.history(request.texts().next());
            let count = items.len();
            let page = json!({"Items": items, "Count": count, "ScannedCount": count});
            return aws_json(StatusCode::OK, page.to_string());
        };
        let range = request.range();
        if let Some(compressed) = self.compressed.as_ref().filter(|_| accepts_gzip) {
            let (body, items) = compressed.page(&self.pages, partition, lane, range);
            stats.page(body.len(), items);
            return gzip(aws_json(StatusCode::OK, body));
        }
        let page = self.pages.page(partition, lane, &range);
        stats.page(page.json.len(), page.items);
        aws_json(StatusCode::OK, page.json)
    }
}

fn gzip(mut reply: Reply) -> Reply {
    let encoding = HeaderValue::from_static("gzip");
    reply.headers_mut().insert(CONTENT_ENCODING, encoding);
    reply
}

/// An operation that writes many items.
struct Batch {
    /// What stands in the request once for each item.
    mark: &'static [u8],
    /// The answer's list, and what stands in it once for each item.
    answer: Option<(&'static str, &'static str)>,
}

impl Batch {
    fn of(operation: &str) -> Option<Self> {
        match operation {
            "BatchExecuteStatement" => Some(Self {
                mark: b"\"Statement\":",
                answer: Some(("Responses", r#"{"TableName":"ledger"}"#)),
            }),
            "BatchWriteItem" => Some(Self {
                mark: b"\"PutRequest\"",
                answer: None,
            }),
            _ => None,
        }
    }
}

fn throttle(stats: &Stats) -> Reply {
    stats.throttled();
    refuse(
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded.",
    )
}

fn refuse(name: &str, message: &str) -> Reply {
    let body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"),
        "message": message,
    });
    aws_json(StatusCode::BAD_REQUEST, Bytes::from(body.to_string()))
}
