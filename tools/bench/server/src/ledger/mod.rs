//! The ledger that is played: which records there are, and the pages that show them.

mod compressed;
mod content;
mod page;
mod record;
mod strip;

pub use compressed::Compressed;
pub use page::{Pages, Range};
