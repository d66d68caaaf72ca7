//! `GET /v1/me`: the authorizer knows the caller, so nothing is read here.

use http::StatusCode;
use serde::Serialize;
use shared::{
    domain::caller::Caller,
    http::{Answer, Request},
    wire::problem::Problem,
};

/// The user of a key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Me<'a> {
    tenant_id: &'a str,
    tenant_name: &'a str,
    user_id: &'a str,
    email: &'a str,
    role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier_id: Option<&'a str>,
    permissions: &'a [String],
}

pub async fn handle(request: Request) -> Result<Answer, Problem> {
    Answer::json(StatusCode::OK, &Me::of(request.caller()?))
}

impl<'a> Me<'a> {
    fn of(caller: &'a Caller) -> Self {
        Self {
            tenant_id: &caller.tenant_id,
            tenant_name: &caller.tenant_name,
            user_id: &caller.user_id,
            email: caller.email.as_str(),
            role: caller.role.name().to_string(),
            supplier_id: caller.supplier_id(),
            permissions: &caller.permissions,
        }
    }
}
