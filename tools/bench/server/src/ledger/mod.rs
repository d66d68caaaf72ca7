//! The ledger that is played: which records there are, and the pages that show them.

mod content;
mod page;
mod record;
mod strip;

pub use page::{Pages, Range};
