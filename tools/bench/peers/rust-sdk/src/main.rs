//! The export as the usual libraries make it: the SDK's paginator, its attribute maps, the csv crate, and parts of 8 MiB
//! through the SDK.

mod row;
mod upload;

use std::env;

use anyhow::Context;
use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};
use upload::Upload;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let s3_config = aws_sdk_s3::config::Builder::from(&aws)
        .force_path_style(true)
        .build();
    let s3 = aws_sdk_s3::Client::from_conf(s3_config);
    let mut pages = aws_sdk_dynamodb::Client::new(&aws)
        .query()
        .table_name(variable("LEDGER_TABLE")?)
        .key_condition_expression("#partition = :partition")
        .projection_expression(row::projection())
        .set_expression_attribute_names(Some(row::names()))
        .expression_attribute_names("#partition", "partition")
        .expression_attribute_values(":partition", AttributeValue::S(variable("PARTITION")?))
        .into_paginator()
        .send();

    let mut upload =
        Upload::start(s3, variable("EXPORTS_BUCKET")?, variable("EXPORT_KEY")?).await?;
    let mut digest = Sha256::new();
    let mut rows: u64 = 0;
    let mut text = Vec::new();
    writer(&mut text).write_record(row::COLUMNS)?;
    while let Some(page) = pages.try_next().await? {
        let mut file = writer(&mut text);
        for item in page.items() {
            row::write(item, &mut file)?;
            rows += 1;
        }
        file.flush()?;
        drop(file);
        digest.update(&text);
        upload.write(&text).await?;
        text.clear();
    }
    upload.finish().await?;
    println!(
        "{{\"rows\":{rows},\"sha256\":\"{}\"}}",
        hex::encode(digest.finalize())
    );
    Ok(())
}

fn writer(text: &mut Vec<u8>) -> csv::Writer<&mut Vec<u8>> {
    csv::WriterBuilder::new().delimiter(b';').from_writer(text)
}

fn variable(name: &str) -> anyhow::Result<String> {
    env::var(name).with_context(|| format!("{name} is not set"))
}
