//! The rows of a file, whichever of the formats it is in.

use std::{
    fmt,
    fs::File,
    io,
    io::BufRead,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use shared::domain::{
    change::{Change, VERSION_RULE},
    dataset::Dataset,
    record::{Record, RecordProblem, Rule},
};

use shared::items::ledger::VERSION;

use super::{
    csv_rows::CsvRows,
    json_rows::JsonRows,
    lines::Lines,
    problems::{ColumnPlace, Problem},
};

/// A file to import. It is read twice, so it cannot be a pipe.
pub struct Input {
    path: PathBuf,
    format: Format,
    dataset: &'static Dataset,
}

enum Format {
    /// `None`: to be told from the header.
    Csv {
        delimiter: Option<u8>,
    },
    JsonLines,
}

/// One record as the file has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Column names with their values.
    pub fields: Vec<(String, String)>,
    /// Whether the place of a field is that of its column in the file.
    pub has_positions: bool,
}

/// Why a row could not be read.
#[derive(Debug)]
pub enum RowError {
    Io(io::Error),
    /// The row is not what the format or the dataset wants.
    Problems(Vec<Problem>),
}

pub type Rows = Box<dyn Iterator<Item = Result<Row, RowError>>>;

impl From<io::Error> for RowError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl RowError {
    /// A problem of the line as a whole.
    pub fn of_line(line: u64, rule: impl Into<String>) -> Self {
        Self::Problems(vec![Problem {
            line,
            column: None,
            rule: rule.into(),
        }])
    }
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
        let is_json = is_json_lines(&path).with_context(|| cannot_read(&path))?;
        let format = if is_json {
            Format::JsonLines
        } else {
            Format::Csv { delimiter }
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
    pub fn rows(&self) -> Result<Rows, RowError> {
        let lines = Lines::open(&self.path)?;
        Ok(match self.format {
            Format::Csv { delimiter } => Box::new(CsvRows::new(lines, self.dataset, delimiter)?),
            Format::JsonLines => Box::new(JsonRows::new(lines, self.dataset)),
        })
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

impl Row {
    /// The record and its version, if it has one; or everything that is wrong with it.
    pub fn check(&self, dataset: &'static Dataset) -> Result<(Record, Option<u64>), Vec<Problem>> {
        let (versions, fields): (Vec<_>, Vec<_>) = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .partition(|(name, _)| *name == VERSION);
        let mut problems = Vec::new();
        let version = match versions[..] {
            [] | [(_, "")] => None,
            [(_, text)] => {
                let version = text.parse().ok();
                if version.is_none() {
                    problems.push(self.problem(VERSION, VERSION_RULE.to_owned()));
                }
                version
            }
            _ => {
                problems.push(self.problem(VERSION, Rule::Repeated.to_string()));
                None
            }
        };
        match Record::check(dataset, fields) {
            Ok(record) if problems.is_empty() => Ok((record, version)),
            Ok(_) => Err(problems),
            Err(found) => {
                let located = found
                    .into_iter()
                    .map(|RecordProblem { column, rule }| self.problem(&column, rule.to_string()));
                problems.extend(located);
                Err(problems)
            }
        }
    }

    /// A problem of one column of this row.
    pub fn problem(&self, column: &str, rule: String) -> Problem {
        let position = self.fields.iter().position(|(name, _)| name == column);
        let position = position
            .filter(|_| self.has_positions)
            .map(|index| index + 1);
        let column = Some(ColumnPlace {
            name: column.to_owned(),
            position,
        });
        Problem {
            line: self.line,
            column,
            rule,
        }
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

fn is_json_lines(path: &Path) -> io::Result<bool> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if ["jsonl", "ndjson"].contains(&extension.to_ascii_lowercase().as_str()) {
        return Ok(true);
    }
    let mut file = io::BufReader::new(File::open(path)?);
    let start = file.fill_buf()?;
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    Ok(start.trim_ascii_start().starts_with(b"{"))
}
