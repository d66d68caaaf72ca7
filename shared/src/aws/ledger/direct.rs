//! One operation's calls without most of the SDK's work.
//!
//! For every call the SDK puts its configuration together, runs its interceptors and resolves the endpoint. For a call of 25
//! records that is a third of what the whole feed costs, and it comes to the same each time. So the SDK makes the first
//! call, and what it sent is the model of the next ones: they are signed by the SDK's signer with the SDK's credentials, and
//! use its connections. Such a call is tried once. If it is not answered with success, the SDK makes it, with all its
//! retries, and its answer counts.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_runtime::auth::{SigV4OperationSigningConfig, sigv4};
use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, Region, RuntimeComponents, timeout::TimeoutConfig},
    error::BoxError,
};
use aws_smithy_runtime_api::client::{
    auth::{AuthScheme, AuthSchemeEndpointConfig},
    http::{HttpClient, HttpConnector, HttpConnectorSettings, SharedHttpConnector},
    identity::ResolveCachedIdentity,
    interceptors::context::BeforeTransmitInterceptorContextRef,
    orchestrator::HttpRequest,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream, config_bag::Layer};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use tokio::time::sleep;

use crate::random;

/// What is alike in all requests of an operation.
const HEADERS: [&str; 4] = [
    "content-type",
    "user-agent",
    "x-amz-target",
    "x-amz-user-agent",
];

/// The longest pause before the SDK makes a call that was refused.
const LONGEST_PAUSE_MS: u64 = 25;

/// An interceptor for the SDK's calls of one operation, which makes further ones from their model.
#[derive(Clone, Debug, Default)]
pub struct Direct(Arc<OnceLock<Model>>);

#[derive(Debug)]
struct Model {
    /// Without a body, and without what differs from one request to the next.
    request: HttpRequest,
    /// The SDK's own, with its connections.
    connector: SharedHttpConnector,
    /// The SDK's credentials are among them.
    components: RuntimeComponents,
    /// What the signer has to know.
    config: ConfigBag,
}

impl Direct {
    /// Sends a request with this body. Returns the body of the answer if it was a success; `None` if the SDK has to make the
    /// call.
    pub async fn send(&self, body: Bytes) -> Option<Bytes> {
        let model = self.0.get()?;
        let request = model.signed(body).await?;
        let answer = model.connector.call(request).await.ok()?;
        if !answer.status().is_success() {
            pause().await;
            return None;
        }
        let body = ByteStream::new(answer.into_body()).collect().await.ok()?;
        Some(body.into_bytes())
    }
}

impl Intercept for Direct {
    fn name(&self) -> &'static str {
        "Direct"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Without a model the SDK makes every call.
        if self.0.get().is_none()
            && let Some(model) = Model::of(context.request(), components, config)
        {
            // Another call may have come first.
            let _ = self.0.set(model);
        }
        Ok(())
    }
}

impl Model {
    fn of(sent: &HttpRequest, components: &RuntimeComponents, config: &ConfigBag) -> Option<Self> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method(sent.method()).ok()?;
        request.set_uri(sent.uri()).ok()?;
        for name in HEADERS {
            if let Some(value) = sent.headers().get(name) {
                request.headers_mut().insert(name, value.to_owned());
            }
        }
        let timeouts = config.load::<TimeoutConfig>()?;
        let mut settings = HttpConnectorSettings::builder();
        settings.set_connect_timeout(timeouts.connect_timeout());
        settings.set_read_timeout(timeouts.read_timeout());
        let connector = components
            .http_client()?
            .http_connector(&settings.build(), components);
        // Region and service are those that the SDK has signed for.
        let authorization = sent.headers().get(AUTHORIZATION.as_str())?;
        let mut scope = authorization.split('/').skip(2);
        let mut signing = config.load::<SigV4OperationSigningConfig>()?.clone();
        signing.region = Some(Region::new(scope.next()?.to_owned()).into());
        signing.name = Some(scope.next()?.to_owned().into());
        let mut layer = Layer::new("direct");
        layer.store_put(signing);
        Some(Self {
            request,
            connector,
            components: components.clone(),
            config: ConfigBag::of_layers([layer]),
        })
    }

    /// A request with this body, signed now.
    async fn signed(&self, body: Bytes) -> Option<HttpRequest> {
        let scheme = self.components.auth_scheme(sigv4::SCHEME_ID)?;
        let resolver = scheme.identity_resolver(&self.components)?;
        let identities = self.components.identity_cache();
        let identity = identities
            .resolve_cached_identity(resolver, &self.components, &self.config)
            .await
            .ok()?;
        let mut request = self.request.try_clone()?;
        let length = body.len().to_string();
        request
            .headers_mut()
            .insert(CONTENT_LENGTH.as_str(), length);
        *request.body_mut() = SdkBody::from(body);
        let endpoint = AuthSchemeEndpointConfig::empty();
        let signer = scheme.signer();
        signer
            .sign_http_request(
                &mut request,
                &identity,
                endpoint,
                &self.components,
                &self.config,
            )
            .ok()?;
        Some(request)
    }
}

/// Waits for a random time, so that not all who were refused come back together.
async fn pause() {
    let milliseconds = u64::from_le_bytes(random::bytes()) % (LONGEST_PAUSE_MS + 1);
    sleep(Duration::from_millis(milliseconds)).await;
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        sync::{
            Mutex,
            atomic::{AtomicU32, Ordering},
        },
        time::SystemTime,
    };

    use aws_config::{BehaviorVersion, SdkConfig};
    use aws_credential_types::credential_fn::provide_credentials_fn;
    use aws_sdk_dynamodb::config::{
        Credentials, SharedCredentialsProvider, http::HttpResponse, retry::RetryConfig,
    };
    use aws_smithy_runtime_api::{
        client::{
            http::{HttpConnectorFuture, http_client_fn},
            result::ConnectorError,
        },
        http::StatusCode,
    };
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::{
        aws::{
            AwsError,
            ledger::{LedgerTable, Outcome},
        },
        domain::{change::Change, dataset::MARKETPLACE_PAYOUTS, record::Record},
    };

    const WRITTEN: Answer = Answer::Status(200, r#"{"Responses":[{"TableName":"ledger"}]}"#);
    const SDKS_OWN: &str = "amz-sdk-invocation-id";

    #[derive(Clone, Copy, Debug)]
    enum Answer {
        Status(u16, &'static str),
        BrokenConnection,
    }

    /// Plays DynamoDB: gives the answers one after another, the last of them again and again.
    #[derive(Clone, Debug)]
    struct Played {
        answers: Arc<Mutex<VecDeque<Answer>>>,
        seen: Arc<Mutex<Vec<HttpRequest>>>,
    }

    impl Played {
        fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
            Self {
                answers: Arc::new(Mutex::new(answers.into_iter().collect())),
                seen: Arc::default(),
            }
        }

        fn table(&self, credentials: SharedCredentialsProvider) -> LedgerTable {
            let played = self.clone();
            let client = http_client_fn(move |_, _| SharedHttpConnector::new(played.clone()));
            let config = SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .credentials_provider(credentials)
                .retry_config(RetryConfig::standard().with_initial_backoff(Duration::ZERO))
                .http_client(client)
                .build();
            LedgerTable::new(&config, "ledger".to_owned())
        }

        /// The requests so far, and whether the SDK itself made each.
        fn seen(&self) -> Vec<(HttpRequest, bool)> {
            let seen = self.seen.lock().unwrap();
            let requests = seen.iter().map(|request| request.try_clone().unwrap());
            requests
                .map(|request| {
                    let is_sdks = request.headers().contains_key(SDKS_OWN);
                    (request, is_sdks)
                })
                .collect()
        }

        fn makers(&self) -> Vec<bool> {
            self.seen()
                .into_iter()
                .map(|(_, is_sdks)| is_sdks)
                .collect()
        }
    }

    impl HttpConnector for Played {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            self.seen.lock().unwrap().push(request);
            let mut answers = self.answers.lock().unwrap();
            let answer = if answers.len() > 1 {
                answers.pop_front().unwrap()
            } else {
                answers[0]
            };
            HttpConnectorFuture::ready(match answer {
                Answer::Status(status, body) => {
                    let status = StatusCode::try_from(status).unwrap();
                    Ok(HttpResponse::new(status, SdkBody::from(body)))
                }
                Answer::BrokenConnection => Err(ConnectorError::io("it broke".into())),
            })
        }
    }

    fn credentials() -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Credentials::new("AKID", "secret", None, None, "test"))
    }

    async fn write(table: &LedgerTable, id: &str) -> Result<Outcome, AwsError> {
        let values = [
            ("payoutId", id),
            ("createdAt", "2026-05-01T00:00:00Z"),
            ("status", "SETTLED"),
            ("amount", "5.00"),
            ("currency", "EUR"),
        ];
        let record = Record::check(&MARKETPLACE_PAYOUTS, values).unwrap();
        let change = Change::unversioned("acme", record);
        let written = table.write(16, &[&change]).await?;
        Ok(written.outcomes[0])
    }

    #[tokio::test]
    async fn the_sdks_first_call_is_the_model_of_the_next_ones() {
        let played = Played::new([WRITTEN]);
        let table = played.table(credentials());
        for id in ["po_1", "po_2", "po_3"] {
            assert_eq!(write(&table, id).await.unwrap(), Outcome::Written);
        }
        assert_eq!(played.makers(), [true, false, false]);
        let seen = played.seen();
        let (first, second) = (&seen[0].0, &seen[1].0);
        assert_eq!(
            (first.method(), first.uri()),
            (second.method(), second.uri())
        );
        for name in HEADERS {
            assert_eq!(
                first.headers().get(name),
                second.headers().get(name),
                "{name}"
            );
        }
        let body = second.body().bytes().unwrap();
        assert!(str::from_utf8(body).unwrap().contains("po_2"));
        let length = second.headers().get(CONTENT_LENGTH.as_str());
        assert_eq!(length, Some(body.len().to_string().as_str()));
    }

    #[tokio::test]
    async fn what_is_not_answered_with_success_is_left_to_the_sdk() {
        let throttled = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#;
        for answer in [
            Answer::Status(400, throttled),
            Answer::Status(500, ""),
            Answer::Status(503, "<html>"),
            Answer::BrokenConnection,
            Answer::Status(200, "{\"Respon"),
            Answer::Status(200, "{}"),
            Answer::Status(200, r#"{"Responses":[]}"#),
        ] {
            let played = Played::new([WRITTEN, answer, WRITTEN]);
            let table = played.table(credentials());
            for id in ["po_1", "po_2", "po_3"] {
                let written = write(&table, id).await;
                assert_eq!(written.unwrap(), Outcome::Written, "{answer:?}");
            }
            assert_eq!(played.makers(), [true, false, true, false], "{answer:?}");
        }
    }

    #[tokio::test]
    async fn the_sdk_says_why_a_call_has_failed() {
        let denied =
            r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not yours"}"#;
        for (answer, cause, may_pass) in [
            (Answer::Status(400, denied), "AccessDeniedException", false),
            (Answer::Status(500, ""), "service error", true),
            (Answer::BrokenConnection, "it broke", true),
        ] {
            let played = Played::new([WRITTEN, answer]);
            let table = played.table(credentials());
            write(&table, "po_1").await.unwrap();
            let error = write(&table, "po_2").await.unwrap_err();
            assert!(error.to_string().contains(cause), "{error}");
            assert_eq!(error.may_pass(), may_pass, "{error}");
            let makers = played.makers();
            assert_eq!(makers[..3], [true, false, true]);
            // What may pass is tried as often as the SDK does.
            assert_eq!(makers.len(), if may_pass { 5 } else { 3 }, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn each_call_is_signed_with_the_credentials_of_its_time() {
        let given = Arc::new(AtomicU32::new(0));
        let provider = provide_credentials_fn(move || {
            let number = given.fetch_add(1, Ordering::Relaxed) + 1;
            // About to expire, so that each call asks for others.
            let expires = SystemTime::now() + Duration::from_secs(1);
            let (key, secret) = (format!("AKID{number}"), format!("secret{number}"));
            let token = Some(format!("token{number}"));
            async move { Ok(Credentials::new(key, secret, token, Some(expires), "test")) }
        });
        let played = Played::new([WRITTEN]);
        let table = played.table(SharedCredentialsProvider::new(provider));
        for id in ["po_1", "po_2", "po_3"] {
            write(&table, id).await.unwrap();
        }
        assert_eq!(played.makers(), [true, false, false]);
        for (number, (request, _)) in (1..).zip(played.seen()) {
            let header = |name| request.headers().get(name).unwrap();
            let authorization = header(AUTHORIZATION.as_str());
            let begin = format!("AWS4-HMAC-SHA256 Credential=AKID{number}/");
            assert!(authorization.starts_with(&begin), "{authorization}");
            assert!(authorization.contains("/eu-central-1/dynamodb/aws4_request, "));
            assert_eq!(header("x-amz-security-token"), format!("token{number}"));
            let (_, signature) = authorization.split_once("Signature=").unwrap();
            assert_eq!(
                signature,
                expected_signature(&request, &format!("secret{number}"))
            );
        }
    }

    /// The signature of a request, as AWS documents it.
    fn expected_signature(request: &HttpRequest, secret: &str) -> String {
        let header = |name: &str| match name {
            "host" => request.uri().split('/').nth(2).unwrap(),
            name => request.headers().get(name).unwrap(),
        };
        let authorization = header("authorization");
        let part = |name: &str| {
            let (_, rest) = authorization.split_once(name).unwrap();
            rest.split(", ").next().unwrap()
        };
        let names = part("SignedHeaders=");
        let headers: String = names
            .split(';')
            .map(|name| format!("{name}:{}\n", header(name).trim()))
            .collect();
        let body = request.body().bytes().unwrap();
        let canonical = format!("POST\n/\n\n{headers}\n{names}\n{}", hex_of(body));
        let (_, scope) = part("Credential=").split_once('/').unwrap();
        let time = header("x-amz-date");
        let signed = format!(
            "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
            hex_of(canonical.as_bytes())
        );
        let key = format!("AWS4{secret}").into_bytes();
        let key = scope.split('/').fold(key, |key, part| keyed(&key, part));
        hex::encode(keyed(&key, &signed))
    }

    fn hex_of(bytes: &[u8]) -> String {
        hex::encode(Sha256::digest(bytes))
    }

    /// HMAC-SHA-256, with a key of at most 64 bytes.
    fn keyed(key: &[u8], text: &str) -> Vec<u8> {
        let padded = |with: u8| {
            let mut block = [with; 64];
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            block
        };
        let inner = Sha256::digest([&padded(0x36)[..], text.as_bytes()].concat());
        Sha256::digest([&padded(0x5c)[..], &inner].concat()).to_vec()
    }
}
