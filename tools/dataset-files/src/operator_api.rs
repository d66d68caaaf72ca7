//! The names that the operator API has besides those of the datasets.
//!
//! They are written out here, where the compiler finds a dataset that takes one of them. A test of `contract` compares
//! them with the templates.

/// The operations that are not of one dataset.
pub const OPERATIONS: [&str; 10] = [
    "ADM-EXPORT-200",
    "ADM-ME-100",
    "ADM-SCHEDULE-100",
    "ADM-SCHEDULE-101",
    "ADM-SCHEDULE-102",
    "ADM-SCHEDULE-103",
    "ADM-SCHEDULE-104",
    "ADM-SUPPLIER-100",
    "CONSOLE-ASSET-100",
    "CONSOLE-PAGE-100",
];

/// The groups of operations that are not of one dataset.
pub const TAGS: [&str; 5] = ["Back Office", "Caller", "Exports", "Schedules", "Suppliers"];

/// The schemas that are not of one dataset.
pub const SCHEMAS: [&str; 34] = [
    "AlreadyPendingProblem",
    "Amount",
    "Caller",
    "Cc",
    "Estimate",
    "EstimatedDay",
    "EstimatedNumber",
    "EstimatedPart",
    "Export",
    "ExportDetail",
    "ExportPage",
    "ExportStatus",
    "ExportType",
    "FieldProblem",
    "InvalidRequestProblem",
    "Manifest",
    "NewSchedule",
    "NotReadyProblem",
    "Period",
    "Problem",
    "Profile",
    "ResendRequest",
    "Resent",
    "Schedule",
    "ScheduleChange",
    "ScheduleList",
    "ScheduleName",
    "SupplierIds",
    "SupplierList",
    "Time",
    "TimeOrDate",
    "Totals",
    "UtcTime",
    "When",
];

/// `funding-transfers` and `balanceAccountType` as schemas are named: `FundingTransfers` and `BalanceAccountType`.
pub fn pascal(text: &str) -> String {
    text.split('-')
        .filter_map(|word| {
            let first = word.chars().next()?.to_ascii_uppercase();
            Some(format!("{first}{}", &word[1..]))
        })
        .collect()
}
