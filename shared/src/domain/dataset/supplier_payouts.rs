use super::{Column, Dataset, Visibility};
use crate::domain::caller::RoleName;

/// What the marketplace pays out to its suppliers.
pub static SUPPLIER_PAYOUTS: Dataset = Dataset {
    export_type: "SUPPLIER_PAYOUTS",
    slug: "supplier-payouts",
    title: "Supplier payouts",
    letter: 's',
    accepted: 202,
    roles: &[RoleName::Operator],
    visibility: Visibility::Tenant,
    columns: &[
        Column::identifier("payoutId"),
        Column::time("createdAt"),
        Column::choice(
            "status",
            &[
                "COMPUTED",
                "SKIPPED",
                "PENDING",
                "SETTLED",
                "FAILED",
                "INSUFFICIENT_FUNDS",
            ],
        ),
        Column::amount("amount"),
        Column::currency("currency"),
        Column::text("supplierExternalId"),
        Column::text("supplierName").optional(),
        Column::time("periodStart").optional(),
        Column::time("periodEnd").optional(),
        Column::count("orderCount").optional(),
        Column::time("executedAt").optional(),
        Column::time("settledAt").optional(),
        Column::text("reference").optional(),
        Column::text("pspReference").optional(),
        Column::text("failureReason").optional(),
    ],
    id_column: "payoutId",
    failures: &["FAILED", "INSUFFICIENT_FUNDS"],
    filters: &[],
};
