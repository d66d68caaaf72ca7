//! The rules of one dataset's file.

mod columns;
mod example;
mod filters;
mod names;
mod records;

use std::ops::Range;

use toml::Spanned;

use crate::{Dataset, Operations, Problem, claims::Claims, file::DatasetFile};

/// The problems of one file, added as they are found.
struct Checker<'a> {
    slug: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn require(&mut self, holds: bool, span: Range<usize>, rule: impl Into<String>) {
        if !holds {
            self.problems
                .push(Problem::at(self.slug, self.text, span, rule));
        }
    }
}

/// Checks a file by itself. `None` if something is wrong; `problems` then has all of it.
pub fn dataset(
    slug: &str,
    text: &str,
    file: DatasetFile,
    problems: &mut Vec<Problem>,
) -> Option<(Dataset, Claims)> {
    let before = problems.len();
    let mut check = Checker {
        slug,
        text,
        problems,
    };
    names::check_names(&mut check, &file);
    names::check_roles(&mut check, &file);
    let columns = columns::check_columns(&mut check, &file);
    let records = records::check_records(&mut check, &file, &columns);
    let filters = filters::check_filters(&mut check, &file, &columns, &records);
    let example = example::check_example(&mut check, &file, &columns, &filters);
    if problems.len() > before {
        return None;
    }
    let claims = Claims::of(slug, text, &file);
    let dataset = Dataset {
        slug: slug.to_owned(),
        export_type: file.export_type.into_inner(),
        title: file.title.into_inner(),
        description: file.description,
        position: file.position.into_inner(),
        letter: file.letter.get_ref().chars().next()?,
        accepted_status: file.accepted_status.into_inner(),
        roles: file.roles.into_inner(),
        visibility: file.visibility.into_inner(),
        permission: file.permission.map(Spanned::into_inner),
        internal: file.internal,
        operations: file.operations.map(|operations| {
            let operations = operations.into_inner();
            Operations {
                launch: operations.launch.into_inner(),
                list: operations.list.into_inner(),
                show: operations.show.into_inner(),
            }
        }),
        records,
        columns,
        filters,
        example,
    };
    Some((dataset, claims))
}

/// Letters and digits, and of the other characters these.
fn is_word(text: &str, others: &[u8]) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}
