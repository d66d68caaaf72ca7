//! One request to an endpoint.

use std::{error::Error, io, net::IpAddr, time::Duration};

use aws_smithy_http_client::{
    Connector,
    tls::{self, rustls_provider::CryptoMode},
};
use aws_smithy_runtime::client::dns::TokioDnsResolver;
use aws_smithy_runtime_api::client::{
    dns::{ResolveDns, ResolveDnsError},
    http::HttpConnector,
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use shared::domain::{
    time,
    webhook::{
        Outcome,
        target::{Reach, Target},
    },
};
use tokio::time::{Instant, timeout_at};

use crate::guard::{Guard, NotPublic};

/// How long a request may take, with its name, its connection and its answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of an answer is kept.
const LONGEST_ANSWER: usize = 1024;

const NOT_PUBLIC: &str = "The host's address is not on the public internet, so nothing was sent.";
const NOT_RESOLVED: &str = "The host's name could not be resolved.";
const TIMED_OUT: &str = "There was no answer within 10 seconds.";
const REFUSED: &str = "The host refused the connection.";
const NO_TLS: &str = "The TLS connection failed: check the certificate and its name.";
const FAILED: &str = "The connection failed.";

/// What is sent, and what its receiver verifies it by.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub event_id: &'a str,
    /// Unix seconds.
    pub timestamp: i64,
    pub signature: &'a str,
    pub body: &'a str,
}

/// Posts to endpoints: over TLS for the name in the URL, on a connection of its own, without a proxy, and without following
/// redirects.
#[derive(Debug)]
pub struct Poster {
    connector: Connector,
    reach: Reach,
}

impl Poster {
    pub fn new(reach: Reach) -> Self {
        Self::with_resolver(reach, TokioDnsResolver::new())
    }

    fn with_resolver(reach: Reach, resolver: impl ResolveDns + Clone + 'static) -> Self {
        let connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
            .pool_max_idle_per_host(0)
            .build_with_resolver(Guard { resolver, reach });
        Self { connector, reach }
    }

    pub async fn post(&self, target: &Target, signed: Signed<'_>) -> Outcome {
        // An address is not looked up, so the guard does not see it.
        if !target
            .address()
            .is_none_or(|address| self.may_call(address))
        {
            return Outcome::Unanswered(NOT_PUBLIC.into());
        }
        let Ok(request) = request(target, signed) else {
            return Outcome::Unanswered(FAILED.into());
        };
        let deadline = Instant::now() + TIMEOUT;
        match timeout_at(deadline, self.connector.call(request)).await {
            Ok(Ok(answer)) => answered(answer, deadline).await,
            Ok(Err(error)) => Outcome::Unanswered(why(&error).into()),
            Err(_) => Outcome::Unanswered(TIMED_OUT.into()),
        }
    }

    fn may_call(&self, address: IpAddr) -> bool {
        self.reach.allows(address)
    }
}

fn request(target: &Target, signed: Signed<'_>) -> Result<HttpRequest, Box<dyn Error>> {
    let request = http::Request::post(target.as_str())
        .header("content-type", "application/json")
        .header(
            "user-agent",
            concat!("payout-exports/", env!("CARGO_PKG_VERSION")),
        )
        .header("webhook-id", signed.event_id)
        .header("webhook-timestamp", signed.timestamp)
        .header("webhook-signature", signed.signature)
        .body(SdkBody::from(signed.body))?;
    Ok(request.try_into()?)
}

/// What an endpoint answered. An answer whose end does not come in time is an answer all the same.
async fn answered(answer: HttpResponse, deadline: Instant) -> Outcome {
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after.and_then(|value| read_retry_after(value, time::now()));
    let mut body = answer.into_body();
    let mut read = Vec::new();
    while read.len() < LONGEST_ANSWER {
        let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await else {
            break;
        };
        if let Some(data) = frame.data_ref() {
            let wanted = data.len().min(LONGEST_ANSWER - read.len());
            read.extend_from_slice(&data[..wanted]);
        }
    }
    Outcome::Answered {
        status,
        answer: String::from_utf8_lossy(&read).into_owned(),
        retry_after,
    }
}

/// A pause in seconds, or until a time. Source: RFC 9110, section 10.2.3.
fn read_retry_after(value: &str, now: Timestamp) -> Option<SignedDuration> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(SignedDuration::from_secs(seconds.into()));
    }
    let until = DateTimeParser::new().parse_timestamp(value.trim()).ok()?;
    Some(until.duration_since(now))
}

/// Why there was no answer, as a sentence for the endpoint's operators: nothing of what is within.
fn why(error: &ConnectorError) -> &'static str {
    if error.is_timeout() {
        return TIMED_OUT;
    }
    let mut why = FAILED;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return NOT_PUBLIC;
        }
        if error.is::<ResolveDnsError>() {
            why = NOT_RESOLVED;
        }
        cause = error.source();
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::ConnectionRefused => why = REFUSED,
                // What rustls refuses comes as this.
                io::ErrorKind::InvalidData => why = NO_TLS,
                _ => {}
            }
            if let Some(inner) = error.get_ref() {
                cause = Some(inner);
            }
        }
    }
    why
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::guard::scripted::Scripted;

    const SIGNED: Signed = Signed {
        event_id: "evt_1",
        timestamp: 1_770_796_800,
        signature: "v1,c2lnbmF0dXJl",
        body: r#"{"type":"export.ready"}"#,
    };

    /// A server that gives one answer to one request, and its port.
    async fn server(answer: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !String::from_utf8_lossy(&request).ends_with('}') {
                let mut buffer = [0; 1024];
                let count = stream.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(request).unwrap()
        });
        (port, served)
    }

    fn target(url: &str) -> Target {
        Target::from_stored(url).unwrap()
    }

    #[tokio::test]
    async fn a_request_carries_what_its_receiver_verifies() {
        let (port, served) = server("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone").await;
        let poster = Poster::new(Reach::PublicAndLoopback);
        let outcome = poster
            .post(
                &target(&format!("http://127.0.0.1:{port}/hook?a=b")),
                SIGNED,
            )
            .await;
        let expected = Outcome::Answered {
            status: 200,
            answer: "done".to_owned(),
            retry_after: None,
        };
        assert_eq!(outcome, expected);
        let request = served.await.unwrap();
        assert!(request.starts_with("POST /hook?a=b HTTP/1.1\r\n"));
        for line in [
            "webhook-id: evt_1\r\n",
            "webhook-timestamp: 1770796800\r\n",
            "webhook-signature: v1,c2lnbmF0dXJl\r\n",
            "content-type: application/json\r\n",
            "content-length: 23\r\n",
        ] {
            assert!(request.contains(line), "{request}");
        }
        assert!(request.ends_with(SIGNED.body));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_is_not_followed() {
        let answer = "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://169.254.169.254/\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n";
        let (port, _served) = server(answer).await;
        let poster = Poster::new(Reach::PublicAndLoopback);
        let outcome = poster
            .post(&target(&format!("http://127.0.0.1:{port}/")), SIGNED)
            .await;
        let expected = Outcome::Answered {
            status: 307,
            answer: String::new(),
            retry_after: Some(SignedDuration::from_secs(7)),
        };
        assert_eq!(outcome, expected);
    }

    #[tokio::test]
    async fn an_address_that_is_not_public_is_not_called() {
        let (port, served) = server("HTTP/1.1 200 OK\r\n\r\n").await;
        let poster = Poster::new(Reach::Public);
        let url = format!("http://127.0.0.1:{port}/");
        let outcome = poster.post(&target(&url), SIGNED).await;
        assert_eq!(outcome, Outcome::Unanswered(NOT_PUBLIC.into()));
        assert!(!served.is_finished());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        let resolver = Scripted::new(&[&["169.254.169.254"]]);
        let poster = Poster::with_resolver(Reach::Public, resolver);
        let outcome = poster
            .post(&target("https://hooks.example.com/"), SIGNED)
            .await;
        assert_eq!(outcome, Outcome::Unanswered(NOT_PUBLIC.into()));
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_and_its_checked_address_is_called() {
        // The second answer is what an attacker's name server says once the check is over.
        let resolver = Scripted::new(&[&["127.0.0.1"], &["10.0.0.1"]]);
        let (port, served) = server("HTTP/1.1 204 No Content\r\n\r\n").await;
        let poster = Poster::with_resolver(Reach::PublicAndLoopback, resolver.clone());
        let url = target(&format!("http://localhost:{port}/"));
        let outcome = poster.post(&url, SIGNED).await;
        assert!(outcome.is_success(), "{outcome:?}");
        assert!(
            served
                .await
                .unwrap()
                .contains(&format!("host: localhost:{port}"))
        );
        assert_eq!(resolver.left(), 1);
        // The next attempt looks it up again, and checks that answer too.
        let outcome = poster.post(&url, SIGNED).await;
        assert_eq!(outcome, Outcome::Unanswered(NOT_PUBLIC.into()));
    }

    #[tokio::test]
    async fn what_is_no_tls_server_gets_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut received = Vec::new();
            let _ = stream.read_to_end(&mut received).await;
            received
        });
        let poster = Poster::new(Reach::PublicAndLoopback);
        let url = target(&format!("https://localhost:{port}/"));
        let outcome = poster.post(&url, SIGNED).await;
        assert_eq!(outcome, Outcome::Unanswered(NO_TLS.into()));
        let received = served.await.unwrap();
        assert!(!String::from_utf8_lossy(&received).contains("webhook-id"));
    }

    #[tokio::test]
    async fn why_there_was_no_answer_is_told_in_a_sentence() {
        let poster = Poster::with_resolver(Reach::PublicAndLoopback, Scripted::new(&[]));
        let unknown = poster
            .post(&target("https://hooks.example.com/"), SIGNED)
            .await;
        assert_eq!(unknown, Outcome::Unanswered(NOT_RESOLVED.into()));
        let refused = Poster::new(Reach::PublicAndLoopback)
            .post(&target("http://127.0.0.1:1/"), SIGNED)
            .await;
        assert_eq!(refused, Outcome::Unanswered(REFUSED.into()));
    }

    #[test]
    fn a_pause_is_told_in_seconds_or_as_a_time() {
        let now: Timestamp = "2026-02-11T08:00:00Z".parse().unwrap();
        let read = |value| read_retry_after(value, now).map(|pause| pause.as_secs());
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Wed, 11 Feb 2026 08:01:30 GMT"), Some(90));
        assert_eq!(read("soon"), None);
        assert_eq!(read("-5"), None);
    }
}
