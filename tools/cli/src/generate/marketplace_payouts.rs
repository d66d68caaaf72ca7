//! Marketplace payouts.

use shared::domain::time::to_seconds;

use super::{
    market::{Market, created_at},
    money::Money,
    row::Row,
    texts,
};

pub fn row(market: &Market, index: u64) -> Row {
    let random = &mut market.random(index);
    let status = random.weighted(&[
        (72, "SETTLED"),
        (9, "PENDING"),
        (9, "COMPUTED"),
        (6, "FAILED"),
        (4, "INSUFFICIENT_FUNDS"),
    ]);
    let amount = Money::random(random);
    let created = market.time(random);
    let executed = ["SETTLED", "PENDING", "FAILED"]
        .contains(&status)
        .then(|| market.later(created, random.between(1, 240)));
    let settled = executed
        .filter(|_| status == "SETTLED")
        .map(|executed| market.later(executed, random.between(60, 2880)));
    let (period_start, period_end) = market.period_before(created, random.pick(&[7, 30]));
    Row::default()
        .with("payoutId", market.id("mpo", index))
        .with("createdAt", created_at(created))
        .with("status", status)
        .with("amount", amount.text())
        .with("currency", amount.currency.code)
        .with("commissionAmount", amount.per_mille(980).text())
        .with("orderCount", random.between(1, 20_000).to_string())
        .with("periodStart", to_seconds(period_start))
        .with("periodEnd", to_seconds(period_end))
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
