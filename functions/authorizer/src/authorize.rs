//! Finds the user of a request's credentials, and answers in API Gateway's form.

use aws_lambda_events::{
    apigw::{
        ApiGatewayCustomAuthorizerPolicy, ApiGatewayCustomAuthorizerRequestTypeRequest,
        ApiGatewayCustomAuthorizerResponse,
    },
    iam::{IamPolicyEffect, IamPolicyStatement},
};
use http::HeaderMap;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    aws::keys::ApiKeysTable,
    domain::{
        caller::{Caller, RoleName},
        time,
    },
    http::caller_context,
    items::api_key::UserItem,
};
use tracing::info;

use crate::rate_key::RateKeys;

/// The credentials of a request.
#[derive(Debug, PartialEq, Eq)]
struct Credentials {
    key: String,
    /// The role that `dj-client` names; a bearer key is a merchant's.
    role: String,
    door: Door,
}

/// The API that a request came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Operator,
    Merchant,
}

/// The decision about a request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Allow,
    /// A key of ours in the wrong role: 403.
    Deny,
}

/// Returns a policy for the whole API, because API Gateway caches it for every path. A caller without a valid key gets
/// the one error that API Gateway turns into a 401.
pub async fn authorize(
    keys: &ApiKeysTable,
    rate_keys: &RateKeys,
    request: ApiGatewayCustomAuthorizerRequestTypeRequest,
) -> Result<ApiGatewayCustomAuthorizerResponse, Error> {
    let credentials = credentials(
        request.resource.as_deref().unwrap_or_default(),
        &request.headers,
    )
    .ok_or_else(|| refuse("no credentials"))?;
    let item = keys
        .find(&credentials.key)
        .await?
        .ok_or_else(|| refuse("unknown key"))?;
    let user = UserItem::from(item);
    if let Some(end) = user.end(time::now()) {
        return Err(refuse(end.into()));
    }
    let caller = Caller::try_from(user)?;
    let method_arn = request.method_arn.unwrap_or_default();
    Ok(response(
        verdict(&credentials, &caller),
        &caller,
        rate_keys,
        &method_arn,
    ))
}

/// API Gateway answers 401 to exactly this word; the reason is only for the log.
fn refuse(reason: &'static str) -> Error {
    info!(reason, "unauthorized");
    Error::from("Unauthorized")
}

/// Each API has its own credentials, and ignores those of the other. `resource` is the path's template, because the path
/// itself is the caller's text.
fn credentials(resource: &str, headers: &HeaderMap) -> Option<Credentials> {
    let header = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let is_merchants = resource.split('/').any(|segment| segment == "merchants");
    if !is_merchants {
        return Some(Credentials {
            key: header("dj-api-key")?,
            role: header("dj-client")?,
            door: Door::Operator,
        });
    }
    let authorization = header("authorization")?;
    let (scheme, key) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Credentials {
        key: key.trim().to_owned(),
        role: RoleName::Merchant.to_string(),
        door: Door::Merchant,
    })
}

fn verdict(credentials: &Credentials, caller: &Caller) -> Verdict {
    let role = caller.role.name();
    let is_admitted = match credentials.door {
        Door::Operator => matches!(role, RoleName::Operator | RoleName::Supplier),
        Door::Merchant => role == RoleName::Merchant,
    };
    if is_admitted && credentials.role == role.to_string() {
        Verdict::Allow
    } else {
        Verdict::Deny
    }
}

fn response(
    verdict: Verdict,
    caller: &Caller,
    rate_keys: &RateKeys,
    method_arn: &str,
) -> ApiGatewayCustomAuthorizerResponse {
    let mut statement = IamPolicyStatement::default();
    statement.action = vec!["execute-api:Invoke".to_owned()];
    statement.resource = vec![whole_stage(method_arn)];
    statement.effect = match verdict {
        Verdict::Allow => IamPolicyEffect::Allow,
        Verdict::Deny => IamPolicyEffect::Deny,
    };
    let mut policy = ApiGatewayCustomAuthorizerPolicy::default();
    policy.version = Some("2012-10-17".to_owned());
    policy.statement = vec![statement];
    let mut response = ApiGatewayCustomAuthorizerResponse::default();
    response.principal_id = Some(format!("{}/{}", caller.tenant_id, caller.user_id));
    response.policy_document = policy;
    response.context = Value::Object(caller_context(caller));
    response.usage_identifier_key = Some(rate_keys.of(&caller.tenant_id));
    response
}

/// `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}` with method and path left open.
fn whole_stage(method_arn: &str) -> String {
    let stage: Vec<_> = method_arn.splitn(3, '/').take(2).collect();
    format!("{}/*", stage.join("/"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use shared::domain::{address::EmailAddress, caller::Role};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn operator() -> Caller {
        Caller {
            tenant_id: "northwind-market".to_owned(),
            tenant_name: "Northwind Market".to_owned(),
            user_id: "usr-ana".to_owned(),
            email: EmailAddress::parse("ana@northwind.example").unwrap(),
            role: Role::Operator,
            permissions: vec![],
        }
    }

    const OPERATORS: &str = "/v1/me";
    const MERCHANTS: &str = "/v1/merchants/find-export";

    #[test]
    fn credentials_are_a_key_and_a_role() {
        let pairs = [
            ("dj-api-key", "k"),
            ("dj-client", "OPERATOR"),
            ("authorization", "Bearer other"),
        ];
        let shown = credentials(OPERATORS, &headers(&pairs)).unwrap();
        assert_eq!(
            (shown.key.as_str(), verdict(&shown, &operator())),
            ("k", Verdict::Allow)
        );
        for pairs in [
            &[][..],
            &[("dj-api-key", "k")],
            &[("dj-client", "OPERATOR")],
            &[("dj-api-key", ""), ("dj-client", "OPERATOR")],
            &[("authorization", "Bearer k")],
        ] {
            assert_eq!(credentials(OPERATORS, &headers(pairs)), None, "{pairs:?}");
        }
        for pairs in [
            &[("authorization", "Basic k")][..],
            &[("authorization", "k")],
            &[("dj-api-key", "k"), ("dj-client", "MERCHANT")],
        ] {
            assert_eq!(credentials(MERCHANTS, &headers(pairs)), None, "{pairs:?}");
        }
    }

    #[test]
    fn a_key_in_another_role_or_at_another_door_is_denied() {
        for role in ["SUPPLIER", "MERCHANT", "operator", "ADMIN"] {
            let shown = credentials(
                OPERATORS,
                &headers(&[("dj-api-key", "k"), ("dj-client", role)]),
            )
            .unwrap();
            assert_eq!(verdict(&shown, &operator()), Verdict::Deny, "{role}");
        }
        let merchant = Caller {
            role: Role::Merchant,
            ..operator()
        };
        let bearer = credentials(MERCHANTS, &headers(&[("authorization", "Bearer k")])).unwrap();
        assert_eq!(verdict(&bearer, &merchant), Verdict::Allow);
        assert_eq!(verdict(&bearer, &operator()), Verdict::Deny);
        let shown = credentials(
            OPERATORS,
            &headers(&[("dj-api-key", "k"), ("dj-client", "MERCHANT")]),
        )
        .unwrap();
        assert_eq!(verdict(&shown, &merchant), Verdict::Deny);
    }

    #[test]
    fn a_cached_policy_fits_every_path() {
        let arn = "arn:aws:execute-api:eu-west-1:123456789012:abc/api/GET/v1/me";
        let rate_keys = RateKeys::new("rate".to_owned());
        let response = response(Verdict::Allow, &operator(), &rate_keys, arn);
        assert_eq!(
            response.policy_document.statement[0].resource,
            ["arn:aws:execute-api:eu-west-1:123456789012:abc/api/*"]
        );
        assert_eq!(response.context["tenantId"], "northwind-market");
        assert_eq!(response.usage_identifier_key.as_deref(), Some("rate36"));
    }
}
