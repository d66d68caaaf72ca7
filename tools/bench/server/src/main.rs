//! Plays, on the loopback interface, everything that the functions speak to: DynamoDB with a ledger of canned pages, S3,
//! SES, SQS and the Lambda Runtime API.
//!
//! When it serves it says on standard output where: `{"port":…,"runtimePort":…}`. Both ports serve everything; the
//! second is never over TLS.

mod arguments;
mod calls;
mod dynamodb;
mod items;
mod ledger;
mod listen;
mod messages;
mod network;
mod reply;
mod runtime_api;
mod s3;
mod server;
mod stats;
mod tls;
mod upstream;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use arguments::Arguments;
use calls::Calls;
use clap::Parser;
use dynamodb::DynamoDb;
use items::{Format, Items};
use jiff::Timestamp;
use ledger::{Compressed, Pages};
use network::Network;
use runtime_api::RuntimeApi;
use s3::S3;
use serde_json::json;
use server::Server;
use stats::Stats;
use upstream::Upstream;

/// One thread: the server is to leave the other core to the client.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let tls = match &arguments.ca_file {
        Some(file) if arguments.tls => Some(tls::acceptor(file)?),
        _ => None,
    };
    let listener = listen::bind(arguments.port).await?;
    let plain = listen::bind(0).await?;
    let ports = json!({
        "port": listener.local_addr()?.port(),
        "runtimePort": plain.local_addr()?.port(),
    });
    let network =
        (arguments.megabytes_per_second > 0).then(|| Network::new(arguments.megabytes_per_second));
    let server = Arc::new(server(arguments)?);
    println!("{ports}");
    tokio::join!(
        listen::serve(listener, Arc::clone(&server), tls, network),
        listen::serve(plain, server, None, None),
    );
    Ok(())
}

fn server(arguments: Arguments) -> anyhow::Result<Server> {
    let event = arguments
        .event
        .map(|file| {
            std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
        })
        .transpose()?;
    let upstream = arguments
        .upstream
        .zip(arguments.ledger_table)
        .map(|(url, table)| Upstream::new(&url, table))
        .transpose()?;
    let s3 = S3::new(arguments.keep, arguments.throttle_every);
    if let Some((place, file)) = arguments.object {
        let content = std::fs::File::open(&file).and_then(|content| s3.show(place, content));
        content.with_context(|| format!("{} cannot be read", file.display()))?;
    }
    Ok(Server {
        dynamodb: DynamoDb {
            pages: Pages::new(arguments.rows, arguments.shards, arguments.match_every),
            compressed: arguments.gzip.then(Compressed::default),
            items: Items::new(
                Timestamp::now(),
                arguments.ready,
                Format {
                    locale: arguments.locale,
                    compression: arguments.compression,
                },
            ),
            page_latency: Duration::from_millis(arguments.page_latency_ms),
            throttle_every: arguments.throttle_every,
        },
        s3,
        runtime_api: RuntimeApi::new(event.map(Into::into), arguments.event_times),
        upstream,
        calls: (arguments.call_latency_ms > 0)
            .then(|| Calls::new(Duration::from_millis(arguments.call_latency_ms))),
        stats: Stats::default(),
    })
}
