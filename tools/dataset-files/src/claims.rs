//! What a dataset takes for itself: two datasets, or a dataset and the operator API, must not have the same.

use std::{collections::HashMap, ops::Range};

use indexmap::IndexMap;

use crate::{
    Problem, Role,
    file::DatasetFile,
    operator_api::{self, pascal},
};

/// Everything that one file claims.
pub struct Claims {
    slug: String,
    names: Vec<Claim>,
    /// The sets of choices that datasets may share.
    sets: Vec<Set>,
}

/// A name that must be nobody else's.
struct Claim {
    kind: Kind,
    name: String,
    /// What has the name, in a sentence: `operations.list`.
    subject: String,
    line: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Type,
    Position,
    Letter,
    Title,
    Operation,
    Schema,
}

struct Set {
    name: String,
    values: IndexMap<String, String>,
    line: usize,
}

impl Claims {
    pub fn of(slug: &str, text: &str, file: &DatasetFile) -> Self {
        let line = |span: Range<usize>| Problem::line(text, span);
        let claim = |kind, name: &str, subject: &str, span| Claim {
            kind,
            name: name.to_owned(),
            subject: subject.to_owned(),
            line: line(span),
        };
        let position = file.position.get_ref().to_string();
        let mut claims = Self {
            slug: slug.to_owned(),
            names: vec![
                claim(
                    Kind::Type,
                    file.export_type.get_ref(),
                    "type",
                    file.export_type.span(),
                ),
                claim(
                    Kind::Title,
                    file.title.get_ref(),
                    "title",
                    file.title.span(),
                ),
                claim(Kind::Position, &position, "position", file.position.span()),
                claim(
                    Kind::Letter,
                    file.letter.get_ref(),
                    "letter",
                    file.letter.span(),
                ),
            ],
            sets: Vec::new(),
        };
        if let Some(operations) = &file.operations {
            let operations = operations.get_ref();
            let ids = [
                ("operations.launch", &operations.launch),
                ("operations.list", &operations.list),
                ("operations.show", &operations.show),
            ];
            let ids = ids.map(|(key, id)| claim(Kind::Operation, id.get_ref(), key, id.span()));
            claims.names.extend(ids);
        }
        if !file.roles.get_ref().contains(&Role::Operator) {
            return claims;
        }
        let of_filters = ["Filters"].iter().filter(|_| !file.filters.is_empty());
        let of_all = ["Record", "RecordPage", "ExportRequest"].iter();
        let schemas = of_all.chain(of_filters);
        let schemas = schemas.map(|end| pascal(slug) + end);
        let schemas = schemas.map(|name| claim(Kind::Schema, &name, "the file's schema", 0..0));
        claims.names.extend(schemas);
        let shared = file
            .choices
            .iter()
            .filter(|(name, _)| !file.columns.contains_key(*name));
        claims.sets.extend(shared.map(|(name, values)| Set {
            name: name.clone(),
            values: values.get_ref().clone(),
            line: line(values.span()),
        }));
        claims
    }
}

/// Checks that nobody claims what somebody else has.
pub fn check(all: &[Claims], problems: &mut Vec<Problem>) {
    let mut owners: HashMap<(Kind, String), String> = HashMap::new();
    let fixed = [
        (Kind::Operation, &operator_api::OPERATIONS[..]),
        (Kind::Title, &operator_api::TAGS),
        (Kind::Schema, &operator_api::SCHEMAS),
    ];
    for (kind, names) in fixed {
        let names = names.iter().map(|name| (kind, (*name).to_owned()));
        owners.extend(names.map(|name| (name, "the operator API".to_owned())));
    }
    let mut take = |slug: &str, claim: &Claim| {
        let owner = Problem::place(slug, claim.line);
        let taken = owners
            .insert((claim.kind, claim.name.clone()), owner)
            .map(|first| {
                let Claim { subject, name, .. } = claim;
                format!("{subject} must not be {name:?}: {first} has it too")
            });
        problems.extend(taken.map(|rule| Problem::on(slug, claim.line, rule)));
    };
    for claims in all {
        for claim in &claims.names {
            take(&claims.slug, claim);
        }
    }
    let mut sets: HashMap<&str, (&str, &Set)> = HashMap::new();
    let mut clashes = Vec::new();
    for claims in all {
        for set in &claims.sets {
            let Some((first_slug, first)) = sets.insert(&set.name, (&claims.slug, set)) else {
                let claim = Claim {
                    kind: Kind::Schema,
                    name: pascal(&set.name),
                    subject: format!("the schema of choices.{}", set.name),
                    line: set.line,
                };
                take(&claims.slug, &claim);
                continue;
            };
            if !first.values.iter().eq(&set.values) {
                let rule = format!(
                    "choices.{} must have the values and labels that it has in {}, in the same order, or another name",
                    set.name,
                    Problem::place(first_slug, first.line)
                );
                clashes.push(Problem::on(&claims.slug, set.line, rule));
            }
        }
    }
    problems.extend(clashes);
}
