//! The rules of what certain columns mean.

use indexmap::IndexMap;
use toml::Spanned;

use super::Checker;
use crate::{Column, Kind, Records, file::DatasetFile};

const SIDES: [&str; 2] = ["MARKETPLACE", "SUPPLIER"];

pub fn check_records(
    check: &mut Checker,
    file: &DatasetFile,
    columns: &IndexMap<String, Column>,
) -> Records {
    let records = &file.records;
    let id = records.id.get_ref();
    let is_id = columns.get(id).is_some_and(|column| {
        column.kind == Kind::Identifier && !column.optional && !column.operators_only
    });
    check.require(
        is_id,
        records.id.span(),
        "records.id must name a column of the kind identifier, neither optional nor operators_only",
    );
    if let Some(supplier) = &records.supplier {
        let is_text = columns.get(supplier.get_ref()).is_some_and(|column| {
            [Kind::Text, Kind::Identifier].contains(&column.kind) && !column.operators_only
        });
        check.require(
            is_text,
            supplier.span(),
            "records.supplier must name a column of the kind text or identifier that suppliers see",
        );
    }
    if let Some(sides) = &records.supplier_side_of {
        let are_sides = sides.get_ref().iter().all(|side| {
            columns
                .get(side)
                .is_some_and(|column| !column.optional && column.choices.keys().eq(SIDES))
        });
        check.require(
            are_sides && records.supplier.is_some(),
            sides.span(),
            "records.supplier_side_of must name two columns whose choices are MARKETPLACE and SUPPLIER, and records.supplier be there",
        );
    }
    let statuses = columns.get("status").map(|column| &column.choices);
    match (&records.failures, statuses) {
        (None, statuses) => check.require(
            statuses.is_none(),
            records.id.span(),
            "records.failures must be there where records have a status",
        ),
        (Some(failures), statuses) => {
            let are_statuses = statuses.is_some_and(|statuses| {
                let mut failures = failures.get_ref().iter();
                failures.all(|status| statuses.contains_key(status))
            });
            let rule = "records.failures must be values of [choices.status]";
            check.require(are_statuses, failures.span(), rule);
        }
    }
    Records {
        id: id.clone(),
        supplier: records.supplier.clone().map(Spanned::into_inner),
        supplier_side_of: records.supplier_side_of.clone().map(Spanned::into_inner),
        failures: records
            .failures
            .clone()
            .map(Spanned::into_inner)
            .unwrap_or_default(),
    }
}
