//! How much some pages hold.

use engine::Page;
use shared::domain::selection::Source;

/// What some pages hold together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    pub rows: u64,
    /// Bytes of the rows in the file.
    pub size: u64,
    /// Records that the queries looked at, also those that the filters left out.
    pub scanned: u64,
}

/// Lanes that were read to their ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WholeLanes {
    pub count: usize,
    pub lot: Lot,
}

impl Lot {
    pub fn of(page: &Page) -> Self {
        let lines = (0..page.rows.len()).map(|index| page.rows.line(index).len() as u64);
        Self {
            rows: page.rows.len() as u64,
            size: lines.sum(),
            scanned: page.scanned,
        }
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            size: self.size + other.size,
            scanned: self.scanned + other.scanned,
        }
    }

    /// What has come since the lot was `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            rows: self.rows - before.rows,
            size: self.size - before.size,
            scanned: self.scanned - before.scanned,
        }
    }
}

impl WholeLanes {
    /// Whether they tell of the others too: records are spread over shards by chance, but not over suppliers.
    pub fn are_a_sample(&self, source: &Source) -> bool {
        self.count > 0 && *source == Source::Shards
    }

    pub fn add(&mut self, lane: Lot) {
        self.count += 1;
        self.lot = self.lot.plus(lane);
    }
}
