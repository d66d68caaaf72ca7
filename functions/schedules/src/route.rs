//! Which operation a request asks for.

use shared::domain::schedule::ScheduleId;

/// An operation. An id is `None` if the text cannot be an id.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    Create,
    List,
    Show(Option<ScheduleId>),
    Change(Option<ScheduleId>),
    Delete(Option<ScheduleId>),
}

impl Route {
    pub fn of(method: &str, path: &str) -> Option<Self> {
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        match (method, &segments[..]) {
            ("POST", ["v1", "schedules"]) => Some(Self::Create),
            ("GET", ["v1", "schedules"]) => Some(Self::List),
            ("GET", ["v1", "schedules", id]) => Some(Self::Show(id.parse().ok())),
            ("PATCH", ["v1", "schedules", id]) => Some(Self::Change(id.parse().ok())),
            ("DELETE", ["v1", "schedules", id]) => Some(Self::Delete(id.parse().ok())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_and_path_is_one_operation() {
        let id: ScheduleId = "sch_01kh0c8rm0e4t8v2zj6m3x9q5a".parse().unwrap();
        let one = format!("/v1/schedules/{id}");
        assert_eq!(Route::of("POST", "/v1/schedules"), Some(Route::Create));
        assert_eq!(Route::of("GET", "/v1/schedules/"), Some(Route::List));
        assert_eq!(Route::of("GET", &one), Some(Route::Show(Some(id.clone()))));
        assert_eq!(
            Route::of("PATCH", &one),
            Some(Route::Change(Some(id.clone())))
        );
        assert_eq!(Route::of("DELETE", &one), Some(Route::Delete(Some(id))));
        assert_eq!(
            Route::of("GET", "/v1/schedules/nothing"),
            Some(Route::Show(None))
        );
        assert_eq!(Route::of("PUT", "/v1/schedules"), None);
        assert_eq!(Route::of("GET", "/v1/schedules/a/b"), None);
    }
}
