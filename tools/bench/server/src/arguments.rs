//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Plays AWS and the Lambda Runtime API on the loopback interface, for the benchmark.
#[derive(Debug, Parser)]
pub struct Arguments {
    /// The port of everything; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    pub port: u16,

    /// Serve that port over TLS, with a certificate authority of its own. The second port stays plain
    #[arg(long, requires = "ca_file")]
    pub tls: bool,

    /// Where the certificate authority's PEM is written
    #[arg(long)]
    pub ca_file: Option<PathBuf>,

    /// Records in the ledger
    #[arg(long, default_value_t = 1_000_000)]
    pub rows: u64,

    /// Shards that they are spread over, evenly
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..1000))]
    pub shards: u64,

    /// A query that filters by a list of values returns each record whose number this divides
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub match_every: u64,

    /// How long each page takes, beyond what it takes to make it
    #[arg(long, default_value_t = 0)]
    pub page_latency_ms: u64,

    /// How long each call to a service takes, beyond what it takes to answer it; then the statistics have the first calls
    #[arg(long, default_value_t = 0)]
    pub call_latency_ms: u64,

    /// Megabytes a second that all connections together have in each direction; 0 is as fast as can be
    #[arg(long, default_value_t = 0)]
    pub megabytes_per_second: u32,

    /// Compresses the ledger's pages for whoever accepts gzip. Each is compressed once: the first export finds out what the
    /// server takes for it, the next ones do not
    #[arg(long)]
    pub gzip: bool,

    /// Refuses one Query, one batch of writes and one UploadPart of this many as throttled; 0 refuses none
    #[arg(long, default_value_t = 0)]
    pub throttle_every: u64,

    /// Keeps the objects' content, to be fetched and digested
    #[arg(long)]
    pub keep: bool,

    /// A file whose content is an object from the start, read as it is asked for: bucket/key=file
    #[arg(long, value_parser = object)]
    pub object: Option<(String, PathBuf)>,

    /// The event that the first invocations get
    #[arg(long)]
    pub event: Option<PathBuf>,

    /// How many invocations get the event
    #[arg(long, default_value_t = 1)]
    pub event_times: u64,

    /// Answers reads of an export as one that is READY, not PENDING
    #[arg(long)]
    pub ready: bool,

    /// The export's file is for spreadsheets in this locale
    #[arg(long)]
    pub locale: Option<String>,

    /// The export's file is compressed so
    #[arg(long)]
    pub compression: Option<String>,

    /// Passes everything but the ledger's pages and layout on to this endpoint
    #[arg(long, requires = "ledger_table")]
    pub upstream: Option<String>,

    /// The ledger's name at that endpoint
    #[arg(long)]
    pub ledger_table: Option<String>,
}

fn object(text: &str) -> Result<(String, PathBuf), String> {
    let (place, file) = text.split_once('=').ok_or("bucket/key=file is wanted")?;
    Ok((place.to_owned(), file.into()))
}
