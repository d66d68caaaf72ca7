//! The query string of a list.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use strum::VariantArray;

use super::{
    cursor::CursorBinding,
    list_parameters::{
        DEFAULT_LIMIT, Refusal, foreign_cursor, read_limit, read_order, refusal, refused, twice,
    },
    problem::{FieldError, FieldErrorCode},
};
use crate::domain::{
    caller::Caller, dataset::Dataset, export::Status, history::HistoryQuery, order::Order, time,
};

/// Reads the parameters of a list. Returns the query and the binding of its next cursor, or every problem.
pub fn parse(
    parameters: &[(String, String)],
    caller: &Caller,
    dataset: &Dataset,
) -> Result<(HistoryQuery, CursorBinding), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut query = HistoryQuery {
        statuses: BTreeSet::new(),
        created_at_from: None,
        created_at_to: None,
        order: Order::default(),
        limit: DEFAULT_LIMIT,
        after: None,
    };
    let mut cursor = None;
    let mut seen = BTreeSet::new();
    for (name, value) in parameters {
        if name != "status" && !seen.insert(name) {
            errors.push(twice(name));
            continue;
        }
        let result = match name.as_str() {
            "status" => read_statuses(value).map(|statuses| query.statuses.extend(statuses)),
            "createdAtFrom" => {
                read_time(value, time::start_of_day).map(|from| query.created_at_from = Some(from))
            }
            "createdAtTo" => {
                read_time(value, time::end_of_day).map(|to| query.created_at_to = Some(to))
            }
            "sort" => read_order(value).map(|order| query.order = order),
            "limit" => read_limit(value).map(|limit| query.limit = limit),
            "cursor" => {
                cursor = Some(value);
                Ok(())
            }
            _ => {
                let detail = "is not a parameter of this list; known are status, createdAtFrom, createdAtTo, sort, \
                              limit, cursor";
                Err((FieldErrorCode::UnknownField, detail.to_owned()))
            }
        };
        if let Err((code, detail)) = result {
            errors.push(refusal(name, code, detail));
        }
    }
    if query
        .created_at_from
        .zip(query.created_at_to)
        .is_some_and(|(from, to)| from > to)
    {
        errors.push(refusal(
            "createdAtTo",
            FieldErrorCode::OutOfRange,
            "must not be before createdAtFrom",
        ));
    }
    let binding = CursorBinding::new(caller, dataset, &spelling(&query));
    if let Some(cursor) = cursor {
        query.after = binding.read(cursor).and_then(|id| id.parse().ok());
        if query.after.is_none() {
            errors.push(foreign_cursor());
        }
    }
    if errors.is_empty() {
        Ok((query, binding))
    } else {
        refused(errors)
    }
}

fn read_statuses(value: &str) -> Result<Vec<Status>, Refusal> {
    value
        .split(',')
        .map(|name| {
            name.parse().map_err(|_| {
                let known: Vec<&str> = Status::VARIANTS
                    .iter()
                    .map(|status| (*status).into())
                    .collect();
                (
                    FieldErrorCode::InvalidValue,
                    format!("must be one of {}", known.join(", ")),
                )
            })
        })
        .collect()
}

fn read_time(value: &str, of_day: fn(Date) -> Option<Timestamp>) -> Result<Timestamp, Refusal> {
    let is_date = value.len() == "2026-01-31".len();
    let read = if is_date {
        value.parse().ok().and_then(of_day)
    } else {
        time::parse(value)
    };
    read.ok_or_else(|| {
        let detail = "must be a time such as 2026-01-31T23:59:59Z or a day such as 2026-01-31";
        (FieldErrorCode::InvalidValue, detail.to_owned())
    })
}

/// One spelling for all that mean the same list. The limit is left out: a page may be larger than the one before.
fn spelling(query: &HistoryQuery) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        query.statuses, query.created_at_from, query.created_at_to, query.order
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        dataset::FUNDING_TRANSFERS,
        export::examples::{at, operator, pending},
    };

    fn parse_text(query: &str) -> Result<(HistoryQuery, CursorBinding), Vec<FieldError>> {
        let parameters: Vec<_> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        parse(&parameters, &operator(), &FUNDING_TRANSFERS)
    }

    fn query(text: &str) -> HistoryQuery {
        parse_text(text)
            .unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
            .0
    }

    #[test]
    fn statuses_may_be_repeated_and_separated() {
        let expected: BTreeSet<_> = [Status::Ready, Status::Failed, Status::Expired].into();
        assert_eq!(
            query("status=READY,FAILED&status=EXPIRED").statuses,
            expected
        );
        assert!(query("").statuses.is_empty());
    }

    #[test]
    fn a_bare_date_is_the_whole_utc_day() {
        let query = query("createdAtFrom=2026-11-01&createdAtTo=2026-11-01");
        assert_eq!(query.created_at_from, Some(at("2026-11-01T00:00:00Z")));
        assert_eq!(query.created_at_to, Some(at("2026-11-01T23:59:59.999Z")));
    }

    #[test]
    fn refuses_unknown_parameters_and_values() {
        for text in [
            "statuses=READY",
            "status=",
            "status=ready",
            "status=READY,",
            "createdAtFrom=yesterday",
            "createdAtFrom=2026-02-30",
            "createdAtFrom=2026-11-02&createdAtTo=2026-11-01",
            "sort=createdAt",
            "sort=status:asc",
            "limit=0",
            "limit=101",
            "limit=%2B5",
            "limit=+5",
            "limit=ten",
            "cursor=x",
            "limit=1&limit=2",
            "page=2",
        ] {
            assert!(parse_text(text).is_err(), "{text}");
        }
        assert_eq!(
            parse_text("page=2&limit=0&status=x").err().unwrap().len(),
            3
        );
    }

    #[test]
    fn a_cursor_goes_with_its_query_but_not_with_its_limit() {
        let (_, binding) = parse_text("status=READY&limit=10").unwrap();
        let cursor = binding.cursor(pending().id.as_str());
        assert_eq!(
            query(&format!("status=READY&limit=50&cursor={cursor}")).after,
            Some(pending().id)
        );
        assert!(parse_text(&format!("status=FAILED&cursor={cursor}")).is_err());
        assert!(parse_text(&format!("status=READY&sort=createdAt:asc&cursor={cursor}")).is_err());
    }
}
