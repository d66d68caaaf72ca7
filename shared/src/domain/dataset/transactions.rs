use super::{Column, Dataset, FilterName, Visibility};
use crate::domain::caller::RoleName;

/// What happened to the payments of orders: one row an event, so that a transaction has several.
pub static TRANSACTION_EVENTS: Dataset = Dataset {
    export_type: "TRANSACTION_EVENTS",
    slug: "transactions",
    title: "Transactions",
    letter: 't',
    accepted: 202,
    roles: &[RoleName::Operator, RoleName::Supplier],
    visibility: Visibility::Launcher,
    columns: &[
        Column::identifier("transactionId"),
        Column::identifier("eventId"),
        Column::code("eventType"),
        Column::time("createdAt"),
        Column::choice(
            "status",
            &[
                "AUTHORIZED",
                "CAPTURED",
                "REFUNDED",
                "CHARGED_BACK",
                "CANCELLED",
                "FAILED",
            ],
        ),
        Column::text("commercialOrderReference").optional(),
        Column::text("logisticOrderReference").optional(),
        Column::text("supplierExternalId").optional(),
        Column::text("supplierName").optional(),
        Column::text("customerAccountExternalId").optional(),
        Column::text("customerAccountName").optional(),
        Column::code("paymentMethod").optional(),
        Column::text("pspReference").optional(),
        Column::amount("amount"),
        Column::currency("currency"),
        Column::amount("platformCommission")
            .optional()
            .operators_only(),
        Column::amount("marketplaceCommission")
            .optional()
            .operators_only(),
        Column::amount("netAmount").optional(),
        Column::text("failureReason").optional(),
    ],
    id_column: "eventId",
    failures: &["FAILED"],
    filters: &[
        FilterName::CreatedAtFrom,
        FilterName::CreatedAtTo,
        FilterName::Statuses,
        FilterName::SupplierIds,
        FilterName::AmountMin,
        FilterName::AmountMax,
        FilterName::PaymentMethods,
    ],
};
