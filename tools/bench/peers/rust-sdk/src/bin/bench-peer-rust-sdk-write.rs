//! Writing changes to the ledger as one does it with the usual libraries: serde_json, attribute maps and BatchWriteItem,
//! one call after the other, without conditions, versions or checks of the values.

use std::{
    collections::HashMap,
    env,
    fs::File,
    io::{BufRead, BufReader},
};

use anyhow::Context;
use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

const BATCH: usize = 25;
const SHARDS: u32 = 16;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    tenant_id: String,
    r#type: String,
    version: u64,
    record: HashMap<String, String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await);
    let table = env::var("LEDGER_TABLE").context("LEDGER_TABLE is not set")?;
    let file = env::args().nth(1).context("no file is named")?;
    let mut batch = Vec::with_capacity(BATCH);
    for line in BufReader::new(File::open(file)?).lines() {
        let changes: Vec<Change> = serde_json::from_str(&line?)?;
        for change in changes {
            batch.push(change);
            if batch.len() == BATCH {
                write(&client, &table, batch.drain(..)).await?;
            }
        }
    }
    write(&client, &table, batch.drain(..)).await
}

async fn write(
    client: &Client,
    table: &str,
    changes: impl Iterator<Item = Change>,
) -> anyhow::Result<()> {
    let mut requests = Vec::with_capacity(BATCH);
    for change in changes {
        let put = PutRequest::builder()
            .set_item(Some(item(change)?))
            .build()?;
        requests.push(WriteRequest::builder().put_request(put).build());
    }
    while !requests.is_empty() {
        let answer = client
            .batch_write_item()
            .request_items(table, requests)
            .send()
            .await?;
        let mut unprocessed = answer.unprocessed_items.unwrap_or_default();
        requests = unprocessed.remove(table).unwrap_or_default();
    }
    Ok(())
}

fn item(change: Change) -> anyhow::Result<HashMap<String, AttributeValue>> {
    let Change {
        tenant_id,
        r#type: record_type,
        version,
        record,
    } = change;
    let text = |name: &str| record.get(name).with_context(|| format!("no {name}"));
    let (id, created_at) = (text("transferId")?.clone(), text("createdAt")?.clone());
    let (amount, supplier) = (
        text("amount")?.clone(),
        record.get("supplierExternalId").cloned(),
    );
    let digest = Sha256::digest(id.as_bytes());
    let shard = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % SHARDS;
    let mut item: HashMap<_, _> = record
        .into_iter()
        .map(|(name, value)| (name, AttributeValue::S(value)))
        .collect();
    let mut put = |name: &str, value| item.insert(name.to_owned(), value);
    put(
        "partition",
        AttributeValue::S(format!("{tenant_id}#{record_type}#{shard}")),
    );
    put(
        "position",
        AttributeValue::S(format!("{}Z#{id}", &created_at[..19])),
    );
    put("sort", AttributeValue::S(id));
    put("amountValue", AttributeValue::N(amount));
    put("version", AttributeValue::N(version.to_string()));
    if let Some(supplier) = supplier {
        let partition = format!("{tenant_id}#{record_type}#{supplier}");
        put("supplierPartition", AttributeValue::S(partition));
    }
    Ok(item)
}
