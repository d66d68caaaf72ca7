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
    logging::{note_mail, of_message},
    metrics,
};

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
            let work = self.record(message.body.as_deref().unwrap_or_default());
            if of_message(message.message_id.as_deref(), work)
                .await
                .is_err()
            {
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    async fn record(&self, body: &str) -> Result<&'static str, EventError> {
        let Some(MailEvent { told, sent_at }) = MailEvent::parse(body)? else {
            return Ok("DROPPED");
        };
        note_mail(&told.message_id);
        match self.exports.record_arrival(&told).await? {
            Learned::Recorded => {
                let state: &'static str = told.arrival.state.into();
                metrics::mails(state, told.addresses.len());
                Ok(state)
            }
            Learned::Nothing => Ok("KNOWN"),
            Learned::UnknownMail if time::now().duration_since(sent_at) < RECORDED_WITHIN => {
                Err(EventError::NotRecordedYet(told.message_id))
            }
            Learned::UnknownMail => Ok("UNKNOWN_MAIL"),
        }
    }
}
