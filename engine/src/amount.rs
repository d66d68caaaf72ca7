//! Decimals as DynamoDB's records have them, as whole numbers of their last digit.

/// An exact decimal: `mantissa` / 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    pub mantissa: i128,
    pub scale: u8,
}

/// This many digits fit a machine word. Nearly all amounts have no more.
const WORD_DIGITS: u32 = 18;

impl Amount {
    /// Reads `-1234.50`. `None` if the text is not a plain decimal, or has more digits than fit exactly, which are at least
    /// 38.
    #[inline]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        let mut mantissa: i128 = 0;
        let (mut word, mut word_digits) = (0_i64, 0);
        let mut point = None;
        for (index, &byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    word = word * 10 + i64::from(byte - b'0');
                    word_digits += 1;
                    if word_digits == WORD_DIGITS {
                        mantissa = append(mantissa, word, word_digits)?;
                        (word, word_digits) = (0, 0);
                    }
                }
                b'.' if point.is_none() => point = Some(index),
                _ => return None,
            }
        }
        let (whole, decimals) = match point {
            Some(point) => (point, digits.len() - point - 1),
            None => (digits.len(), 0),
        };
        if whole == 0 || (point.is_some() && decimals == 0) {
            return None;
        }
        let mantissa = append(mantissa, word, word_digits)?;
        Some(Self {
            mantissa: if digits.len() < text.len() {
                -mantissa
            } else {
                mantissa
            },
            scale: u8::try_from(decimals).ok()?,
        })
    }
}

fn append(mantissa: i128, word: i64, digits: u32) -> Option<i128> {
    if mantissa == 0 {
        return Some(word.into());
    }
    mantissa
        .checked_mul(10_i128.pow(digits))?
        .checked_add(word.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(i128, u8)> {
        Amount::parse(text.as_bytes()).map(|amount| (amount.mantissa, amount.scale))
    }

    #[test]
    fn reads_plain_decimals() {
        assert_eq!(parse("0"), Some((0, 0)));
        assert_eq!(parse("-100.00"), Some((-10_000, 2)));
        assert_eq!(parse("0.001"), Some((1, 3)));
        assert_eq!(parse(&format!("{}1.5", "0".repeat(60))), Some((15, 1)));
        assert_eq!(
            parse("1234567890123456789012345678"),
            Some((1_234_567_890_123_456_789_012_345_678, 0))
        );
        assert_eq!(
            parse("-123456789012345678.9012345678"),
            Some((-1_234_567_890_123_456_789_012_345_678, 10))
        );
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "-",
            "+1",
            ".5",
            "5.",
            "1,5",
            "1e3",
            "1.2.3",
            " 1",
            "--1",
            "1-",
            "NaN",
            "1000000000000000000000000000000000000000",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
