//! The floor below the generator: the same signed queries of the same lanes, as many bytes hashed and uploaded in the
//! same parts, and nothing decoded, merged or checked in between.

use anyhow::Context;
use bytes::Bytes;
use futures::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use memchr::memmem;
use sha2::{Digest, Sha256};
use shared::{
    aws::{
        self, Timeouts,
        files::{ExportFiles, Upload},
        ledger::{Lane, LedgerPage, LedgerQuery, LedgerTable, Span},
    },
    config,
    domain::{
        dataset::FUNDING_TRANSFERS,
        file_format::Compression,
        selection::{Selection, Source},
    },
};

const TENANT: &str = "bench";
const KEY: &str = "exports/floor.csv";
const PART_SIZE: usize = 5 * 1024 * 1024;

/// Pages on their way at the same time, as the generator's budget allows.
const PAGES_AT_ONCE: usize = 9;

/// What the file has of a page's bytes, in thousandths: `fileBytesPerRow` of `pageBytesPerRow` in `bench.json`.
const WRITTEN: usize = 325;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let aws = aws::load(Timeouts::Background).await;
    let ledger = LedgerTable::new(&aws, config::ledger_table()?);
    let files = ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?);
    let layout = ledger
        .layout(TENANT, &FUNDING_TRANSFERS)
        .await?
        .context("the ledger is empty")?;
    let lanes = layout.lanes(TENANT, &FUNDING_TRANSFERS, &Source::Shards);
    let now = Timestamp::now();
    let selection = Selection {
        source: Source::Shards,
        from: None,
        to: now,
        as_of: now,
        conditions: Vec::new(),
    };
    let columns = FUNDING_TRANSFERS.columns.iter().map(|column| column.name);
    let query = LedgerQuery::new(&selection, columns);

    let mut file = File::start(files).await?;
    let mut waiting: Vec<_> = lanes
        .iter()
        .map(|lane| (lane, query.span().least))
        .collect();
    let mut on_the_way = FuturesUnordered::new();
    loop {
        while on_the_way.len() < PAGES_AT_ONCE
            && let Some((lane, least)) = waiting.pop()
        {
            on_the_way.push(page(&ledger, lane, &query, least));
        }
        let Some(answer) = on_the_way.next().await else {
            break;
        };
        let (lane, page) = answer?;
        file.write(page.as_ref()).await?;
        waiting.extend(next(page.as_ref()).map(|least| (lane, least)));
    }
    file.finish().await
}

async fn page<'a>(
    ledger: &LedgerTable,
    lane: &'a Lane,
    query: &LedgerQuery,
    least: String,
) -> anyhow::Result<(&'a Lane, LedgerPage)> {
    let span = Span {
        least,
        ..query.span()
    };
    Ok((lane, ledger.page(lane, query, &span, None).await?))
}

/// Where the next page begins, from the end of this one: `"LastEvaluatedKey":{…"position":{"S":"…"}…`.
fn next(json: &[u8]) -> Option<String> {
    let key = &json[memmem::rfind(json, b"\"LastEvaluatedKey\"")?..];
    let sort = &key[memmem::find(key, b"\"position\":{\"S\":\"")? + 17..];
    let end = memchr::memchr(b'"', sort)?;
    Some(format!("{}\0", String::from_utf8_lossy(&sort[..end])))
}

struct File {
    files: ExportFiles,
    upload: Upload,
    parts: u32,
    part: Vec<u8>,
    hash: Sha256,
}

impl File {
    async fn start(files: ExportFiles) -> anyhow::Result<Self> {
        Ok(Self {
            upload: files.start(KEY, "floor.csv", Compression::None).await?,
            files,
            parts: 0,
            part: Vec::with_capacity(PART_SIZE),
            hash: Sha256::new(),
        })
    }

    async fn write(&mut self, page: &[u8]) -> anyhow::Result<()> {
        let written = &page[..page.len() * WRITTEN / 1000];
        self.hash.update(written);
        self.part.extend_from_slice(written);
        if self.part.len() >= PART_SIZE {
            self.upload_part().await?;
        }
        Ok(())
    }

    async fn upload_part(&mut self) -> anyhow::Result<()> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART_SIZE));
        self.parts += 1;
        self.files
            .upload_part(&self.upload, self.parts, Bytes::from(part))
            .await??;
        Ok(())
    }

    async fn finish(mut self) -> anyhow::Result<()> {
        self.upload_part().await?;
        let parts = self.files.parts(&self.upload, self.parts).await??;
        self.files.complete(&self.upload, parts).await??;
        let sha256: [u8; 32] = self.hash.finalize().into();
        // Said, so that it is not computed for nothing.
        println!("{sha256:02x?}");
        Ok(())
    }
}
