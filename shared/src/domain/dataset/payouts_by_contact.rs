use super::{Column, Dataset, Visibility};
use crate::domain::caller::RoleName;

/// What a merchant paid to one contact.
pub static PAYOUTS_BY_CONTACT: Dataset = Dataset {
    export_type: "PAYOUTS_BY_CONTACT",
    slug: "payouts-by-contact",
    title: "Payouts by contact",
    letter: 'c',
    accepted: 200,
    roles: &[RoleName::Merchant],
    visibility: Visibility::Tenant,
    columns: &[
        Column::identifier("payoutId"),
        Column::text("externalId").optional(),
        Column::time("createdAt"),
        Column::time("sentAt").optional(),
        Column::time("paidAt").optional(),
        Column::choice("status", &["pending", "sent", "paid", "failed"]),
        Column::amount("amount"),
        Column::currency("currency"),
        Column::identifier("contactId"),
        Column::text("contactExternalId").optional(),
        Column::text("contactName").optional(),
        Column::code("payoutMethod").optional(),
        Column::text("bankCode").optional(),
        Column::last_four("bankAccountNumber").optional(),
        Column::text("reference").optional(),
        Column::text("failureReason").optional(),
    ],
    id_column: "payoutId",
    failures: &["failed"],
    filters: &[],
};
