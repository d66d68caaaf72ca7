//! The export engine: the pages of DynamoDB queries, side by side, become one CSV file in order.
//!
//! ```text
//! page ── Decoder ──► rows of the file, with their sort keys ── Merge ──► Draft ──► parts, hash, totals
//! ```
//!
//! Nothing here calls, waits or looks at a clock: what comes out depends on what goes in, so that an export that is
//! taken up again where it stopped ends in the same bytes.

mod amount;
mod cell;
mod draft;
mod merge;
mod page;
mod rows;
mod scanner;
mod totals;

pub use cell::{Column, Format, header};
pub use draft::{Draft, DraftState};
pub use merge::{Drained, Merge};
pub use page::{Decoder, Page};
pub use rows::Rows;
pub use scanner::Unreadable;
pub use totals::Totals;
