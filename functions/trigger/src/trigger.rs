//! `POST /v1/payments/{dataset}/export` and `POST /v1/exports/{exportId}/retry`.

use http::{StatusCode, header};
use shared::{
    acceptance::Acceptance,
    aws::exports::Creation,
    copies,
    domain::{
        address::EmailAddress,
        caller::{Act, Caller},
        dataset::Dataset,
        export::{Export, Status},
        id::ExportId,
        time,
    },
    http::{Answer, Request, require},
    items::idempotency::Idempotency,
    own_export, random,
    wire::{
        export::ExportObject,
        problem::{FieldError, FieldErrorCode, Problem},
        trigger_request::TriggerRequest,
    },
};

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// The clients and settings of this function.
pub struct Trigger {
    pub acceptance: Acceptance,
}

impl Trigger {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let export = if request.path.ends_with("/retry") {
            self.again(&request).await?
        } else {
            self.requested(&request).await?
        };
        let (caller, dataset) = (request.caller()?, export.dataset());
        let key = idempotency_key(&request)?;
        let idempotency = key.map(|key| Idempotency::of(key, &export));
        match self
            .acceptance
            .accept(&export, idempotency.as_ref())
            .await?
        {
            Creation::Created => accepted(&export, dataset),
            Creation::Repeated(id) => self.repeated(caller, dataset, &id).await,
            Creation::KeyReused => Err(Problem::IdempotencyKeyReused),
            Creation::Blocked(id) => Err(Problem::ExportAlreadyPending(id)),
        }
    }

    /// The export that repeats one of the caller's, which must be over.
    async fn again(&self, request: &Request) -> Result<Export, Problem> {
        let body = request.json_body()?.trim_ascii();
        if !matches!(body, b"" | b"{}") {
            return Err(Problem::invalid(FieldError::new(
                "",
                FieldErrorCode::NotAllowed,
                "an export is retried as it was: the body must be empty",
            )));
        }
        let export = own_export::find(&self.acceptance.exports, request).await?;
        let now = time::now();
        match export.status(now) {
            Status::Failed | Status::Cancelled | Status::Expired => {
                let caller = request.caller()?;
                self.require_domains(caller, &export.cc).await?;
                Ok(export.again(caller, now, random::bytes()))
            }
            status @ (Status::Pending | Status::Ready) => Err(Problem::ExportNotRetryable(status)),
        }
    }

    /// The export that a body asks for.
    async fn requested(&self, request: &Request) -> Result<Export, Problem> {
        let caller = request.caller()?;
        let (dataset, _) = request.dataset()?;
        require(caller, Act::Create, dataset)?;
        let body = TriggerRequest::parse(request.json_body()?, caller, dataset)
            .map_err(Problem::InvalidRequest)?;
        self.require_domains(caller, &body.cc).await?;
        Ok(body.into_export(caller, dataset, time::now(), random::bytes()))
    }

    /// Refuses copies whose domains the tenant's copies may not go to.
    async fn require_domains(&self, caller: &Caller, cc: &[EmailAddress]) -> Result<(), Problem> {
        let exports = &self.acceptance.exports;
        copies::require_domains(exports, caller, cc).await
    }

    async fn repeated(
        &self,
        caller: &Caller,
        dataset: &Dataset,
        id: &ExportId,
    ) -> Result<Answer, Problem> {
        match self.acceptance.exports.find(&caller.tenant_id, id).await? {
            Some(export) => accepted(&export, dataset),
            None => Err(Problem::internal(
                "the export of an idempotency key is gone",
            )),
        }
    }
}

fn accepted(export: &Export, dataset: &Dataset) -> Result<Answer, Problem> {
    let status = StatusCode::from_u16(dataset.accepted).map_err(Problem::internal)?;
    // Relative to the request's own URL: behind a stage or a custom domain, only the caller knows what comes before.
    let location = format!("../../../v1/payments/{}/export/{}", dataset.slug, export.id);
    Ok(
        Answer::json(status, &ExportObject::of(export, time::now()))?
            .with_header(header::LOCATION, location),
    )
}

fn idempotency_key(request: &Request) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let is_printable = |key: &&str| key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    match value.to_str().ok().filter(is_printable) {
        Some(key) if (1..=LONGEST_IDEMPOTENCY_KEY).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::invalid(FieldError::new(
            "/Idempotency-Key",
            FieldErrorCode::InvalidValue,
            format!("must be 1 to {LONGEST_IDEMPOTENCY_KEY} printable ASCII characters"),
        ))),
    }
}
