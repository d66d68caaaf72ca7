//! The bytes of an answer, taken before the SDK makes maps and texts from them.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
    operation::query::QueryOutput,
};
use aws_smithy_runtime_api::client::{
    interceptors::context::{BeforeDeserializationInterceptorContextMut, Error, Output},
    orchestrator::{HttpResponse, OrchestratorError},
    ser_de::{DeserializeResponse, SharedResponseDeserializer},
};
use aws_smithy_types::body::SdkBody;

/// An interceptor for one query, and the place where it leaves the body of the answer.
///
/// It replaces the SDK's deserializer only for successful answers. The SDK handles failures and decides what is retried. The
/// body is read within the SDK's retries, which cover it too.
#[derive(Clone, Debug, Default)]
pub struct RawAnswer(Arc<Mutex<Option<SdkBody>>>);

impl RawAnswer {
    /// The body of the answer, whole in memory.
    pub fn take(&self) -> Option<SdkBody> {
        self.body().take()
    }

    fn body(&self) -> std::sync::MutexGuard<'_, Option<SdkBody>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for RawAnswer {
    fn name(&self) -> &'static str {
        "RawAnswer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.response().status().is_success() {
            config
                .interceptor_state()
                .store_put(SharedResponseDeserializer::new(self.clone()));
        }
        Ok(())
    }
}

impl DeserializeResponse for RawAnswer {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        if !response.status().is_success() {
            // An earlier attempt was answered with success, and the answer broke off. So this deserializer is still in
            // place. It cannot read errors: it fails as if this answer had broken off too, and the SDK tries again.
            let status = response.status().as_u16();
            return Err(OrchestratorError::response(
                format!("HTTP status {status}").into(),
            ));
        }
        *self.body() = response.body().try_clone();
        Ok(Output::erase(QueryOutput::builder().build()))
    }
}
