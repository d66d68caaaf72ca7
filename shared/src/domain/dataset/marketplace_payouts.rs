use super::{Column, Dataset, Visibility};
use crate::domain::caller::RoleName;

/// The commissions that the marketplace pays out to itself.
pub static MARKETPLACE_PAYOUTS: Dataset = Dataset {
    export_type: "MARKETPLACE_PAYOUTS",
    slug: "marketplace-payouts",
    title: "Marketplace payouts",
    letter: 'm',
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
                "PENDING",
                "SETTLED",
                "FAILED",
                "INSUFFICIENT_FUNDS",
            ],
        ),
        Column::amount("amount"),
        Column::currency("currency"),
        Column::amount("commissionAmount").optional(),
        Column::count("orderCount").optional(),
        Column::time("periodStart").optional(),
        Column::time("periodEnd").optional(),
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
