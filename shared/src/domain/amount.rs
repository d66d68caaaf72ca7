//! Money as exact decimals.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

/// An exact amount that keeps the digits it was written with: `100.00` stays `100.00`, `1` stays `1`.
///
/// At most 28 significant digits, which every currency's largest totals fit into; what does not fit is refused, never
/// rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// The text is not a plain decimal, or has more digits than an [`Amount`] holds exactly.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a plain decimal of at most 28 digits, such as 1234.50")]
pub struct NotAnAmount;

impl FromStr for Amount {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return Err(NotAnAmount);
        }
        Decimal::from_str_exact(text)
            .map(Self)
            .map_err(|_| NotAnAmount)
    }
}

impl Amount {
    /// Reads a JSON number, whose exponent form (`1e3`) is as good as its plain one.
    pub fn from_json_number(text: &str) -> Result<Self, NotAnAmount> {
        if text.contains(['e', 'E']) {
            return Decimal::from_scientific(text)
                .map(Self)
                .map_err(|_| NotAnAmount);
        }
        text.parse()
    }

    /// Appends what the amount displays as. `text` is what it was read from, and mostly that already.
    pub fn write_as(self, text: &str, target: &mut String) {
        let is_plain = matches!(
            text.as_bytes(),
            [b'1'..=b'9', ..] | [b'0'] | [b'0', b'.', ..]
        );
        if is_plain {
            target.push_str(text);
        } else {
            target.push_str(&self.to_string());
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn keeps_its_digits() {
        for text in [
            "0",
            "0.10",
            "100.00",
            "-5.000",
            "1234567890123456789012345678",
        ] {
            assert_eq!(amount(text).to_string(), text);
        }
    }

    #[test]
    fn compares_by_value() {
        assert!(amount("0.1") < amount("0.11"));
        assert_eq!(amount("1.50"), amount("1.5"));
        assert!(amount("9") < amount("10"));
    }

    #[test]
    fn refuses_what_it_cannot_hold_exactly() {
        for text in [
            "",
            "-",
            "+1",
            ".5",
            "5.",
            "1,5",
            "1e3",
            "0x10",
            "1_000",
            " 1",
            "NaN",
            "0.00000000000000000000000000001",
            "123456789012345678901234567890",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(NotAnAmount), "{text}");
        }
    }

    #[test]
    fn json_numbers_may_have_an_exponent() {
        assert_eq!(Amount::from_json_number("1.5e3").unwrap(), amount("1500"));
        assert_eq!(Amount::from_json_number("0.1").unwrap().to_string(), "0.1");
        assert!(Amount::from_json_number("1e-40").is_err());
        assert!(Amount::from_json_number("1e400").is_err());
    }

    proptest! {
        #[test]
        fn is_written_as_it_displays(text in "-?(0{0,2}|[1-9])[0-9]{1,20}(\\.[0-9]{1,6})?") {
            let mut written = "before ".to_owned();
            amount(&text).write_as(&text, &mut written);
            prop_assert_eq!(written, format!("before {}", amount(&text)));
        }
    }
}
