//! Files of records, CSV or JSON lines: their rows one after another, and what is wrong with them.
//!
//! [`Rows`] reads any [`BufRead`](std::io::BufRead) and holds one record at a time, however long the file is. A row is
//! checked by [`Row::check`], against the same rules as a change that comes through the ledger's queue.

mod csv_rows;
mod format;
mod json_rows;
mod lines;
mod problem;
mod row;
mod rows;

pub use format::Format;
pub use lines::Place;
pub use problem::{ColumnPlace, Problem};
pub use row::Row;
pub use rows::{RowError, Rows};
