//! Which operation a request asks for.

use shared::domain::webhook::id::{DeliveryId, WebhookId};

/// An operation, with the ids of its path. A text that cannot be an id names nothing, and so is no operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Register,
    List,
    Show(WebhookId),
    Change(WebhookId),
    Remove(WebhookId),
    RotateSecret(WebhookId),
    Test(WebhookId),
    Deliveries(WebhookId),
    Resend(WebhookId, DeliveryId),
}

impl Route {
    pub fn of(method: &str, path: &str) -> Option<Self> {
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        let ["v1", "webhooks", rest @ ..] = &segments[..] else {
            return None;
        };
        Some(match (method, rest) {
            ("POST", []) => Self::Register,
            ("GET", []) => Self::List,
            ("GET", [id]) => Self::Show(id.parse().ok()?),
            ("PATCH", [id]) => Self::Change(id.parse().ok()?),
            ("DELETE", [id]) => Self::Remove(id.parse().ok()?),
            ("POST", [id, "rotate-secret"]) => Self::RotateSecret(id.parse().ok()?),
            ("POST", [id, "test"]) => Self::Test(id.parse().ok()?),
            ("GET", [id, "deliveries"]) => Self::Deliveries(id.parse().ok()?),
            ("POST", [id, "deliveries", delivery, "resend"]) => {
                Self::Resend(id.parse().ok()?, delivery.parse().ok()?)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_method_name_an_operation() {
        let id = "whk_01kh0c8rm0e4t8v2zj6m3x9q5a";
        let delivery = "dlv_01kh0c8rm0e4t8v2zj6m3x9q5b";
        let webhook: WebhookId = id.parse().unwrap();
        let of = |method, path: &str| Route::of(method, path);
        assert_eq!(of("POST", "/v1/webhooks"), Some(Route::Register));
        assert_eq!(of("GET", "/v1/webhooks/"), Some(Route::List));
        assert_eq!(
            of("PATCH", &format!("/v1/webhooks/{id}")),
            Some(Route::Change(webhook.clone()))
        );
        assert_eq!(
            of(
                "POST",
                &format!("/v1/webhooks/{id}/deliveries/{delivery}/resend")
            ),
            Some(Route::Resend(webhook, delivery.parse().unwrap()))
        );
        for (method, path) in [
            ("PUT", "/v1/webhooks".to_owned()),
            ("GET", "/v1/webhooks/whk_1".to_owned()),
            ("POST", format!("/v1/webhooks/{id}/deliveries")),
            ("GET", format!("/v1/webhooks/{id}/test")),
            ("POST", format!("/v1/webhooks/{id}/deliveries/dlv_1/resend")),
        ] {
            assert_eq!(of(method, &path), None, "{method} {path}");
        }
    }
}
