//! Which events are done, and which must come back.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::SignedDuration;
use lambda_runtime::Error;
use shared::{
    aws::{
        AwsError,
        exports::{ExportsTable, Learned},
    },
    domain::time,
    metrics,
};
use tracing::{error, info, warn};

use crate::event::{MailEvent, Unreadable};

/// How long a mail may be unknown: SES may tell of it before whoever sent it has recorded it. Afterwards it was sent by a
/// process that died before it could, and another mail was sent in its place.
const RECORDED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The client of this function.
pub struct MailEvents {
    pub exports: ExportsTable,
}

/// Why an event must come back.
#[derive(Debug, thiserror::Error)]
enum EventError {
    #[error(transparent)]
    Call(#[from] AwsError),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the mail {0} is not recorded yet")]
    NotRecordedYet(String),
}

impl MailEvents {
    /// Records each event. One that fails does not fail the others. An event that comes twice changes nothing the second
    /// time, and one that cannot be read ends in the dead-letter queue.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            let body = message.body.as_deref().unwrap_or_default();
            if let Err(cause) = self.record(body).await {
                error!(%cause, messageId = message.message_id, "the event must come back");
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    async fn record(&self, body: &str) -> Result<(), EventError> {
        let Some(MailEvent { told, sent_at }) = MailEvent::parse(body)? else {
            return Ok(());
        };
        let state = told.arrival.state.to_string();
        match self.exports.record_arrival(&told).await? {
            Learned::Recorded => {
                info!(mail = told.message_id, state, "recorded");
                metrics::mails(told.arrival.state.into(), told.addresses.len());
            }
            Learned::Nothing => {}
            Learned::UnknownMail if time::now().duration_since(sent_at) < RECORDED_WITHIN => {
                return Err(EventError::NotRecordedYet(told.message_id));
            }
            Learned::UnknownMail => warn!(mail = told.message_id, state, "an unknown mail"),
        }
        Ok(())
    }
}
