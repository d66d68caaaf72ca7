//! The contacts of a merchant.

use super::{market::Market, random::SplitMix64, texts};

const FIRST_CONTACT: u64 = 100;
const CONTACTS: u64 = 9;
/// Keeps contacts' random numbers apart from those of rows, which are counted from 0.
const CONTACT_NAMES: u64 = 1 << 63;

/// One of the market's few contacts, the same in all of its records.
pub struct Contact {
    pub id: String,
    /// One contact has none.
    pub external_id: Option<String>,
    pub name: String,
}

impl Contact {
    pub fn random(market: &Market, random: &mut SplitMix64) -> Self {
        let number = FIRST_CONTACT + random.below(CONTACTS);
        let has_external_id = number + 1 < FIRST_CONTACT + CONTACTS;
        Self {
            id: format!("cnt_{}_{number}", market.label()),
            external_id: has_external_id.then(|| format!("C-{number}")),
            name: texts::name(&mut market.random(CONTACT_NAMES + number)),
        }
    }
}
