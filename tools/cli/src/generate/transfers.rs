//! Funding transfers.

use super::{
    market::{Market, created_at},
    money::Money,
    row::Row,
    texts,
};

pub fn row(market: &Market, index: u64) -> Row {
    let random = &mut market.random(index);
    let (source, target) = random.weighted(&[
        (55, ("MARKETPLACE", "SUPPLIER")),
        (30, ("SUPPLIER", "MARKETPLACE")),
        (15, ("MARKETPLACE", "MARKETPLACE")),
    ]);
    let supplier = [source, target]
        .contains(&"SUPPLIER")
        .then(|| market.supplier(random));
    let status = random.weighted(&[(80, "COMPLETED"), (12, "PENDING"), (8, "FAILED")]);
    let amount = Money::random(random);
    let related = random
        .percent(70)
        .then(|| *random.pick(&["PAYOUT", "REFUND"]));
    Row::default()
        .with("transferId", market.id("trf", index))
        .with("createdAt", created_at(market.time(random)))
        .with("status", status)
        .with("amount", amount.text())
        .with("currency", amount.currency.code)
        .with("sourceBalanceAccountType", source)
        .with("targetBalanceAccountType", target)
        .with_some(
            "supplierExternalId",
            supplier.map(|supplier| &supplier.external_id),
        )
        .with_some("supplierName", supplier.map(|supplier| &supplier.name))
        .with_some("reference", texts::reference(random))
        .with_some("relatedEntityType", related)
        .with_some("relatedEntityId", related.map(|_| market.id("rel", index)))
        .with_some(
            "failureReason",
            (status == "FAILED").then(|| texts::reason(random)),
        )
}
