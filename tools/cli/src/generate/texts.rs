//! Made-up names and words, with all that a CSV file or a spreadsheet could trip over.

use super::random::SplitMix64;

/// Company names around a [`STEMS`] word, which each market gives another.
pub const COMPANIES: [&str; 16] = [
    "{} Supplies Ltd",
    "{} & Sons GmbH",
    "{}; Import/Export",
    "\"{}\" Handels-AG",
    "{} Logistics\nWarehouse 7",
    "{} Α.Ε. — Εμπόριο",
    "株式会社{}",
    "شركة {} للتجارة",
    "=HYPERLINK(\"https://evil.example\";\"{}\")",
    "+{} Discount",
    "-{} Outlet",
    "@{}.shop",
    "Торговый дом «{}»",
    "Žąsų {} UAB",
    "{}, L'Élevage \"Petit\" S.A.R.L.",
    "\t{} Tabulated",
];

pub const STEMS: [&str; 32] = [
    "Aldermoor",
    "Brackwater",
    "Calverlow",
    "Dunmarrow",
    "Elmsgate",
    "Fenwhistle",
    "Garrowick",
    "Hollinspear",
    "Ivormere",
    "Juniperry",
    "Kestrelow",
    "Larkmoss",
    "Mossendale",
    "Netherfold",
    "Oakenreed",
    "Pellucid",
    "Quillhaven",
    "Rookmarsh",
    "Sedgewind",
    "Thistlebeck",
    "Umberline",
    "Vellumgate",
    "Wrenfield",
    "Yarrowby",
    "Zephyrholm",
    "Ashquill",
    "Birchenvale",
    "Cindermill",
    "Driftstone",
    "Emberlee",
    "Foxglade",
    "Gullwater",
];

const FIRST_NAMES: [&str; 12] = [
    "Ana", "Björn", "Chloé", "Dmitar", "Eilidh", "Farid", "Giulia", "Håkan", "Inês", "Jakub",
    "Keiko", "Łucja",
];

const LAST_NAMES: [&str; 12] = [
    "Brightwell",
    "Castellar",
    "Dubravsky",
    "Eastergate",
    "Fjellstrand",
    "Grünewald",
    "Hazelnorth",
    "Iversen-Holt",
    "Jaskółka",
    "Lindqvane",
    "Marchebois",
    "Nightingrove",
];

const DIFFICULT_NAMES: [&str; 14] = [
    "Ελένη Παπαμάρκου",
    "高橋 みどり",
    "ليلى الحداد",
    "Олена Вишнева",
    "김하늘",
    "O'Dwyer; Sinéad",
    "Jean \"Jeannot\" Marchebois",
    "Anna Grünewald\nc/o Haus Linde",
    "=HYPERLINK(\"https://evil.example\";\"Click\")",
    "+SUM(1;2)",
    "-1+1",
    "@SUM(1;1)",
    "\tIndented Name",
    "🦊 Foxglade",
];

const DIFFICULT_REFERENCES: [&str; 12] = [
    "Order 4711; part 2",
    "the \"spring\" sale",
    "first line\nsecond line",
    "first line\r\nsecond line",
    "=1+1",
    "+49 refund",
    "-50% discount",
    "@week 32",
    "Τιμολόγιο 88",
    "請求書 第12号",
    "فاتورة رقم ٧",
    "\"",
];

const REASONS: [&str; 7] = [
    "The bank account is closed",
    "The beneficiary's name does not match; check the IBAN",
    "Refused by the bank: \"AC04\"",
    "First attempt: timed out\nSecond attempt: refused",
    "Not enough funds",
    "=REJECTED()",
    "-R01: no funds",
];

/// A person or a small business.
pub fn name(random: &mut SplitMix64) -> String {
    if random.percent(25) {
        random.pick(&DIFFICULT_NAMES).to_string()
    } else {
        format!("{} {}", random.pick(&FIRST_NAMES), random.pick(&LAST_NAMES))
    }
}

/// What someone wrote on a payment; some write nothing.
pub fn reference(random: &mut SplitMix64) -> Option<String> {
    match random.below(10) {
        0 => None,
        1 | 2 => Some(random.pick(&DIFFICULT_REFERENCES).to_string()),
        _ => Some(format!("INV-2026-{:06}", random.below(1_000_000))),
    }
}

/// Why a payment failed.
pub fn reason(random: &mut SplitMix64) -> &'static str {
    random.pick::<&str>(&REASONS)
}
