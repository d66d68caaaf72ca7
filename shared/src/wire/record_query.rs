//! The query string of a list of records.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    cursor::CursorBinding,
    json::Reader,
    list_parameters::{
        DEFAULT_LIMIT, foreign_cursor, read_limit, read_order, refusal, refused, twice,
    },
    problem::{FieldError, FieldErrorCode},
    trigger_request::read_filters,
};
use crate::domain::{caller::Caller, dataset::Dataset, filters::Filters, order::Order};

/// Bytes of a sort key at most. Source: DynamoDB's quotas.
const LONGEST_POSITION: usize = 1024;

const PARAMETERS: [&str; 3] = ["sort", "limit", "cursor"];

/// Which records of a dataset a list shows, and where its page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordQuery {
    pub filters: Filters,
    pub order: Order,
    /// 1 to 100.
    pub limit: usize,
    pub after: Option<Place>,
}

/// How far a list has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the list was begun: its pages show the records of that moment.
    pub as_of: Timestamp,
    /// The records up to and with this position have been listed.
    pub position: String,
}

/// Reads the parameters of a list. Returns the query and the binding of its next cursor, or every problem.
pub fn parse(
    parameters: &[(String, String)],
    caller: &Caller,
    dataset: &'static Dataset,
) -> Result<(RecordQuery, CursorBinding), Vec<FieldError>> {
    let mut errors = Vec::new();
    let (mut order, mut limit, mut cursor) = (Order::default(), DEFAULT_LIMIT, None);
    let mut filters = Map::new();
    let mut seen = BTreeSet::new();
    for (name, value) in parameters {
        let filter = dataset.filter(name);
        let is_list = filter.is_some_and(|filter| filter.test.takes_a_list());
        if !seen.insert(name) && !is_list {
            errors.push(twice(name));
            continue;
        }
        let read = match name.as_str() {
            "sort" => read_order(value).map(|read| order = read),
            "limit" => read_limit(value).map(|read| limit = read),
            "cursor" => {
                cursor = Some(value);
                Ok(())
            }
            _ if is_list => {
                let values = filters.entry(name).or_insert_with(|| Value::Array(vec![]));
                values
                    .as_array_mut()
                    .expect("an array was inserted")
                    .push(value.as_str().into());
                Ok(())
            }
            _ if filter.is_some() => {
                filters.insert(name.clone(), value.as_str().into());
                Ok(())
            }
            _ => Err((FieldErrorCode::UnknownField, unknown(dataset))),
        };
        errors.extend(read.err().map(|(code, detail)| refusal(name, code, detail)));
    }
    let mut reader = Reader::default();
    let object = reader.body(Value::Object(filters).to_string().as_bytes());
    let filters = read_filters(&mut reader, "", &object, caller, dataset);
    errors.extend(reader.finish(()).err().into_iter().flatten());

    let binding = CursorBinding::new(caller, dataset, &spelling(&filters, order, dataset));
    let after = cursor.and_then(|cursor| {
        let place = binding.read(cursor).and_then(|text| Place::parse(&text));
        if place.is_none() {
            errors.push(foreign_cursor());
        }
        place
    });
    if !errors.is_empty() {
        return refused(errors);
    }
    let query = RecordQuery {
        filters,
        order,
        limit,
        after,
    };
    Ok((query, binding))
}

impl Place {
    /// As a text, for a cursor.
    pub fn to_text(&self) -> String {
        format!("{}/{}", self.as_of.as_millisecond(), self.position)
    }

    fn parse(text: &str) -> Option<Self> {
        let (as_of, position) = text.split_once('/')?;
        let as_of = Timestamp::from_millisecond(as_of.parse().ok()?).ok()?;
        // Others would have to be forged, and DynamoDB refuses them.
        let is_possible = as_of >= Timestamp::UNIX_EPOCH && position.len() <= LONGEST_POSITION;
        let place = is_possible.then(|| Self {
            as_of,
            position: position.to_owned(),
        })?;
        // `+5` and `05` are numbers too, and no cursor of ours has them.
        (place.to_text() == text).then_some(place)
    }
}

fn unknown(dataset: &Dataset) -> String {
    let filters = dataset.filters.iter().map(|filter| filter.name);
    let known: Vec<_> = filters.chain(PARAMETERS).collect();
    format!(
        "is not a parameter of this list; known are {}",
        known.join(", ")
    )
}

/// One spelling for all that mean the same list. The limit is left out: a page may be larger than the one before.
fn spelling(filters: &Filters, order: Order, dataset: &'static Dataset) -> String {
    let set: Vec<_> = filters
        .set(dataset)
        .map(|(filter, value)| (filter.name, value))
        .collect();
    format!("records {set:?} {order:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        dataset::{FUNDING_TRANSFERS, SUPPLIER_PAYOUTS},
        export::examples::{at, one_of, operator, supplier},
    };

    fn parse_text(text: &str) -> Result<(RecordQuery, CursorBinding), Vec<FieldError>> {
        parse(&parameters(text), &operator(), &FUNDING_TRANSFERS)
    }

    fn parameters(text: &str) -> Vec<(String, String)> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn errors(text: &str) -> Vec<String> {
        let errors = parse_text(text).err().unwrap_or_default();
        errors
            .iter()
            .map(|error| format!("{} {:?}: {}", error.pointer, error.code, error.detail))
            .collect()
    }

    #[test]
    fn the_filters_are_those_of_a_launch() {
        let (query, _) = parse_text(
            "statuses=FAILED&amountMin=0.10&statuses=PENDING&createdAtFrom=2026-01-01T00:00:00Z&supplierIds=a,b\
             &sourceBalanceAccountType=SUPPLIER&sort=createdAt:asc&limit=7",
        )
        .unwrap();
        assert_eq!(
            query,
            RecordQuery {
                filters: Filters {
                    created_at_from: Some(at("2026-01-01T00:00:00Z")),
                    supplier_ids: vec!["a,b".to_owned()],
                    amount_min: Some("0.10".parse().unwrap()),
                    one_of: one_of(&[
                        ("statuses", &["FAILED", "PENDING"]),
                        ("sourceBalanceAccountType", &["SUPPLIER"]),
                    ]),
                    ..Filters::default()
                },
                order: Order::OldestFirst,
                limit: 7,
                after: None,
            }
        );
    }

    #[test]
    fn every_problem_names_its_parameter() {
        assert_eq!(
            errors("page=2&limit=0&amountMin=ten&statuses=DONE&amountMax=1&amountMax=2&cursor=x")
                .len(),
            6
        );
        assert_eq!(
            errors("amountMin=2&amountMax=1"),
            ["/amountMax OutOfRange: must not be less than amountMin"]
        );
        assert_eq!(
            errors("statuses=FAILED&statuses=DONE"),
            ["/statuses/1 InvalidValue: must be one of PENDING, COMPLETED, FAILED"]
        );
        let error = parse(&parameters("statuses=PAID"), &operator(), &SUPPLIER_PAYOUTS)
            .err()
            .unwrap();
        assert_eq!(
            error[0].detail,
            "is not a parameter of this list; known are sort, limit, cursor"
        );
    }

    #[test]
    fn a_suppliers_supplier_ids_are_silently_ignored() {
        let parameters = parameters("supplierIds=SUP-1002");
        let (query, _) = parse(&parameters, &supplier(), &FUNDING_TRANSFERS).unwrap();
        assert_eq!(query.filters, Filters::default());
    }

    #[test]
    fn a_cursor_goes_with_its_query_but_not_with_its_limit() {
        let (_, binding) = parse_text("statuses=FAILED&limit=10").unwrap();
        let place = Place {
            as_of: at("2026-11-20T09:30:00.250Z"),
            position: "2026-01-31T23:59:59Z#a/b".to_owned(),
        };
        let cursor = binding.cursor(&place.to_text());
        let (query, _) = parse_text(&format!("statuses=FAILED&limit=50&cursor={cursor}")).unwrap();
        assert_eq!(query.after, Some(place));
        for other in [
            "statuses=PENDING",
            "statuses=FAILED&sort=createdAt:asc",
            "statuses=FAILED&amountMin=1",
            "limit=10",
        ] {
            assert_eq!(
                errors(&format!("{other}&cursor={cursor}")).len(),
                1,
                "{other}"
            );
        }
    }
}
