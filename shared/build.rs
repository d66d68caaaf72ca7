//! Makes the datasets' Rust values from `datasets/*.toml`, so that reading them costs nothing at run time.

use std::{env, fs, path::Path};

use dataset_files::{Column, Dataset, Filter, Kind, RECEIVED_AT, Role, Test, Visibility};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&root).join("../datasets");
    println!("cargo::rerun-if-changed={}", folder.display());
    match dataset_files::load(&folder) {
        Ok(Ok(datasets)) => {
            let output = env::var("OUT_DIR").expect("cargo sets it");
            fs::write(Path::new(&output).join("datasets.rs"), source(&datasets))
                .expect("cargo's output folder can be written");
        }
        // Cargo shows these, and compiles no further.
        Ok(Err(problems)) => problems
            .iter()
            .for_each(|problem| println!("cargo::error={problem}")),
        Err(error) => println!("cargo::error={}: {error}", folder.display()),
    }
}

fn source(datasets: &[Dataset]) -> String {
    let values: String = datasets.iter().map(value).collect();
    let all: String = datasets
        .iter()
        .map(|dataset| format!("&{}, ", dataset.export_type))
        .collect();
    format!(
        "{values}/// Every dataset, in the order of lists.\npub static ALL: [&Dataset; {}] = [{all}];\n",
        datasets.len()
    )
}

/// Debug representations of texts, numbers, options and slices of these are Rust expressions.
fn value(dataset: &Dataset) -> String {
    let Dataset {
        slug,
        export_type,
        title,
        letter,
        accepted_status,
        permission,
        internal,
        records,
        ..
    } = dataset;
    let roles: String = dataset.roles.iter().map(role).collect();
    let visibility = match dataset.visibility {
        Visibility::Tenant => "Tenant",
        Visibility::Requester => "Requester",
    };
    let columns: String = dataset.columns.iter().map(column).collect();
    let place = |name: &str| dataset.columns.get_index_of(name);
    let supplier = records.supplier.as_deref().and_then(place);
    let id_place = place(&records.id).expect("a dataset has its id column");
    let created_at = place("createdAt").expect("a dataset has a time of creation");
    let filters: String = dataset
        .filters
        .iter()
        .map(|filter| self::filter(dataset, filter))
        .collect();
    format!(
        "/// {title}.\npub static {export_type}: Dataset = Dataset {{
            export_type: {export_type:?}, slug: {slug:?}, title: {title:?}, letter: {letter:?},
            accepted: {accepted_status}, roles: &[{roles}], permission: {permission:?}, is_internal: {internal},
            visibility: Visibility::{visibility},
            columns: &[{columns}], places: Places {{ id: {id_place}, created_at: {created_at}, amount: {:?}, supplier: {supplier:?},
            supplier_name: {:?}, contact: {:?} }}, supplier_side_of: {:?}, failures: &{:?},
            filters: &[{filters}],
        }};\n",
        place("amount"), place("supplierName"), place("contactId"), records.supplier_side_of, records.failures,
    )
}

fn role(role: &Role) -> String {
    format!("RoleName::{role:?}, ")
}

fn column((name, column): (&String, &Column)) -> String {
    let kind = match column.kind {
        Kind::Choice => {
            let values: Vec<_> = column.choices.keys().collect();
            format!("Choice(&{values:?})")
        }
        Kind::Code => format!("Code {{ examples: &{:?} }}", column.examples),
        kind => format!("{kind:?}"),
    };
    format!(
        "Column {{ name: {name:?}, kind: Kind::{kind}, is_required: {}, is_operators_only: {}, is_guarded: {} }}, ",
        !column.optional, column.operators_only, column.guarded
    )
}

fn filter(dataset: &Dataset, (name, filter): (&String, &Filter)) -> String {
    let Filter { label, column, .. } = filter;
    let test = match (filter.test, column.as_str()) {
        (Test::From, "createdAt") => "CreatedAtFrom".to_owned(),
        (Test::To, "createdAt") => "CreatedAtTo".to_owned(),
        (Test::From, RECEIVED_AT) => "ChangedSince".to_owned(),
        (Test::From, _) => "AmountMin".to_owned(),
        (Test::To, _) => "AmountMax".to_owned(),
        (Test::AnyOf, _) if dataset.records.supplier.as_ref() == Some(column) => {
            "Suppliers".to_owned()
        }
        (test, _) => format!(
            "OneOf {{ column: {column:?}, is_list: {} }}",
            test == Test::AnyOf
        ),
    };
    format!("Filter {{ name: {name:?}, label: {label:?}, test: FilterTest::{test} }}, ")
}
