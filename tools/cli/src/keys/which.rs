//! The key that a command is about.

use std::io;

use anyhow::{Context, Result};
use shared::items::api_key::hash;

/// Names a key by its hash, or reads it where no list of processes shows it.
#[derive(clap::Args)]
pub struct Which {
    /// The key's SHA-256 in hexadecimal, as `keys create` shows it
    #[arg(
        long,
        required_unless_present = "key_stdin",
        conflicts_with = "key_stdin"
    )]
    key_hash: Option<String>,
    /// Read the key itself from standard input
    #[arg(long)]
    key_stdin: bool,
}

impl Which {
    /// The hash that the key is stored under.
    pub fn key_hash(self) -> Result<String> {
        if let Some(key_hash) = self.key_hash {
            return Ok(key_hash.to_ascii_lowercase());
        }
        let key = io::read_to_string(io::stdin()).context("cannot read the key")?;
        Ok(hash(key.trim()))
    }
}
