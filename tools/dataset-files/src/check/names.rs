//! The rules of what identifies a dataset, and of who exports it.

use toml::Spanned;

use super::Checker;
use crate::{Role, Visibility, file::DatasetFile};

/// In code, the type is the name of a value. This one is the list of all datasets.
const RESERVED_TYPE: &str = "ALL";

/// The merchant API has paths and words that fit these records alone.
const MERCHANTS_TYPE: &str = "PAYOUTS_BY_CONTACT";

pub fn check_names(check: &mut Checker, file: &DatasetFile) {
    let is_slug = check
        .slug
        .starts_with(|first: char| first.is_ascii_lowercase())
        && check
            .slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    check.require(
        is_slug,
        0..0,
        "the file's name must be lower-case letters, digits and -, such as funding-transfers.toml",
    );
    let export_type = file.export_type.get_ref();
    let is_type = export_type.starts_with(|first: char| first.is_ascii_uppercase())
        && export_type
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    check.require(
        is_type,
        file.export_type.span(),
        "type must be capital letters, digits and _, such as FUNDING_TRANSFERS",
    );
    check.require(
        export_type != RESERVED_TYPE,
        file.export_type.span(),
        "type must not be ALL, which stands for all datasets",
    );
    let title = file.title.get_ref();
    check.require(
        title.starts_with(|first: char| first.is_ascii_uppercase())
            && !title.contains(char::is_control),
        file.title.span(),
        "title must begin with a capital letter and be one line",
    );
    let letter = file.letter.get_ref();
    check.require(
        letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_lowercase()),
        file.letter.span(),
        "letter must be one lower-case letter",
    );
    check.require(
        [200, 201, 202].contains(file.accepted_status.get_ref()),
        file.accepted_status.span(),
        "accepted_status must be 200, 201 or 202",
    );
}

pub fn check_roles(check: &mut Checker, file: &DatasetFile) {
    let roles = file.roles.get_ref();
    let has = |role| roles.contains(&role);
    check.require(
        has(Role::Operator) != has(Role::Merchant) && !(has(Role::Merchant) && has(Role::Supplier)),
        file.roles.span(),
        "roles must be [\"OPERATOR\"], [\"OPERATOR\", \"SUPPLIER\"] or [\"MERCHANT\"]: each API has callers of its own",
    );
    check.require(
        !has(Role::Merchant) || file.export_type.get_ref() == MERCHANTS_TYPE,
        file.roles.span(),
        "roles must not be [\"MERCHANT\"]: the merchant API exports PAYOUTS_BY_CONTACT, and nothing would serve this dataset",
    );
    check.require(
        file.operations.is_some() || !has(Role::Operator),
        file.roles.span(),
        "operations must name the operator API's operations: launch, list and show",
    );
    if let Some(permission) = &file.permission {
        let is_words = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_lowercase())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        let words = permission.get_ref().split_once(':');
        check.require(
            words.is_some_and(|(subject, act)| is_words(subject) && is_words(act)),
            permission.span(),
            "permission must be two words in lower-case letters, such as \"audit:read\"",
        );
    }
    let ignored = [
        ("operations", file.operations.as_ref().map(Spanned::span)),
        ("filters", file.filters.values().next().map(Spanned::span)),
        ("example", file.example.as_ref().map(Spanned::span)),
    ];
    for (key, span) in ignored {
        check.require(
            span.is_none() || has(Role::Operator),
            span.unwrap_or_default(),
            format!("{key} must not be there: only the operator API has it"),
        );
    }
    check.require(
        *file.visibility.get_ref() == Visibility::Requester || !has(Role::Supplier),
        file.visibility.span(),
        "visibility must be requester where a SUPPLIER exports: the files of others are not theirs to see",
    );
    check.require(
        file.records.supplier.is_some() || !has(Role::Supplier),
        file.roles.span(),
        "records.supplier must name the column that scopes a SUPPLIER to records of its own",
    );
}
