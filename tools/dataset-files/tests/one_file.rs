//! A mistake in one file.

use dataset_files::read;

const REFUNDS: &str = include_str!("refunds.toml");
const PAYOUTS_BY_CONTACT: &str = include_str!("../../../datasets/payouts-by-contact.toml");

/// The problems of a file with one change.
fn problems(slug: &str, file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    let text = file.replacen(from, to, 1);
    let problems = read(&[(slug.to_owned(), text)]).expect_err(to);
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// The problems of each change to the refunds, made to the file alone.
fn refused<const N: usize>(changes: [(&str, &str); N]) -> String {
    changes
        .map(|(from, to)| problems("refunds", REFUNDS, from, to))
        .join("\n")
}

#[test]
fn a_file_without_mistakes_is_read() {
    let datasets = read(&[("refunds".to_owned(), REFUNDS.to_owned())]).unwrap();
    assert_eq!(datasets[0].columns.len(), 9);
    assert_eq!(datasets[0].filters["reasons"].phrase, "reason {}");
    assert!(datasets[0].columns["supplierExternalId"].guarded);
    assert!(!datasets[0].columns["refundId"].guarded);
}

#[test]
fn a_key_that_is_missing_or_unknown_or_of_another_type_is_named_with_its_line() {
    insta::assert_snapshot!(refused([
        ("title = \"Refunds\"\n", ""),
        ("optional = true", "optionl = true"),
        ("position = 6", "position = \"six\""),
        ("visibility = \"requester\"", "visibility = \"everyone\""),
        ("kind = \"count\"", "kind = \"number\""),
        ("list = \"REFUNDS-101\"\n", ""),
        ("cc = [\"finance@example.com\"]", "cc = \"finance@example.com\""),
    ]), @r#"
    datasets/refunds.toml:1: missing field `title`
    datasets/refunds.toml:26: unknown field `optionl`, expected one of `kind`, `optional`, `operators_only`, `guarded`, `choices`, `examples`
    datasets/refunds.toml:6: invalid type: string "six", expected u32
    datasets/refunds.toml:10: unknown variant `everyone`, expected `tenant` or `requester`
    datasets/refunds.toml:29: unknown variant `number`, expected one of `identifier`, `code`, `choice`, `time`, `amount`, `currency`, `count`, `last_four`, `text`
    datasets/refunds.toml:12: missing field `list`
    datasets/refunds.toml:47: invalid type: string "finance@example.com", expected a sequence
    "#);
}

#[test]
fn a_name_must_fit_where_it_is_used() {
    let changed = ("position = 6", "position = 7");
    insta::assert_snapshot!(problems("Refunds", REFUNDS, changed.0, changed.1), @"datasets/Refunds.toml:1: the file's name must be lower-case letters, digits and -, such as funding-transfers.toml");
    insta::assert_snapshot!(refused([
        ("letter = \"r\"", "letter = \"refund\""),
        ("type = \"REFUNDS\"", "type = \"Refunds\""),
        ("type = \"REFUNDS\"", "type = \"ALL\""),
        ("title = \"Refunds\"", "title = \"Refunds\\nand returns\""),
    ]), @r#"
    datasets/refunds.toml:7: letter must be one lower-case letter
    datasets/refunds.toml:3: type must be capital letters, digits and _, such as FUNDING_TRANSFERS
    datasets/refunds.toml:3: type must not be ALL, which stands for all datasets
    datasets/refunds.toml:4: title must begin with a capital letter and be one line
    "#);
}

#[test]
fn an_operation_id_is_used_once() {
    insta::assert_snapshot!(refused([
        ("list = \"REFUNDS-101\"", "list = \"REFUNDS-100\""),
        ("launch = \"REFUNDS-100\"", "launch = \"ADM-EXPORT-200\""),
    ]), @r#"
    datasets/refunds.toml:14: operations.list must not be "REFUNDS-100": datasets/refunds.toml:13 has it too
    datasets/refunds.toml:13: operations.launch must not be "ADM-EXPORT-200": the operator API has it too
    "#);
}

#[test]
fn every_role_is_served() {
    insta::assert_snapshot!(refused([
        ("visibility = \"requester\"", "visibility = \"tenant\""),
        ("supplier = \"supplierExternalId\"\n", ""),
    ]), @r#"
    datasets/refunds.toml:10: visibility must be requester where a SUPPLIER exports: the files of others are not theirs to see
    datasets/refunds.toml:9: records.supplier must name the column that scopes a SUPPLIER to records of its own
    "#);
    insta::assert_snapshot!(problems(
        "refunds",
        PAYOUTS_BY_CONTACT,
        "type = \"PAYOUTS_BY_CONTACT\"",
        "type = \"REFUNDS\"",
    ), @r#"datasets/refunds.toml:9: roles must not be ["MERCHANT"]: the merchant API exports PAYOUTS_BY_CONTACT, and nothing would serve this dataset"#);
    insta::assert_snapshot!(problems(
        "payouts-by-contact",
        PAYOUTS_BY_CONTACT,
        "[records]",
        "[filters]\nstatuses = { any_of = \"status\", label = \"Status\" }\n\n[records]",
    ), @"datasets/payouts-by-contact.toml:13: filters must not be there: only the operator API has it");
}

#[test]
fn a_column_is_what_its_meaning_needs() {
    insta::assert_snapshot!(refused([
        ("id = \"refundId\"", "id = \"amount\""),
        ("refundId = { kind = \"identifier\" }", "refundId = { kind = \"identifier\", operators_only = true }"),
        ("failures = [\"REFUSED\"]", "failures = [\"FAILED\"]"),
        ("kind = \"amount\"", "kind = \"text\""),
    ]), @r#"
    datasets/refunds.toml:18: records.id must name a column of the kind identifier, neither optional nor operators_only
    datasets/refunds.toml:18: records.id must name a column of the kind identifier, neither optional nor operators_only
    datasets/refunds.toml:20: records.failures must be values of [choices.status]
    datasets/refunds.toml:27: columns.amount must be there with the kind amount, neither optional nor operators_only
    "#);
}

#[test]
fn a_choice_has_a_set_of_values_and_a_set_has_a_choice() {
    insta::assert_snapshot!(refused([
        ("[choices.reason]", "[choices.reasons]"),
        ("reason = { kind = \"choice\"", "reason = { kind = \"choice\", choices = \"the-reason\""),
        ("reason = { kind = \"choice\"", "reason = { kind = \"text\""),
    ]), @r#"
    datasets/refunds.toml:37: choices.reasons must be used by a column of the kind choice
    datasets/refunds.toml:26: columns.reason is a choice: its values must be in [choices.reason]
    datasets/refunds.toml:37: choices.reason must be used by a column of the kind choice
    datasets/refunds.toml:26: columns.reason is a choice: its values must be in [choices.the-reason]
    datasets/refunds.toml:37: choices.reason must be used by a column of the kind choice
    "#);
}

#[test]
fn a_filter_compares_what_can_be_compared_under_its_usual_name() {
    insta::assert_snapshot!(refused([
        ("any_of = \"reason\"", "from = \"orderCount\""),
        ("createdAtFrom = { from", "since = { from"),
    ]), @r#"
    datasets/refunds.toml:44: filters.reasons must bound createdAt or amount: these alone can be compared in the ledger
    datasets/refunds.toml:50: example.filters.reasons must be a number, or a decimal in quotation marks
    datasets/refunds.toml:43: filters.since must be called createdAtFrom, createdAtTo, amountMin, amountMax, changedSince or supplierIds, as in other datasets
    "#);
}

#[test]
fn an_example_is_a_request_that_would_be_accepted() {
    let reasons = "reasons = [\"DAMAGED\"]";
    let amounts = "reasons = { any_of";
    let with_amounts = "amountMin = { from = \"amount\", label = \"From\" }\nreasons = { any_of";
    let with_amounts = REFUNDS.replacen(amounts, with_amounts, 1);
    let of_amounts = ["nan", "\"1,5\"", "true"].map(|amount| {
        problems(
            "refunds",
            &with_amounts,
            reasons,
            &format!("amountMin = {amount}"),
        )
    });
    insta::assert_snapshot!(of_amounts.join("\n"), @r#"
    datasets/refunds.toml:51: example.filters.amountMin must be a number, or a decimal in quotation marks
    datasets/refunds.toml:51: example.filters.amountMin must be a number, or a decimal in quotation marks
    datasets/refunds.toml:51: example.filters.amountMin must be a number, or a decimal in quotation marks
    "#);
    insta::assert_snapshot!(refused([
        ("finance@example.com", "finance"),
        ("[example]\n", "[example]\nbcc = []\n"),
        (reasons, "reason = \"DAMAGED\""),
        (reasons, "reasons = \"DAMAGED\""),
        (reasons, "reasons = []"),
        (reasons, "reasons = [1]"),
        (reasons, "reasons = [\"LATE\", \"LOST\"]"),
        (reasons, "createdAtFrom = 2026-01-31T23:59:59Z"),
        (reasons, "createdAtFrom = \"2026-01-31\""),
    ]), @r#"
    datasets/refunds.toml:47: example.cc must be email addresses such as name@example.com
    datasets/refunds.toml:47: unknown field `bcc`, expected `cc` or `filters`
    datasets/refunds.toml:50: example.filters.reason must be a filter of [filters]
    datasets/refunds.toml:50: example.filters.reasons must be a list of 1 to 100 texts
    datasets/refunds.toml:50: example.filters.reasons must be a list of 1 to 100 texts
    datasets/refunds.toml:50: example.filters.reasons must be text in quotation marks
    datasets/refunds.toml:50: example.filters.reasons must be one of DAMAGED, LATE, UNWANTED, not "LOST"
    datasets/refunds.toml:50: example.filters.createdAtFrom must be a time in quotation marks, such as "2026-01-31T23:59:59Z"
    datasets/refunds.toml:50: example.filters.createdAtFrom must be a time in quotation marks, such as "2026-01-31T23:59:59Z"
    "#);
}

#[test]
fn the_bounds_of_an_example_are_in_order() {
    let file = REFUNDS.replace(
        "reasons = { any_of",
        "createdAtTo = { to = \"createdAt\", label = \"To\" }
amountMin = { from = \"amount\", label = \"From\" }
amountMax = { to = \"amount\", label = \"To\" }
reasons = { any_of",
    );
    let of = |low: &str, high: &str| {
        problems(
            "refunds",
            &file,
            "reasons = [\"DAMAGED\"]",
            &format!("{low}\n{high}"),
        )
    };
    insta::assert_snapshot!(of("amountMin = 9", "amountMax = \"8.5\""), @"datasets/refunds.toml:54: example.filters.amountMax must not be less than amountMin");
    insta::assert_snapshot!(of(
        "createdAtFrom = \"2026-01-31T01:00:00+02:00\"",
        "createdAtTo = \"2026-01-30T22:59:59Z\"",
    ), @"datasets/refunds.toml:54: example.filters.createdAtTo must not be less than createdAtFrom");
}

/// The refunds without amounts and statuses.
fn without_money() -> String {
    let text = REFUNDS
        .replace("failures = [\"REFUSED\"]\n", "")
        .replace("status = { kind = \"choice\" }\n", "")
        .replace("amount = { kind = \"amount\" }\n", "")
        .replace("currency = { kind = \"currency\" }\n", "")
        .replace("failureReason = { kind = \"text\", optional = true }\n", "");
    let (before, after) = text.split_once("[choices.status]").unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    format!("{before}{after}")
}

#[test]
fn records_need_neither_money_nor_a_status() {
    let text = without_money();
    let datasets = read(&[("refunds".to_owned(), text.clone())]).unwrap();
    assert!(datasets[0].records.failures.is_empty());
    let with = |line: &str| {
        problems(
            "refunds",
            &text,
            "orderCount = ",
            &format!("{line}\norderCount = "),
        )
    };
    insta::assert_snapshot!([
        with("amount = { kind = \"amount\" }"),
        with("currency = { kind = \"currency\" }"),
        with("failureReason = { kind = \"text\", optional = true }"),
        problems("refunds", &text, "[filters]\n", "[filters]\namountMin = { from = \"amount\", label = \"Amount from\" }\n"),
        problems("refunds", REFUNDS, "failures = [\"REFUSED\"]\n", ""),
    ].join("\n"), @r"
    datasets/refunds.toml:18: columns.currency must be there with the kind currency, neither optional nor operators_only
    datasets/refunds.toml:18: columns.amount must be there with the kind amount, neither optional nor operators_only
    datasets/refunds.toml:18: columns.status must be there with the kind choice, neither optional nor operators_only
    datasets/refunds.toml:34: filters.amountMin must name a column
    datasets/refunds.toml:18: records.failures must be there where records have a status
    ");
}

#[test]
fn a_permission_is_named_as_others_are() {
    let with = |permission: &str| {
        let key = format!("visibility = \"requester\"\npermission = \"{permission}\"");
        REFUNDS.replace("visibility = \"requester\"", &key)
    };
    let datasets = read(&[("refunds".to_owned(), with("refunds-ledger:read"))]).unwrap();
    assert_eq!(
        datasets[0].permission.as_deref(),
        Some("refunds-ledger:read")
    );
    for wrong in ["refunds", "Refunds:read", "refunds:read:all", ":read"] {
        let problems = read(&[("refunds".to_owned(), with(wrong))]).expect_err(wrong);
        assert_eq!(
            problems[0].to_string(),
            "datasets/refunds.toml:11: permission must be two words in lower-case letters, such as \"audit:read\""
        );
    }
}
