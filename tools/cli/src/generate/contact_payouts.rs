//! Payouts by contact.

use shared::domain::time::to_seconds;

use super::{
    market::{Market, created_at},
    money::Money,
    row::Row,
    texts,
};

const FIRST_CONTACT: u64 = 100;
const CONTACTS: u64 = 9;
/// Keeps contacts' random numbers apart from those of rows, which are counted from 0.
const CONTACT_NAMES: u64 = 1 << 63;

pub fn row(market: &Market, index: u64) -> Row {
    let random = &mut market.random(index);
    let contact = FIRST_CONTACT + random.below(CONTACTS);
    let status = random.weighted(&[(70, "paid"), (10, "sent"), (12, "pending"), (8, "failed")]);
    let amount = Money::random(random);
    let created = market.time(random);
    let sent = (status != "pending").then(|| market.later(created, random.between(1, 600)));
    let paid = sent
        .filter(|_| status == "paid")
        .map(|sent| market.later(sent, random.between(60, 2880)));
    let row = Row::default()
        .with("payoutId", market.id("pbc", index))
        .with_some(
            "externalId",
            random.percent(80).then(|| format!("PAY/{index:06}")),
        )
        .with("createdAt", created_at(created))
        .with_some("sentAt", sent.map(to_seconds))
        .with_some("paidAt", paid.map(to_seconds))
        .with("status", status)
        .with("amount", amount.text())
        .with("currency", amount.currency.code)
        .with(
            "payoutMethod",
            *random.pick(&["BANK_TRANSFER", "INSTANT", "WALLET"]),
        )
        .with(
            "bankCode",
            *random.pick(&["NWBKDEFF", "ATLSFRPP", "0042-7", "みどり銀行"]),
        )
        .with("bankAccountNumber", format!("{:04}", random.below(10_000)))
        .with_some("reference", texts::reference(random))
        .with_some(
            "failureReason",
            (status == "failed").then(|| texts::reason(random)),
        );
    with_contact(row, market, contact)
}

/// The contact is the same in all of its payouts. One has no external id.
fn with_contact(row: Row, market: &Market, number: u64) -> Row {
    let has_external_id = number + 1 < FIRST_CONTACT + CONTACTS;
    row.with("contactId", format!("cnt_{}_{number}", market.label()))
        .with_some(
            "contactExternalId",
            has_external_id.then(|| format!("C-{number}")),
        )
        .with(
            "contactName",
            texts::name(&mut market.random(CONTACT_NAMES + number)),
        )
}
