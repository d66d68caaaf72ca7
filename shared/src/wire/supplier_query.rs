//! The query string of a search for suppliers.

use std::collections::BTreeSet;

use super::{
    list_parameters::{DEFAULT_LIMIT, read_limit, refusal, refused, twice},
    problem::{FieldError, FieldErrorCode},
};

const LONGEST_SEARCH: usize = 100;

/// Which suppliers are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierQuery {
    /// What id or name must have in it. Empty: every supplier.
    pub search: String,
    /// 1 to 100.
    pub limit: usize,
}

/// Reads the parameters of a search, or says every problem.
pub fn parse(parameters: &[(String, String)]) -> Result<SupplierQuery, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut query = SupplierQuery {
        search: String::new(),
        limit: DEFAULT_LIMIT,
    };
    let mut seen = BTreeSet::new();
    for (name, value) in parameters {
        if !seen.insert(name) {
            errors.push(twice(name));
            continue;
        }
        let read = match name.as_str() {
            "search" if value.chars().count() > LONGEST_SEARCH => Err((
                FieldErrorCode::InvalidValue,
                format!("must have at most {LONGEST_SEARCH} characters"),
            )),
            "search" => {
                value.trim().clone_into(&mut query.search);
                Ok(())
            }
            "limit" => read_limit(value).map(|limit| query.limit = limit),
            _ => Err((
                FieldErrorCode::UnknownField,
                "is not a parameter of this list; known are search, limit".to_owned(),
            )),
        };
        errors.extend(read.err().map(|(code, detail)| refusal(name, code, detail)));
    }
    if errors.is_empty() {
        Ok(query)
    } else {
        refused(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pairs: &[(&str, &str)]) -> Result<SupplierQuery, Vec<FieldError>> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        parse(&pairs.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn everybody_is_found_without_a_search() {
        let query = parsed(&[]).unwrap();
        assert_eq!((query.search.as_str(), query.limit), ("", 25));
        let query = parsed(&[("search", " Old Mill "), ("limit", "5")]).unwrap();
        assert_eq!((query.search.as_str(), query.limit), ("Old Mill", 5));
    }

    #[test]
    fn every_problem_names_its_parameter() {
        let long = "x".repeat(101);
        let errors = parsed(&[("name", "x"), ("limit", "0"), ("search", &long)]).unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/limit", "/search"]);
        assert!(parsed(&[("search", "a"), ("search", "b")]).is_err());
    }
}
