//! How files are written for those who read them.

use memchr::memchr;

/// What stands between the cells of a file, and in which form it shows amounts and times.
///
/// The dialects for spreadsheets are what Excel reads when somebody in that language opens a file by a double click:
/// `docs/profiles.md` has the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub(crate) delimiter: u8,
    /// What the file begins with.
    pub(crate) mark: &'static [u8],
    pub(crate) decimal_mark: u8,
    pub(crate) times: Times,
}

/// The form of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// `2026-01-31T23:59:59Z`, as they are stored.
    Rfc3339,
    /// `2026-01-31 23:59:59`.
    YearFirst,
    /// `31/01/2026 23:59:59`, with this byte between day, month and year.
    DayFirst(u8),
}

/// `2026-01-31T23:59:59`: a time without its fraction and zone, where `0` stands for any digit.
const FORM: &[u8; 19] = b"0000-00-00T00:00:00";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Dialect {
    /// For programs: `;`, decimal points, RFC 3339.
    pub const STANDARD: Self = Self {
        delimiter: b';',
        mark: b"",
        decimal_mark: b'.',
        times: Times::Rfc3339,
    };

    /// For spreadsheets in English. Its times have one meaning in every country, and its days and months another in some.
    pub const ENGLISH: Self = Self {
        delimiter: b',',
        mark: BYTE_ORDER_MARK,
        decimal_mark: b'.',
        times: Times::YearFirst,
    };

    /// For spreadsheets in French.
    pub const FRENCH: Self = Self {
        delimiter: b';',
        mark: BYTE_ORDER_MARK,
        decimal_mark: b',',
        times: Times::DayFirst(b'/'),
    };

    /// For spreadsheets in German.
    pub const GERMAN: Self = Self {
        times: Times::DayFirst(b'.'),
        ..Self::FRENCH
    };

    /// For spreadsheets in Spanish.
    pub const SPANISH: Self = Self::FRENCH;
}

impl Times {
    /// The second of a time in RFC 3339 and UTC, in this form. `None` if the text is no such time.
    pub(crate) fn of(self, text: &[u8]) -> Option<[u8; 19]> {
        let (second, rest) = text.split_first_chunk::<19>()?;
        let is_formed = second
            .iter()
            .zip(FORM)
            .all(|(byte, form)| byte == form || (*form == b'0' && byte.is_ascii_digit()));
        let fraction = rest.strip_suffix(b"Z")?;
        let is_fraction = match fraction {
            [] => true,
            [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        (is_formed && is_fraction).then(|| self.rewritten(second))
    }

    fn rewritten(self, second: &[u8; 19]) -> [u8; 19] {
        let mut time = *second;
        match self {
            Times::Rfc3339 => {}
            Times::YearFirst => time[10] = b' ',
            Times::DayFirst(separator) => {
                time[10] = b' ';
                time[..2].copy_from_slice(&second[8..10]);
                time[2] = separator;
                time[3..5].copy_from_slice(&second[5..7]);
                time[5] = separator;
                time[6..10].copy_from_slice(&second[..4]);
            }
        }
        time
    }
}

/// Where the point of a plain decimal such as `-1234.50` is. `None` if the text has no point, or is no plain decimal.
pub(crate) fn decimal_point(text: &[u8]) -> Option<usize> {
    let point = memchr(b'.', text)?;
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let whole = point - (text.len() - digits.len());
    let is_number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    (is_number(&digits[..whole]) && is_number(&digits[whole + 1..])).then_some(point)
}
