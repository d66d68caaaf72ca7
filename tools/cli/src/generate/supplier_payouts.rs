//! Supplier payouts.

use shared::domain::time::to_seconds;

use super::{
    market::{Market, created_at},
    money::Money,
    row::Row,
    texts,
};

const MINUTES_A_DAY: u64 = 24 * 60;

pub fn row(market: &Market, index: u64) -> Row {
    let random = &mut market.random(index);
    let supplier = market.supplier(random);
    let status = random.weighted(&[
        (70, "SETTLED"),
        (8, "PENDING"),
        (8, "COMPUTED"),
        (6, "FAILED"),
        (4, "INSUFFICIENT_FUNDS"),
        (4, "SKIPPED"),
    ]);
    let is_skipped = status == "SKIPPED";
    let amount = Money::random(random);
    let amount = if is_skipped { amount.zero() } else { amount };
    let created = market.time(random);
    let executed = ["SETTLED", "PENDING", "FAILED"]
        .contains(&status)
        .then(|| market.later(created, random.between(1, 240)));
    let settled = executed
        .filter(|_| status == "SETTLED")
        .map(|executed| market.later(executed, random.between(60, 2 * MINUTES_A_DAY)));
    let (period_start, period_end) = market.period_before(created, random.pick(&[7, 14]));
    Row::default()
        .with("payoutId", market.id("spo", index))
        .with("createdAt", created_at(created))
        .with("status", status)
        .with("amount", amount.text())
        .with("currency", amount.currency.code)
        .with("supplierExternalId", &supplier.external_id)
        .with("supplierName", &supplier.name)
        .with("periodStart", to_seconds(period_start))
        .with("periodEnd", to_seconds(period_end))
        .with(
            "orderCount",
            if is_skipped {
                0
            } else {
                random.between(1, 900)
            }
            .to_string(),
        )
        .with_some("executedAt", executed.map(to_seconds))
        .with_some("settledAt", settled.map(to_seconds))
        .with_some("reference", texts::reference(random))
        .with_some("pspReference", executed.map(|_| market.id("PSP", index)))
        .with_some(
            "failureReason",
            market
                .dataset()
                .failures
                .contains(&status)
                .then(|| texts::reason(random)),
        )
}
