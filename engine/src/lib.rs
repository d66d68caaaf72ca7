//! The export engine: the pages of DynamoDB queries, side by side, become one CSV file in order, in a dialect.
//!
//! ```text
//! page ── Decoder ──► rows of the file, with their sort keys ── Merge ──► Draft ──► parts, hash, totals
//! ```
//!
//! Nothing here makes calls, waits or reads a clock. The output depends only on the input, so an export that resumes makes the
//! same bytes. For a compressed file the caller brings the compressor, so that whoever needs none links none.

mod amount;
mod cell;
mod dialect;
mod draft;
mod hash;
mod members;
mod merge;
mod page;
mod rows;
mod scanner;
mod totals;

pub use amount::Amount;
pub use cell::{Column, Format};
pub use dialect::Dialect;
pub use draft::{Content, Draft, DraftState};
pub use members::Compressor;
pub use merge::{Drained, Merge};
pub use page::{Decoder, Page};
pub use rows::Rows;
pub use scanner::Unreadable;
pub use totals::Totals;
