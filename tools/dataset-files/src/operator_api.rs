//! The names that the operator API has besides those of the datasets.
//!
//! They are written out here, where the compiler finds a dataset that takes one of them. A test of `contract` compares
//! them with the templates.

/// The operations that are not of one dataset.
pub const OPERATIONS: [&str; 26] = [
    "ADM-EXPORT-200",
    "ADM-EXPORT-300",
    "ADM-EXPORT-310",
    "ADM-EXPORT-320",
    "ADM-EXPORT-400",
    "ADM-EXPORT-410",
    "ADM-ME-100",
    "ADM-SCHEDULE-100",
    "ADM-SCHEDULE-101",
    "ADM-SCHEDULE-102",
    "ADM-SCHEDULE-103",
    "ADM-SCHEDULE-104",
    "ADM-SUPPLIER-100",
    "ADM-WEBHOOK-100",
    "ADM-WEBHOOK-105",
    "ADM-WEBHOOK-110",
    "ADM-WEBHOOK-115",
    "ADM-WEBHOOK-120",
    "ADM-WEBHOOK-125",
    "ADM-WEBHOOK-130",
    "ADM-WEBHOOK-135",
    "ADM-WEBHOOK-140",
    "CONSOLE-ASSET-100",
    "CONSOLE-DOCS-100",
    "CONSOLE-DOCS-110",
    "CONSOLE-PAGE-100",
];

/// The groups of operations that are not of one dataset.
pub const TAGS: [&str; 6] = [
    "Back Office",
    "Caller",
    "Exports",
    "Schedules",
    "Suppliers",
    "Webhooks",
];

/// The schemas that are not of one dataset.
pub const SCHEMAS: [&str; 55] = [
    "AlreadyPendingProblem",
    "Amount",
    "ByUser",
    "Caller",
    "Cc",
    "Compression",
    "Download",
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
    "Link",
    "LinkList",
    "Manifest",
    "NewSchedule",
    "NotReadyProblem",
    "NotRetryableProblem",
    "Period",
    "Problem",
    "Profile",
    "ResendRequest",
    "Resent",
    "Schedule",
    "ScheduleChange",
    "ScheduleList",
    "ScheduleName",
    "SecretRotationRequest",
    "Sending",
    "SupplierIds",
    "SupplierList",
    "Text",
    "Time",
    "TimeOrDate",
    "Totals",
    "UtcTime",
    "When",
    "Webhook",
    "WebhookAttempt",
    "WebhookChangeRequest",
    "WebhookDelivery",
    "WebhookDeliveryPage",
    "WebhookDescription",
    "WebhookEventType",
    "WebhookEvents",
    "WebhookList",
    "WebhookRequest",
    "WebhookUrl",
    "WebhookWithSecret",
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
