//! The bytes of an answer, taken before the SDK makes maps and texts from them.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
    operation::query::QueryOutput,
};
use aws_smithy_runtime_api::client::{
    interceptors::context::{
        BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut, Error,
        Output,
    },
    orchestrator::{HttpResponse, OrchestratorError},
    ser_de::{DeserializeResponse, SharedResponseDeserializer},
};
use aws_smithy_types::body::SdkBody;

const ACCEPT_ENCODING: &str = "accept-encoding";
const CONTENT_ENCODING: &str = "content-encoding";
const GZIP: &str = "gzip";

/// Inflates a body in gzip. Fails if it is damaged.
///
/// The generator has such a function, and so no other function has to be linked with what inflates.
pub type Inflate = fn(&[u8]) -> io::Result<Vec<u8>>;

/// An interceptor for one query, and the place where it leaves the body of the answer.
///
/// It replaces the SDK's deserializer only for successful answers. The SDK handles failures and decides what is retried. It reads
/// them as they are: a query's are too short to be compressed, and those that say so may be plain
/// (EfficientDynamoDb#281). The body is read and inflated within the SDK's retries, which cover that too.
#[derive(Clone, Debug, Default)]
pub struct RawAnswer(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Of compressed answers. Without it none is asked for.
    inflate: Option<Inflate>,
    body: Mutex<Option<Body>>,
}

/// The body of an answer, whole in memory.
#[derive(Debug)]
pub enum Body {
    Plain(SdkBody),
    Inflated(Vec<u8>),
}

impl RawAnswer {
    /// For an answer that may come compressed if it can be inflated.
    pub fn new(inflate: Option<Inflate>) -> Self {
        Self(Arc::new(Inner {
            inflate,
            ..Inner::default()
        }))
    }

    pub fn take(&self) -> Option<Body> {
        self.body().take()
    }

    fn body(&self) -> std::sync::MutexGuard<'_, Option<Body>> {
        self.0.body.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body of an answer that says it is compressed; `None` if it says nothing of the kind.
    fn inflated(&self, response: &HttpResponse) -> Option<io::Result<Vec<u8>>> {
        let inflate = self.0.inflate?;
        let encoding = response.headers().get(CONTENT_ENCODING)?;
        encoding
            .eq_ignore_ascii_case(GZIP)
            .then(|| inflate(response.body().bytes().unwrap_or_default()))
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        match self {
            Body::Plain(body) => body.bytes().unwrap_or_default(),
            Body::Inflated(body) => body,
        }
    }
}

impl Intercept for RawAnswer {
    fn name(&self) -> &'static str {
        "RawAnswer"
    }

    // After the request is signed: what stands between may change what encodings are accepted.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.0.inflate.is_some() {
            let headers = context.request_mut().headers_mut();
            headers.insert(ACCEPT_ENCODING, GZIP);
        }
        Ok(())
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
            return Err(broken(format!(
                "HTTP status {}",
                response.status().as_u16()
            )));
        }
        *self.body() = match self.inflated(response) {
            None => response.body().try_clone().map(Body::Plain),
            Some(inflated) => Some(Body::Inflated(inflated.map_err(broken)?)),
        };
        Ok(Output::erase(QueryOutput::builder().build()))
    }
}

/// The SDK tries again.
fn broken(cause: impl Into<BoxError>) -> OrchestratorError<Error> {
    OrchestratorError::response(cause.into())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        time::Duration,
    };

    use aws_credential_types::Credentials;
    use aws_sdk_dynamodb::{
        Client, Config,
        config::{BehaviorVersion, Region, retry::RetryConfig},
        error::SdkError,
        operation::query::QueryError,
    };
    use aws_smithy_runtime_api::client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::HttpRequest,
    };

    use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};

    use super::*;

    const PAGE: &[u8] = br#"{"Items":[],"Count":0,"ScannedCount":0}"#;
    const THROTTLED: &[u8] =
        br#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#;
    const REFUSED: &[u8] =
        br#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#;

    fn compressed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(body: &[u8]) -> io::Result<Vec<u8>> {
        let mut inflated = Vec::new();
        GzDecoder::new(body).read_to_end(&mut inflated)?;
        Ok(inflated)
    }

    /// Status, what it says of its encoding, and body.
    type Answer<'a> = (u16, Option<&'static str>, &'a [u8]);

    #[derive(Clone, Debug, Default)]
    struct Scripted {
        /// The next is the last.
        answers: Arc<Mutex<Vec<HttpResponse>>>,
        /// What each request accepted.
        accepted: Arc<Mutex<Vec<Option<String>>>>,
    }

    impl HttpConnector for Scripted {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let accepted = request.headers().get(ACCEPT_ENCODING).map(str::to_owned);
            self.accepted.lock().unwrap().push(accepted);
            HttpConnectorFuture::ready(Ok(self.answers.lock().unwrap().pop().unwrap()))
        }
    }

    fn response((status, encoding, body): &Answer<'_>) -> HttpResponse {
        let body = SdkBody::from(body.to_vec());
        let mut response = HttpResponse::new((*status).try_into().unwrap(), body);
        if let Some(encoding) = encoding {
            response.headers_mut().insert(CONTENT_ENCODING, *encoding);
        }
        response
    }

    /// What a query gets from these answers, and what each of its requests accepted.
    async fn query(
        inflate: Option<Inflate>,
        answers: &[Answer<'_>],
    ) -> (Result<Vec<u8>, SdkError<QueryError>>, Vec<Option<String>>) {
        let scripted = Scripted::default();
        *scripted.answers.lock().unwrap() = answers.iter().rev().map(response).collect();
        let connector = SharedHttpConnector::new(scripted.clone());
        let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(retries)
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        let answer = RawAnswer::new(inflate);
        let query = Client::from_conf(config).query().table_name("ledger");
        let sent = query.customize().interceptor(answer.clone()).send().await;
        let body = sent.map(|_| answer.take().unwrap().as_ref().to_vec());
        let accepted = scripted.accepted.lock().unwrap().clone();
        (body, accepted)
    }

    #[tokio::test]
    async fn an_answer_is_taken_as_it_is_or_as_it_was_before_it_was_compressed() {
        let (body, accepted) =
            query(Some(inflate), &[(200, Some("gzip"), &compressed(PAGE))]).await;
        assert_eq!(body.unwrap(), PAGE);
        assert_eq!(accepted, [Some("gzip".to_owned())]);
        let (body, _) = query(Some(inflate), &[(200, None, PAGE)]).await;
        assert_eq!(body.unwrap(), PAGE);
        let (body, accepted) = query(None, &[(200, None, PAGE)]).await;
        assert_eq!(body.unwrap(), PAGE);
        assert_eq!(accepted, [None]);
    }

    #[tokio::test]
    async fn a_damaged_answer_is_asked_for_again() {
        let whole = compressed(PAGE);
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 1;
        for broken in [&whole[..whole.len() - 1], &whole[..0], &damaged, PAGE] {
            let answers = [(200, Some("gzip"), broken), (200, Some("gzip"), &whole[..])];
            let (body, accepted) = query(Some(inflate), &answers).await;
            assert_eq!(body.unwrap(), PAGE);
            assert_eq!(accepted.len(), 2);
        }
    }

    #[tokio::test]
    async fn an_error_that_says_it_is_compressed_is_read_as_it_is() {
        let answers = [(400, Some("gzip"), THROTTLED), (400, Some("gzip"), REFUSED)];
        let (body, accepted) = query(Some(inflate), &answers).await;
        let error = body.unwrap_err().into_service_error();
        assert!(error.is_resource_not_found_exception(), "{error:?}");
        assert_eq!(accepted.len(), 2, "a throttled call is made again");
    }

    #[tokio::test]
    async fn what_fails_after_a_damaged_answer_is_tried_again() {
        let whole = compressed(PAGE);
        let answers = [
            (200, Some("gzip"), &whole[1..]),
            (400, None, THROTTLED),
            (200, Some("gzip"), &whole[..]),
        ];
        let (body, accepted) = query(Some(inflate), &answers).await;
        assert_eq!(body.unwrap(), PAGE);
        assert_eq!(accepted.len(), 3);
    }
}
