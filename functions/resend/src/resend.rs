//! `POST /v1/exports/{exportId}/resend-email`.

use http::StatusCode;
use jiff::SignedDuration;
use serde::Serialize;
use shared::{
    aws::{
        exports::ExportsTable,
        mailer::{MailError, Mailer},
    },
    domain::{
        address::{EmailAddress, distinct_cc},
        arrival::Arrivals,
        link::NewLink,
        resend::admit,
        sending::Sending,
        time,
    },
    http::{Answer, Request},
    mail, own_export, random,
    wire::{problem::Problem, resend_request, trigger_request::refuse_domains},
};
use tracing::error;

/// The clients and settings of this function.
pub struct Resend {
    pub exports: ExportsTable,
    pub mailer: Mailer,
    pub link_api_url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SendingObject<'a> {
    export_id: &'a str,
    recipients: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<&'a str>,
    sent_at: String,
}

impl Resend {
    /// The file is not made again and its expiry does not move; the mail has a link of its own.
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        let new_cc =
            resend_request::parse(request.json_body()?).map_err(Problem::InvalidRequest)?;
        let export = own_export::find(&self.exports, &request).await?;
        let now = time::now();
        let Some(delivery) = export.ready(now) else {
            return Err(Problem::ExportNotReady(export.status(now)));
        };

        let resends = admit(&export.resends, now).map_err(too_many)?;
        let cc = new_cc.as_deref().unwrap_or(&export.cc);
        let distinct = distinct_cc(&caller.email, cc.to_vec());
        let recipients: Vec<_> = std::iter::once(&caller.email)
            .chain(&distinct)
            .cloned()
            .collect();
        let rules = self
            .exports
            .mail_rules(&export.tenant_id, &recipients)
            .await?;
        let outside = refuse_domains(rules.cc_domains.as_ref(), &caller.email, cc);
        if !outside.is_empty() {
            return Err(Problem::InvalidRequest(outside));
        }
        let (recipients, skipped) = rules.split(&caller.email, &distinct);
        if recipients.is_empty() {
            return Err(Problem::AddressesSuppressed);
        }
        let link = NewLink::new(recipients, now, random::bytes(), random::bytes());
        let admitted = self
            .exports
            .admit_resend(&export, delivery, &link, &resends, now)
            .await?;
        // Another sending was admitted at the same moment, or the export has just expired.
        admitted.map_err(|_| Problem::TooManyRequests { retry_after: 1 })?;

        let url = mail::download_link(&self.link_api_url, &export, &link.token);
        let mail = mail::compose(&export, delivery, &url).map_err(Problem::internal)?;
        let message_id = self
            .mailer
            .send(&link.recipients, &mail)
            .await
            .map_err(refused)?;
        let sending = Sending {
            link_id: Some(link.id),
            sent_at: now,
            recipients: link.recipients,
            skipped,
            message_id: Some(message_id),
            arrivals: Arrivals::new(),
        };
        // The mail is sent. If its record fails, only the log says so.
        let recorded = self
            .exports
            .record_sending(&export, &sending, &caller.user_id);
        if let Err(cause) = recorded.await {
            error!(%cause, exportId = %export.id, "a sending is not recorded");
        }
        Answer::json(
            StatusCode::OK,
            &SendingObject {
                export_id: export.id.as_str(),
                recipients: texts(&sending.recipients),
                skipped: texts(&sending.skipped),
                sent_at: time::to_seconds(now),
            },
        )
    }
}

fn texts(addresses: &[EmailAddress]) -> Vec<&str> {
    addresses.iter().map(EmailAddress::as_str).collect()
}

fn too_many(wait: SignedDuration) -> Problem {
    Problem::TooManyRequests {
        retry_after: wait.as_secs().unsigned_abs().max(1),
    }
}

fn refused(error: MailError) -> Problem {
    Problem::EmailRefused {
        cause: error.to_string(),
    }
}
