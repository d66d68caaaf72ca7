//! Handles the messages of the dead-letter queue.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::Error;
use shared::{
    aws::{AwsError, exports::ExportsTable, files::ExportFiles, queue::Job},
    domain::time,
    ending::fail,
    logging::{message_span, note_export},
};
use tracing::{Instrument, error, warn};

const REASON: &str = "The file could not be made after several tries. Ask for the export again.";

/// The clients of this function.
pub struct DeadLetterHandler {
    pub exports: ExportsTable,
    pub files: ExportFiles,
}

impl DeadLetterHandler {
    /// Ends each message's export FAILED. If an export cannot be ended, its message comes back.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            let span = message_span(message.message_id.as_deref());
            if self.give_up(&message).instrument(span).await.is_err() {
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    async fn give_up(&self, message: &SqsMessage) -> Result<(), AwsError> {
        let job = Job::parse(message.body.as_deref().unwrap_or_default());
        let Some((tenant_id, id)) = job else {
            warn!("a message that names no export is dropped");
            return Ok(());
        };
        note_export(&tenant_id, &id);
        warn!("given up");
        fail(
            &self.exports,
            &self.files,
            &tenant_id,
            &id,
            None,
            REASON,
            time::now(),
        )
        .await
        .inspect_err(|cause| error!(%cause, "the export is not ended yet"))
    }
}
