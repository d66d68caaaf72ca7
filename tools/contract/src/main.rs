//! `make contract`: writes what follows from `datasets/` and from the templates, each of which names its target's sources
//! in its first lines.

mod change_schema;
mod event_schema;
mod render;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Parser;

/// Make the OpenAPI files, the schemas of the ledger's messages and of events, the page's datasets and their documentation.
#[derive(Parser)]
struct Args {
    /// The project's folder
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Write nothing, but fail if a file is not what would be written
    #[arg(long)]
    check: bool,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let folder = args.root.join("datasets");
    let datasets = dataset_files::load(&folder)
        .with_context(|| format!("cannot read {}", folder.display()))?;
    let datasets = match datasets {
        Ok(datasets) => datasets,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut is_stale = false;
    for (target, text) in render::targets(&args.root, &datasets)? {
        let path = args.root.join(target);
        if is_current(&path, &text) {
            continue;
        }
        if args.check {
            eprintln!("{target} is stale: run `make contract` and commit what it writes.");
            is_stale = true;
        } else {
            fs::write(&path, text).with_context(|| format!("cannot write {target}"))?;
            println!("{target} was written.");
        }
    }
    Ok(if is_stale {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn is_current(path: &Path, text: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|current| current == text)
}
