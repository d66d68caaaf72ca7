//! The exact totals of a file's amounts.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, num_bigint::BigInt};
use serde::{Deserialize, Serialize};

use crate::amount::Amount;

/// More currencies than exist. Beyond them, the column does not hold currencies.
const MOST_CURRENCIES: usize = 300;

/// The sums of a file's amounts by currency, each with as many decimals as its longest amount.
///
/// There is a sum for each number of decimals. They are added only when they are shown, so nothing is ever rounded, and no sum
/// of fewer than 10^10 rows is too large.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    currencies: Vec<Total>,
    left_out: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Total {
    currency: String,
    /// Decimals and the sum in units of the last one.
    sums: Vec<(u8, i128)>,
}

impl Totals {
    /// Adds a row's amount. A row without a currency, or without a plain decimal for its amount, is in the file but in no sum:
    /// it is counted instead.
    #[inline]
    pub fn add(&mut self, currency: &str, amount: Option<Amount>) {
        let sum = amount.filter(|_| !currency.is_empty());
        if sum
            .and_then(|amount| self.try_add(currency, amount))
            .is_none()
        {
            self.left_out += 1;
        }
    }

    /// The number of rows in no sum.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    #[inline]
    fn try_add(&mut self, currency: &str, amount: Amount) -> Option<()> {
        let total = match self
            .currencies
            .iter()
            .position(|total| total.currency == currency)
        {
            Some(index) => &mut self.currencies[index],
            None if self.currencies.len() == MOST_CURRENCIES => return None,
            None => self.begin(currency),
        };
        match total
            .sums
            .iter_mut()
            .find(|(scale, _)| *scale == amount.scale)
        {
            Some((_, sum)) => *sum = sum.checked_add(amount.mantissa)?,
            None => total.sums.push((amount.scale, amount.mantissa)),
        }
        Some(())
    }

    #[cold]
    fn begin(&mut self, currency: &str) -> &mut Total {
        self.currencies.push(Total {
            currency: currency.to_owned(),
            sums: Vec::new(),
        });
        self.currencies.last_mut().expect("one was just added")
    }

    /// Currency to sum, as plain decimals.
    pub fn shown(&self) -> BTreeMap<String, String> {
        let sum = |total: &Total| {
            let sum: BigDecimal = total
                .sums
                .iter()
                .map(|&(scale, sum)| BigDecimal::new(BigInt::from(sum), i64::from(scale)))
                .sum();
            sum.to_plain_string()
        };
        self.currencies
            .iter()
            .map(|total| (total.currency.clone(), sum(total)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn totals(amounts: &[(&str, &str)]) -> Totals {
        let mut totals = Totals::default();
        for (currency, amount) in amounts {
            totals.add(currency, Amount::parse(amount.as_bytes()));
        }
        totals
    }

    fn shown(amounts: &[(&str, &str)]) -> Vec<String> {
        totals(amounts)
            .shown()
            .into_iter()
            .map(|(currency, sum)| format!("{currency} {sum}"))
            .collect()
    }

    #[test]
    fn sums_are_exact_and_keep_the_longest_amounts_decimals() {
        assert_eq!(
            shown(&[
                ("EUR", "0.10"),
                ("JPY", "5"),
                ("EUR", "0.2"),
                ("EUR", "-0.300"),
                ("USD", "100.00")
            ]),
            ["EUR 0.000", "JPY 5", "USD 100.00"]
        );
        assert_eq!(
            shown(&[
                ("EUR", "9999999999999999999999999999"),
                ("EUR", "0.0000000000000000000000000001")
            ]),
            ["EUR 9999999999999999999999999999.0000000000000000000000000001"]
        );
        assert!(shown(&[]).is_empty());
    }

    #[test]
    fn what_cannot_be_added_is_counted() {
        let totals = totals(&[("EUR", "1.00"), ("EUR", "n/a"), ("", "5"), ("EUR", "")]);
        assert_eq!(totals.left_out(), 3);
        assert_eq!(totals.shown()["EUR"], "1.00");
        let huge = Amount {
            mantissa: i128::MAX,
            scale: 2,
        };
        let mut totals = Totals::default();
        totals.add("EUR", Some(huge));
        totals.add("EUR", Some(huge));
        assert_eq!(totals.left_out(), 1, "a sum is never wrapped");
    }

    proptest! {
        #[test]
        fn they_are_what_big_decimals_add_up_to(amounts in prop::collection::vec("-?[0-9]{1,14}(\\.[0-9]{1,6})?", 1..40)) {
            let pairs: Vec<_> = amounts.iter().map(|amount| ("EUR", amount.as_str())).collect();
            let expected: BigDecimal = amounts.iter().map(|amount| amount.parse::<BigDecimal>().unwrap()).sum();
            let sum: BigDecimal = totals(&pairs).shown()["EUR"].parse().unwrap();
            prop_assert_eq!(sum, expected);
        }
    }
}
