//! What two files must not both have.

use dataset_files::{Dataset, Problem, read};

const REFUNDS: &str = include_str!("refunds.toml");

/// Everything that must differ is different here.
fn repayments() -> String {
    REFUNDS
        .replace("REFUNDS", "REPAYMENTS")
        .replace("Refunds", "Repayments")
        .replace("letter = \"r\"", "letter = \"y\"")
        .replace("position = 6", "position = 7")
}

/// Refunds whose reasons are a set that other columns and datasets may share.
fn shared(text: &str) -> String {
    text.replace(
        "reason = { kind = \"choice\"",
        "reason = { kind = \"choice\", choices = \"cause\"",
    )
    .replace("[choices.reason]", "[choices.cause]")
}

fn both(refunds: &str, slug: &str, other: &str) -> Result<Vec<Dataset>, Vec<Problem>> {
    read(&[
        ("refunds".to_owned(), refunds.to_owned()),
        (slug.to_owned(), other.to_owned()),
    ])
}

fn refused(refunds: &str, slug: &str, other: &str) -> String {
    let problems = both(refunds, slug, other).expect_err("the files should be refused");
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn files_that_differ_are_read_in_the_order_of_their_positions() {
    let datasets = both(&repayments(), "repayments", REFUNDS).unwrap();
    let slugs: Vec<_> = datasets.iter().map(|dataset| &dataset.slug).collect();
    assert_eq!(slugs, ["repayments", "refunds"]);
}

#[test]
fn two_files_must_not_claim_the_same_name() {
    insta::assert_snapshot!(refused(REFUNDS, "repayments", REFUNDS), @r#"
    datasets/repayments.toml:3: type must not be "REFUNDS": datasets/refunds.toml:3 has it too
    datasets/repayments.toml:4: title must not be "Refunds": datasets/refunds.toml:4 has it too
    datasets/repayments.toml:6: position must not be "6": datasets/refunds.toml:6 has it too
    datasets/repayments.toml:7: letter must not be "r": datasets/refunds.toml:7 has it too
    datasets/repayments.toml:13: operations.launch must not be "REFUNDS-100": datasets/refunds.toml:13 has it too
    datasets/repayments.toml:14: operations.list must not be "REFUNDS-101": datasets/refunds.toml:14 has it too
    datasets/repayments.toml:15: operations.show must not be "REFUNDS-102": datasets/refunds.toml:15 has it too
    "#);
}

#[test]
fn two_slugs_must_not_make_the_same_schemas() {
    insta::assert_snapshot!(refused(REFUNDS, "refunds-", &repayments()), @r#"
    datasets/refunds-.toml:1: the file's schema must not be "RefundsRecord": datasets/refunds.toml:1 has it too
    datasets/refunds-.toml:1: the file's schema must not be "RefundsRecordPage": datasets/refunds.toml:1 has it too
    datasets/refunds-.toml:1: the file's schema must not be "RefundsExportRequest": datasets/refunds.toml:1 has it too
    datasets/refunds-.toml:1: the file's schema must not be "RefundsFilters": datasets/refunds.toml:1 has it too
    "#);
}

#[test]
fn a_shared_set_is_the_same_wherever_it_is_used() {
    let datasets = both(&shared(REFUNDS), "repayments", &shared(&repayments())).unwrap();
    for dataset in &datasets {
        let reason = &dataset.columns["reason"];
        assert_eq!(reason.shared_choices.as_deref(), Some("cause"));
    }
    let other_label = shared(&repayments()).replace("Arrived late", "Too late");
    insta::assert_snapshot!(refused(&shared(REFUNDS), "repayments", &other_label), @"datasets/repayments.toml:37: choices.cause must have the values and labels that it has in datasets/refunds.toml:37, in the same order, or another name");
    let other_values = shared(&repayments()).replace("UNWANTED = \"No longer wanted\"\n", "");
    insta::assert_snapshot!(refused(&shared(REFUNDS), "repayments", &other_values), @"datasets/repayments.toml:37: choices.cause must have the values and labels that it has in datasets/refunds.toml:37, in the same order, or another name");
}

#[test]
fn a_set_that_has_a_columns_name_is_the_datasets_own() {
    let other_values = repayments().replace("UNWANTED = \"No longer wanted\"\n", "");
    let of_two_columns = other_values.replace(
        "amount = ",
        "statusBefore = { kind = \"choice\", choices = \"status\" }\namount = ",
    );
    let datasets = both(REFUNDS, "repayments", &of_two_columns).unwrap();
    let columns = datasets.iter().flat_map(|dataset| dataset.columns.values());
    assert!(
        columns
            .into_iter()
            .all(|column| column.shared_choices.is_none())
    );
}

#[test]
fn a_shared_set_must_not_be_a_schema_of_the_api() {
    let named = |name: &str| {
        let choices = format!("choices = \"{name}\"");
        let text = shared(&repayments()).replace("choices = \"cause\"", &choices);
        text.replace("choices.cause", &format!("choices.{name}"))
    };
    insta::assert_snapshot!(refused(REFUNDS, "repayments", &named("time")), @r#"datasets/repayments.toml:37: the schema of choices.time must not be "Time": the operator API has it too"#);
    insta::assert_snapshot!(refused(REFUNDS, "repayments", &named("refundsFilters")), @r#"datasets/repayments.toml:37: the schema of choices.refundsFilters must not be "RefundsFilters": datasets/refunds.toml:1 has it too"#);
}
