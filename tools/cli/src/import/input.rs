//! The file that is imported.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use record_files::{Format, RowError, Rows};
use shared::domain::{change::Change, dataset::Dataset};

/// A file to import. It is read twice, so it cannot be a pipe.
pub struct Input {
    path: PathBuf,
    format: Format,
    dataset: &'static Dataset,
}

impl Input {
    /// Tells the format from the file's name or its first character.
    pub fn new(path: PathBuf, dataset: &'static Dataset, delimiter: Option<char>) -> Result<Self> {
        let delimiter = match delimiter {
            None => None,
            Some(character) if character.is_ascii() && !"\"\r\n".contains(character) => {
                Some(character as u8)
            }
            Some(_) => bail!("--delimiter must be one ASCII character, and no quote or line break"),
        };
        let mut file = open(&path).with_context(|| cannot_read(&path))?;
        let start = file.fill_buf().with_context(|| cannot_read(&path))?;
        let format = match Format::of(&path.to_string_lossy(), start) {
            Format::Csv { .. } => Format::Csv { delimiter },
            Format::JsonLines => Format::JsonLines,
        };
        Ok(Self {
            path,
            format,
            dataset,
        })
    }

    pub fn dataset(&self) -> &'static Dataset {
        self.dataset
    }

    /// Reads from the start.
    pub fn rows(&self) -> Result<Rows<BufReader<File>>, RowError> {
        Rows::new(open(&self.path)?, self.format, self.dataset)
    }

    pub fn explain(&self, error: io::Error) -> anyhow::Error {
        anyhow::Error::new(error).context(cannot_read(&self.path))
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// The records of a file that was found to be good, as changes of a tenant's ledger: a problem now is a change of the file.
pub fn changes(input: &Input, tenant_id: &str) -> Result<impl Iterator<Item = Result<Change>>> {
    let explain = |error| match error {
        RowError::Io(error) => input.explain(error),
        RowError::Problems(_) => changed(input),
    };
    let rows = input.rows().map_err(explain)?;
    Ok(rows.map(move |row| {
        let (record, version) = row
            .map_err(explain)?
            .check(input.dataset)
            .map_err(|_| changed(input))?;
        Ok(Change {
            version,
            ..Change::unversioned(tenant_id, record)
        })
    }))
}

fn changed(input: &Input) -> anyhow::Error {
    anyhow!("{input} was changed while it was imported")
}

fn cannot_read(path: &Path) -> String {
    format!("cannot read {}", path.display())
}

fn open(path: &Path) -> io::Result<BufReader<File>> {
    Ok(BufReader::with_capacity(1 << 16, File::open(path)?))
}
