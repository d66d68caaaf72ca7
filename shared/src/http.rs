//! The border between API Gateway's events and the functions. An event becomes a [`Request`], a handler's answer becomes a
//! response, and every request is one line in the log.

use std::{net::IpAddr, time::Instant};

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use lambda_http::{Body, RequestExt, request::RequestContext, service_fn};
use serde::Serialize;
use tracing::{Instrument, Span, error, info};

use crate::{
    domain::{
        address::EmailAddress,
        caller::{Act, Caller, Role, RoleName},
        dataset::Dataset,
        download::Origin,
        id::ExportId,
        link::LinkId,
    },
    logging,
    wire::problem::Problem,
};

/// What every answer says to browsers, unless it says something else itself: use TLS for a year, keep nothing, guess no type,
/// and run and frame nothing of it. The gateway's own answers say the same (`infra/openapi/gateway-responses.jinja`).
const BROWSER_HEADERS: [(HeaderName, &str); 4] = [
    (
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=31536000; includeSubDomains",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// The most bytes of a body.
const LARGEST_BODY: usize = 64 * 1024;

/// A request to a function.
#[derive(Debug)]
pub struct Request {
    /// API Gateway's id of the request, for the answer and the log.
    pub id: String,
    pub method: String,
    /// The path without the stage.
    pub path: String,
    /// The caller whom the authorizer let in. `None` on an API without an authorizer.
    pub caller: Option<Caller>,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// Where the connection to the gateway came from; no header can set it.
    pub source_ip: Option<IpAddr>,
    pub body: Vec<u8>,
}

/// The answer to a request that is not refused.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
    pub body: String,
}

impl Request {
    /// The caller whom the authorizer let in. Fails on an API without an authorizer.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller
            .as_ref()
            .ok_or_else(|| Problem::internal("the authorizer's context has no caller"))
    }

    /// The dataset of `/v1/payments/{dataset}/export`, and the id that follows. The id is `None` if there is none, or if
    /// the text cannot be an id.
    pub fn dataset(&self) -> Result<(&'static Dataset, Option<ExportId>), Problem> {
        let (slug, id) = match self.segments()[..] {
            ["v1", "payments", slug, "export"] => (slug, None),
            ["v1", "payments", slug, "export", id] => (slug, id.parse().ok()),
            _ => return Err(Problem::NotFound("There is nothing at this path.")),
        };
        let dataset =
            Dataset::by_slug(slug).ok_or(Problem::NotFound("There is nothing at this path."))?;
        Ok((dataset, id))
    }

    /// The dataset of `/v1/payments/{dataset}`.
    pub fn dataset_of_records(&self) -> Result<&'static Dataset, Problem> {
        match self.segments()[..] {
            ["v1", "payments", slug] => Dataset::by_slug(slug),
            _ => None,
        }
        .ok_or(Problem::NotFound("There is nothing at this path."))
    }

    /// The export of `/v1/exports/{exportId}` and of what is below it.
    pub fn export_id(&self) -> Option<ExportId> {
        match self.segments()[..] {
            ["v1", "exports", id, ..] => id.parse().ok(),
            _ => None,
        }
    }

    /// The export and the link of `/v1/exports/{exportId}/links/{linkId}`.
    pub fn link_id(&self) -> Option<(ExportId, LinkId)> {
        match self.segments()[..] {
            ["v1", "exports", export_id, "links", link_id] => {
                Some((export_id.parse().ok()?, link_id.parse().ok()?))
            }
            _ => None,
        }
    }

    /// The span of all lines about the request: its id, its caller, and the export that its path or what is done names.
    fn span(&self) -> Span {
        let caller = self.caller.as_ref();
        let span = logging::request_span(
            &self.id,
            caller.map(|caller| caller.tenant_id.as_str()),
            caller.map(|caller| caller.user_id.as_str()),
        );
        let in_path = || self.dataset().ok().and_then(|(_, id)| id);
        if let Some(id) = self.export_id().or_else(in_path) {
            span.record("exportId", id.as_str());
        }
        span
    }

    fn segments(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').collect()
    }

    /// The body, which is empty or JSON.
    pub fn json_body(&self) -> Result<&[u8], Problem> {
        if self.body.len() > LARGEST_BODY {
            return Err(Problem::PayloadTooLarge);
        }
        // Clients that name no type send JSON, as the gateway itself assumes.
        let content_type = self.headers.get(header::CONTENT_TYPE);
        let is_json = content_type.is_none_or(|value| value.to_str().is_ok_and(is_json_type));
        if self.body.is_empty() || is_json {
            Ok(&self.body)
        } else {
            Err(Problem::UnsupportedMediaType)
        }
    }

    /// What is kept of where the request came from.
    pub fn origin(&self) -> Origin {
        let user_agent = self.headers.get(header::USER_AGENT);
        let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
        Origin::of(self.source_ip, user_agent.as_deref())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// `application/json` or `application/problem+json`, with or without parameters.
fn is_json_type(value: &str) -> bool {
    let essence = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Refuses a caller whose role or permissions do not allow the act.
pub fn require(caller: &Caller, act: Act, dataset: &Dataset) -> Result<(), Problem> {
    match act {
        _ if caller.may(act, dataset) => Ok(()),
        Act::Create => Err(Problem::Forbidden(
            "Your key may not create exports of this type.",
        )),
        Act::Read => Err(Problem::Forbidden(
            "Your key may not read exports of this type.",
        )),
    }
}

impl Answer {
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self {
            status,
            headers: vec![(header::CONTENT_TYPE, "application/json".to_owned())],
            body: serde_json::to_string(body).map_err(Problem::internal)?,
        })
    }

    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: vec![],
            body: String::new(),
        }
    }

    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Serves requests until the runtime ends the process; a refusal becomes a problem document.
pub async fn serve<F>(handle: impl Fn(Request) -> F) -> Result<(), lambda_http::Error>
where
    F: Future<Output = Result<Answer, Problem>> + Send,
{
    serve_with(handle, problem_answer).await
}

/// Serves requests, with refusals in the form that `refuse` gives them.
pub async fn serve_with<F>(
    handle: impl Fn(Request) -> F,
    refuse: impl Fn(&Problem, &Facts) -> Answer + Send + Sync,
) -> Result<(), lambda_http::Error>
where
    F: Future<Output = Result<Answer, Problem>> + Send,
{
    let refuse = &refuse;
    lambda_http::run(service_fn(|event: lambda_http::Request| {
        let started = Instant::now();
        let request = Request::from(event);
        let facts = Facts::of(&request);
        let span = request.span();
        let handling = handle(request);
        async move {
            let result = handling.await;
            facts.log(&result, started);
            let answer = result.unwrap_or_else(|problem| refuse(&problem, &facts));
            Ok::<_, lambda_http::Error>(response(answer))
        }
        .instrument(span)
    }))
    .await
}

/// The parts of a request that a refusal and the log need after the handler has consumed it.
#[derive(Debug, Default)]
pub struct Facts {
    pub request_id: String,
    pub accept: Option<String>,
    method: String,
    path: String,
}

impl Facts {
    fn of(request: &Request) -> Self {
        Self {
            request_id: request.id.clone(),
            accept: request.header("accept").map(str::to_owned),
            method: request.method.clone(),
            path: request.path.clone(),
        }
    }

    /// One line; its span has the ids. The query string is left out: it may hold a token.
    fn log(&self, result: &Result<Answer, Problem>, started: Instant) {
        let (status, code, cause) = match result {
            Ok(answer) => (answer.status, None, None),
            Err(problem) => (problem.status(), Some(problem.code()), problem.cause()),
        };
        let code: Option<&'static str> = code.map(Into::into);
        let milliseconds = started.elapsed().as_millis() as u64;
        macro_rules! line {
            ($level:ident) => {
                $level!(
                    method = self.method,
                    path = self.path,
                    status = status.as_u16(),
                    code,
                    cause,
                    milliseconds,
                    "request"
                )
            };
        }
        if status.is_server_error() {
            line!(error)
        } else {
            line!(info)
        }
    }
}

/// A problem as `application/problem+json`.
pub fn problem_answer(problem: &Problem, facts: &Facts) -> Answer {
    let mut headers = vec![(header::CONTENT_TYPE, "application/problem+json".to_owned())];
    if let Some(seconds) = problem.retry_after() {
        headers.push((header::RETRY_AFTER, seconds.to_string()));
    }
    Answer {
        status: problem.status(),
        headers,
        body: problem.to_json(&facts.request_id),
    }
}

fn response(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::Text(answer.body));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    for (name, value) in BROWSER_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in answer.headers {
        // Every value is made of our own words, ids and URLs.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

impl From<lambda_http::Request> for Request {
    fn from(event: lambda_http::Request) -> Self {
        let context = match event.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => Some(context),
            _ => None,
        };
        let query = event
            .query_string_parameters_ref()
            .map(|query| {
                query
                    .iter()
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect()
            })
            .unwrap_or_default();
        Self {
            id: context
                .and_then(|context| context.request_id.clone())
                .unwrap_or_default(),
            method: event.method().to_string(),
            // The URI would end at a `?` or `#` that a caller has written as %3F or %23.
            path: event.raw_http_path().to_owned(),
            caller: context.and_then(|context| {
                read_caller(|name| {
                    context
                        .authorizer
                        .fields
                        .get(name)?
                        .as_str()
                        .map(str::to_owned)
                })
            }),
            query,
            source_ip: context.and_then(|context| {
                let address = context.identity.source_ip.as_deref()?;
                address.parse().ok()
            }),
            headers: event.headers().clone(),
            body: event.into_body().to_vec(),
        }
    }
}

/// Reads the caller from the authorizer's context, as [`caller_context`] wrote it.
fn read_caller(field: impl Fn(&str) -> Option<String>) -> Option<Caller> {
    let role = match field("role")?.parse().ok()? {
        RoleName::Operator => Role::Operator,
        RoleName::Merchant => Role::Merchant,
        RoleName::Supplier => Role::Supplier {
            supplier_id: field("supplierId")?,
        },
    };
    Some(Caller {
        tenant_id: field("tenantId")?,
        tenant_name: field("tenantName")?,
        user_id: field("userId")?,
        email: EmailAddress::parse(&field("email")?).ok()?,
        role,
        permissions: field("permissions")?
            .split(' ')
            .map(str::to_owned)
            .collect(),
    })
}

/// A caller as the authorizer's context. API Gateway requires its values to be texts.
pub fn caller_context(caller: &Caller) -> serde_json::Map<String, serde_json::Value> {
    let mut fields = vec![
        ("tenantId", caller.tenant_id.clone()),
        ("tenantName", caller.tenant_name.clone()),
        ("userId", caller.user_id.clone()),
        ("email", caller.email.to_string()),
        ("role", caller.role.name().to_string()),
        ("permissions", caller.permissions.join(" ")),
    ];
    if let Some(supplier_id) = caller.supplier_id() {
        fields.push(("supplierId", supplier_id.to_owned()));
    }
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::{operator, supplier};

    fn request(content_type: Option<&'static str>, body: &[u8]) -> Request {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        Request {
            id: "req-1".to_owned(),
            method: "POST".to_owned(),
            path: "/v1/me".to_owned(),
            caller: None,
            query: vec![],
            headers,
            source_ip: None,
            body: body.to_vec(),
        }
    }

    #[test]
    fn a_path_is_what_the_gateway_has_taken_from_the_request() {
        for path in [
            "/v1/webhooks",
            "/v1/webhooks/whk_1?/test",
            "/v1/webhooks/#/test",
            "/v1/webhooks/../exports",
        ] {
            let event = serde_json::json!({
                "httpMethod": "GET",
                "path": path,
                "headers": {"host": "api.example"},
                "requestContext": {"stage": "api", "httpMethod": "GET"},
            });
            let event = lambda_http::request::from_str(&event.to_string()).unwrap();
            assert_eq!(Request::from(event).path, path);
        }
    }

    #[test]
    fn a_caller_comes_through_the_gateway_unchanged() {
        for caller in [operator(), supplier()] {
            let context = caller_context(&caller);
            let read = read_caller(|name| context.get(name)?.as_str().map(str::to_owned));
            assert_eq!(read, Some(caller));
        }
    }

    #[test]
    fn a_body_is_json_or_nothing() {
        for content_type in [
            Some("application/json"),
            Some("Application/JSON; charset=utf-8"),
            Some("application/merge-patch+json"),
            None,
        ] {
            assert!(
                request(content_type, b"{}").json_body().is_ok(),
                "{content_type:?}"
            );
        }
        for content_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
        ] {
            assert!(matches!(
                request(Some(content_type), b"{}").json_body(),
                Err(Problem::UnsupportedMediaType)
            ));
            assert!(request(Some(content_type), b"").json_body().is_ok());
        }
        assert!(matches!(
            request(None, &[b' '; LARGEST_BODY + 1]).json_body(),
            Err(Problem::PayloadTooLarge)
        ));
    }
}
