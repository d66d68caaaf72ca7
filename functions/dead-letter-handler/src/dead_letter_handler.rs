//! Handles the messages of the dead-letter queue.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::Error;
use shared::{
    aws::{AwsError, exports::ExportsTable, files::ExportFiles, queue::Job},
    domain::time,
    ending::fail,
    logging::{note_export, of_message},
};

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
            let work = self.give_up(&message);
            if of_message(message.message_id.as_deref(), work)
                .await
                .is_err()
            {
                response.add_failure(message.message_id.unwrap_or_default());
            }
        }
        Ok(response)
    }

    async fn give_up(&self, message: &SqsMessage) -> Result<&'static str, AwsError> {
        let job = Job::parse(message.body.as_deref().unwrap_or_default());
        let Some((tenant_id, id)) = job else {
            return Ok("DROPPED");
        };
        note_export(&tenant_id, &id);
        fail(
            &self.exports,
            &self.files,
            &tenant_id,
            &id,
            None,
            REASON,
            time::now(),
        )
        .await?;
        Ok("ENDED")
    }
}
