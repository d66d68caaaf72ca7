//! The query string of one export's detail.

use super::{
    list_parameters::{refusal, refused, twice},
    problem::{FieldError, FieldErrorCode},
};

/// Reads whether a URL to the file is wanted, which is so unless the query says otherwise, or says every problem.
pub fn wants_download_url(parameters: &[(String, String)]) -> Result<bool, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wanted = None;
    for (name, value) in parameters {
        match (name.as_str(), value.as_str()) {
            ("downloadUrl", _) if wanted.is_some() => errors.push(twice(name)),
            ("downloadUrl", "true") => wanted = Some(true),
            ("downloadUrl", "false") => wanted = Some(false),
            ("downloadUrl", _) => errors.push(refusal(
                name,
                FieldErrorCode::InvalidValue,
                "must be true or false".to_owned(),
            )),
            _ => errors.push(refusal(
                name,
                FieldErrorCode::UnknownField,
                "is not a parameter of this request; known is downloadUrl".to_owned(),
            )),
        }
    }
    if errors.is_empty() {
        Ok(wanted.unwrap_or(true))
    } else {
        refused(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<bool, Vec<String>> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        wants_download_url(&pairs.iter().map(owned).collect::<Vec<_>>())
            .map_err(|errors| errors.into_iter().map(|error| error.pointer).collect())
    }

    #[test]
    fn a_url_is_given_unless_the_query_says_otherwise() {
        assert_eq!(read(&[]), Ok(true));
        assert_eq!(read(&[("downloadUrl", "true")]), Ok(true));
        assert_eq!(read(&[("downloadUrl", "false")]), Ok(false));
    }

    #[test]
    fn every_problem_names_its_parameter() {
        let pairs = [("downloadUrl", "no"), ("downloadurl", "false")];
        let pointers = vec!["/downloadUrl".to_owned(), "/downloadurl".to_owned()];
        assert_eq!(read(&pairs), Err(pointers));
        assert!(read(&[("downloadUrl", "true"), ("downloadUrl", "true")]).is_err());
    }
}
