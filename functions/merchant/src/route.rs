//! The operation that a path names.

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Request,
    Find,
    List,
    /// A version that does not exist.
    BadVersion,
    Unknown,
}

impl Route {
    /// Every operation is a POST, with or without its version.
    pub fn of(method: &str, path: &str) -> Self {
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        let operation = match segments[..] {
            ["merchants", operation] | ["v1", "merchants", operation] => operation,
            [_, "merchants", _] => return Route::BadVersion,
            _ => return Route::Unknown,
        };
        match (method, operation) {
            ("POST", "request-payout-by-contact-export") => Route::Request,
            ("POST", "find-export") => Route::Find,
            ("POST", "list-exports") => Route::List,
            _ => Route::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_posts_with_or_without_their_version() {
        for (method, path, route) in [
            ("POST", "/merchants/find-export", Route::Find),
            ("POST", "/v1/merchants/find-export", Route::Find),
            ("POST", "/v1/merchants/list-exports", Route::List),
            (
                "POST",
                "/merchants/request-payout-by-contact-export",
                Route::Request,
            ),
            ("POST", "/v2/merchants/find-export", Route::BadVersion),
            ("POST", "/latest/merchants/anything", Route::BadVersion),
            ("GET", "/v1/merchants/find-export", Route::Unknown),
            ("POST", "/v1/merchants/find-exports", Route::Unknown),
            ("POST", "/v1/find-export", Route::Unknown),
            ("POST", "/", Route::Unknown),
        ] {
            assert_eq!(Route::of(method, path), route, "{method} {path}");
        }
    }
}
