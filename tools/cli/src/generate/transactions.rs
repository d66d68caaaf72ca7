//! Transaction events: each transaction goes through a few.

use super::{
    market::{Market, created_at},
    money::Money,
    random::SplitMix64,
    row::Row,
    texts,
};

const MOST_EVENTS: u64 = 4;

const HISTORIES: [(u64, &[&str]); 6] = [
    (45, &["AUTHORIZED", "CAPTURED"]),
    (15, &["AUTHORIZED", "CAPTURED", "REFUNDED"]),
    (5, &["AUTHORIZED", "CAPTURED", "CHARGED_BACK"]),
    (10, &["AUTHORIZED", "CANCELLED"]),
    (10, &["FAILED"]),
    (15, &["AUTHORIZED"]),
];

/// The events of the `index`th transaction, in their order.
pub fn rows(market: &Market, index: u64) -> Vec<Row> {
    let random = &mut market.random(index);
    let history = random.weighted(&HISTORIES);
    let amount = Money::random(random);
    let supplier = random.percent(90).then(|| market.supplier(random));
    let order = format!("ORD-2026-{:07}", random.below(10_000_000));
    let transaction = Row::default()
        .with("transactionId", market.id("txn", index))
        .with("commercialOrderReference", &order)
        .with_some(
            "logisticOrderReference",
            supplier.map(|_| format!("{order}-A")),
        )
        .with_some(
            "supplierExternalId",
            supplier.map(|supplier| &supplier.external_id),
        )
        .with_some("supplierName", supplier.map(|supplier| &supplier.name))
        .with(
            "customerAccountExternalId",
            format!("CUST-{:05}", random.below(100_000)),
        )
        .with("customerAccountName", texts::name(random))
        .with_some("paymentMethod", payment_method(random))
        .with("currency", amount.currency.code);
    let mut time = market.time(random);
    let events = (0..).zip(history).map(|(step, status)| {
        let event = index * MOST_EVENTS + step;
        let row = transaction
            .clone()
            .with("eventId", market.id("evt", event))
            .with("eventType", format!("PAYMENT_{status}"))
            .with("createdAt", created_at(time))
            .with("status", *status)
            .with("pspReference", market.id("PSP", event))
            .with_some(
                "failureReason",
                (*status == "FAILED").then(|| texts::reason(random)),
            );
        time = market.later(time, random.between(1, 3 * 24 * 60));
        with_amounts(row, amount, status)
    });
    events.collect()
}

fn payment_method(random: &mut SplitMix64) -> Option<&'static str> {
    random.weighted(&[
        (50, Some("CARD")),
        (20, Some("SEPA_DIRECT_DEBIT")),
        (15, Some("BANK_TRANSFER")),
        (10, Some("PAY_LATER")),
        (5, None),
    ])
}

/// What goes back to the customer is negative; commissions are due once money has moved.
fn with_amounts(row: Row, amount: Money, status: &str) -> Row {
    let goes_back = ["REFUNDED", "CHARGED_BACK"].contains(&status);
    let amount = if goes_back { amount.negated() } else { amount };
    let row = row.with("amount", amount.text());
    if !goes_back && status != "CAPTURED" {
        return row;
    }
    let (platform, marketplace) = (amount.per_mille(15), amount.per_mille(80));
    row.with("platformCommission", platform.text())
        .with("marketplaceCommission", marketplace.text())
        .with(
            "netAmount",
            amount.minus(platform).minus(marketplace).text(),
        )
}
