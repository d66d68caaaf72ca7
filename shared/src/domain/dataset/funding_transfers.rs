use super::{Column, Dataset, FilterName, Visibility};
use crate::domain::caller::RoleName;

const BALANCE_ACCOUNT_TYPES: &[&str] = &["MARKETPLACE", "SUPPLIER"];

/// Movements between the balance accounts of the marketplace and its suppliers.
pub static FUNDING_TRANSFERS: Dataset = Dataset {
    export_type: "FUNDING_TRANSFERS",
    slug: "funding-transfers",
    title: "Funding transfers",
    letter: 'f',
    accepted: 201,
    roles: &[RoleName::Operator, RoleName::Supplier],
    visibility: Visibility::Launcher,
    columns: &[
        Column::identifier("transferId"),
        Column::time("createdAt"),
        Column::choice("status", &["PENDING", "COMPLETED", "FAILED"]),
        Column::amount("amount"),
        Column::currency("currency"),
        Column::choice("sourceBalanceAccountType", BALANCE_ACCOUNT_TYPES),
        Column::choice("targetBalanceAccountType", BALANCE_ACCOUNT_TYPES),
        Column::text("supplierExternalId").optional(),
        Column::text("supplierName").optional(),
        Column::text("reference").optional(),
        Column::code("relatedEntityType").optional(),
        Column::identifier("relatedEntityId").optional(),
        Column::text("failureReason").optional(),
    ],
    id_column: "transferId",
    failures: &["FAILED"],
    filters: &[
        FilterName::CreatedAtFrom,
        FilterName::CreatedAtTo,
        FilterName::Statuses,
        FilterName::SupplierIds,
        FilterName::AmountMin,
        FilterName::AmountMax,
        FilterName::SourceBalanceAccountType,
        FilterName::TargetBalanceAccountType,
    ],
};
