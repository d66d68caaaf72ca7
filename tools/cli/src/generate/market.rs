//! What a seed's records have in common: suppliers, a stretch of time, and ids of their own.

use jiff::{Timestamp, civil::Date};
use shared::domain::{
    dataset::Dataset,
    time::{end_of_day, start_of_day, to_milliseconds},
};

use super::{
    random::{SplitMix64, derive},
    texts::{COMPANIES, STEMS},
};

const FIRST_SUPPLIER: usize = 1001;
const MILLISECONDS_A_DAY: i64 = 24 * 60 * 60 * 1000;

/// A marketplace or merchant whose records are made up.
pub struct Market {
    dataset: &'static Dataset,
    label: String,
    rows_seed: u64,
    suppliers: Vec<Supplier>,
    /// Milliseconds since 1970, inclusive.
    first: i64,
    last: i64,
}

pub struct Supplier {
    pub external_id: String,
    pub name: String,
}

impl Market {
    /// Suppliers follow from the seed alone, so that they are the same in every dataset. None if the days are before
    /// 1970 or beyond what a timestamp holds.
    pub fn new(
        seed: u64,
        label: &str,
        dataset: &'static Dataset,
        from: Date,
        to: Date,
    ) -> Option<Self> {
        let (first, last) = (start_of_day(from)?, end_of_day(to)?);
        let mut stems = STEMS;
        SplitMix64::new(derive(seed, 0)).shuffle(&mut stems);
        let suppliers = COMPANIES.iter().zip(stems).zip(FIRST_SUPPLIER..);
        (first >= Timestamp::UNIX_EPOCH).then(|| Self {
            dataset,
            label: label.to_owned(),
            rows_seed: derive(seed, u64::from(u32::from(dataset.letter))),
            suppliers: suppliers
                .map(|((company, stem), number)| Supplier {
                    external_id: format!("SUP-{number}"),
                    name: company.replace("{}", stem),
                })
                .collect(),
            first: first.as_millisecond(),
            last: last.as_millisecond(),
        })
    }

    pub fn dataset(&self) -> &'static Dataset {
        self.dataset
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    /// What the `index`th record is made from.
    pub fn random(&self, index: u64) -> SplitMix64 {
        SplitMix64::new(derive(self.rows_seed, index))
    }

    /// `trf_demo_0123456789abcdef`: one id an index, though in no order.
    pub fn id(&self, prefix: &str, index: u64) -> String {
        format!(
            "{prefix}_{}_{:016x}",
            self.label,
            derive(!self.rows_seed, index)
        )
    }

    /// Some suppliers have more records than others; each has some.
    pub fn supplier(&self, random: &mut SplitMix64) -> &Supplier {
        let suppliers = &self.suppliers;
        if random.percent(40) {
            random.pick(&suppliers[..4])
        } else {
            random.pick(suppliers)
        }
    }

    /// Any time of the stretch. One in fifty is a midnight, when nightly runs pay many at the same millisecond.
    pub fn time(&self, random: &mut SplitMix64) -> Timestamp {
        let length = self.last - self.first + 1;
        let mut time = self.first + random.below(length as u64) as i64;
        if random.percent(2) {
            time -= time % MILLISECONDS_A_DAY;
        }
        self.at(time)
    }

    /// So many minutes after a time, but still within the stretch.
    pub fn later(&self, time: Timestamp, minutes: u64) -> Timestamp {
        let later = time
            .as_millisecond()
            .saturating_add_unsigned(minutes * 60_000);
        self.at(later)
    }

    fn at(&self, milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds.min(self.last))
            .expect("the stretch is within bounds")
    }
}

/// A record's `createdAt`, with the milliseconds that the ledger keeps.
pub fn created_at(time: Timestamp) -> String {
    to_milliseconds(time)
}
