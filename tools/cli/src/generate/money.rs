//! Amounts in currencies of 0, 2 and 3 decimals.

use super::random::SplitMix64;

/// A currency and the number of its decimals, as ISO 4217 has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    pub code: &'static str,
    decimals: u32,
}

const EUR: Currency = Currency {
    code: "EUR",
    decimals: 2,
};
const USD: Currency = Currency {
    code: "USD",
    decimals: 2,
};
const GBP: Currency = Currency {
    code: "GBP",
    decimals: 2,
};
const JPY: Currency = Currency {
    code: "JPY",
    decimals: 0,
};
const KWD: Currency = Currency {
    code: "KWD",
    decimals: 3,
};
const BHD: Currency = Currency {
    code: "BHD",
    decimals: 3,
};

/// An amount in a currency's smallest unit.
#[derive(Clone, Copy, Debug)]
pub struct Money {
    pub currency: Currency,
    units: i64,
}

impl Money {
    /// From about 1 to about 20,000 euros' worth, small amounts more often than large ones.
    pub fn random(random: &mut SplitMix64) -> Self {
        let currency = random.weighted(&[
            (45, EUR),
            (20, USD),
            (10, GBP),
            (12, JPY),
            (8, KWD),
            (5, BHD),
        ]);
        let least = *random.pick(&[100, 1_000, 10_000, 100_000]);
        let cents = random.between(least, 20 * least);
        let units = match currency.decimals {
            // A yen is worth about as much as a cent.
            0 | 2 => cents,
            _ => cents * 10 / 3,
        };
        Self {
            currency,
            units: units as i64,
        }
    }

    pub fn negated(self) -> Self {
        Self {
            units: -self.units,
            ..self
        }
    }

    /// So many per mille, rounded towards zero.
    pub fn per_mille(self, share: i64) -> Self {
        Self {
            units: self.units * share / 1000,
            ..self
        }
    }

    /// A plain decimal with all of the currency's digits.
    pub fn text(self) -> String {
        let sign = if self.units < 0 { "-" } else { "" };
        let (units, unit) = (
            self.units.unsigned_abs(),
            10_u64.pow(self.currency.decimals),
        );
        match self.currency.decimals {
            0 => format!("{sign}{units}"),
            decimals => {
                let width = decimals as usize;
                format!("{sign}{}.{:0width$}", units / unit, units % unit)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_their_currencys_digits() {
        let text = |currency, units| Money { currency, units }.text();
        assert_eq!(text(EUR, 5), "0.05");
        assert_eq!(text(EUR, -12_345), "-123.45");
        assert_eq!(text(JPY, 12_345), "12345");
        assert_eq!(text(KWD, 12_000), "12.000");
        assert_eq!(text(BHD, 0), "0.000");
    }
}
