//! The functions' logs: each line is one flat JSON object. It holds what it says, and the ids of what it is about.
//!
//! The ids come from the spans around a line. So a warning from deep within the work names its export, too, and one search for
//! an `exportId` finds the request, every attempt of every invocation, and the end.

use std::{env, fmt, str::FromStr, time::Instant};

use lambda_http::tracing::subscriber::{
    self,
    filter::{EnvFilter, LevelFilter},
    fmt::{
        FmtContext, FormattedFields,
        format::{FormatEvent, FormatFields, JsonFields, Writer},
    },
    registry::LookupSpan,
};
use serde_json::{Map, Value};
use tracing::{
    Event, Instrument, Span, Subscriber, error, error_span,
    field::{Empty, Field, Visit},
    info,
};

use crate::{
    domain::{
        id::ExportId,
        webhook::id::{DeliveryId, WebhookId},
    },
    metrics,
};

/// Begins the log of a function, which is named as its crate, and its metrics. Lambda's own settings decide which levels are
/// written.
pub fn init(function: &'static str) {
    metrics::init(function, env::var("AWS_LAMBDA_FUNCTION_NAME").ok());
    subscriber::fmt()
        .with_env_filter(filter())
        .with_writer(std::io::stdout)
        .fmt_fields(JsonFields::new())
        .event_format(Line { function })
        .init();
}

fn filter() -> EnvFilter {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| env::var("RUST_LOG"));
    let level = level
        .ok()
        .and_then(|level| LevelFilter::from_str(&level).ok());
    EnvFilter::builder()
        .with_default_directive(level.unwrap_or(LevelFilter::INFO).into())
        .from_env_lossy()
}

/// The span of a request. It has the level of errors, so that their lines have the ids whatever the log's level is.
pub fn request_span(request_id: &str, tenant_id: Option<&str>, user_id: Option<&str>) -> Span {
    error_span!(
        "request",
        requestId = request_id,
        tenantId = tenant_id,
        userId = user_id,
        exportId = Empty
    )
}

/// Works on a message of a queue within a span of its own, and ends with one line: what became of it, and after how long.
pub async fn of_message<O, E>(
    message_id: Option<&str>,
    work: impl Future<Output = Result<O, E>>,
) -> Result<(), E>
where
    O: Into<&'static str>,
    E: fmt::Display,
{
    let started = Instant::now();
    let logged = async {
        let worked = work.await;
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match worked {
            Ok(outcome) => {
                let outcome: &'static str = outcome.into();
                info!(outcome, milliseconds, "message");
                Ok(())
            }
            Err(cause) => {
                error!(%cause, milliseconds, "the message must come back");
                Err(cause)
            }
        }
    };
    logged.instrument(message_span(message_id)).await
}

fn message_span(message_id: Option<&str>) -> Span {
    error_span!(
        "message",
        messageId = message_id,
        tenantId = Empty,
        exportId = Empty,
        attempt = Empty,
        webhookId = Empty,
        deliveryId = Empty,
        mail = Empty
    )
}

/// Says within the span of a request or message which export it is about.
pub fn note_export(tenant_id: &str, id: &ExportId) {
    Span::current()
        .record("tenantId", tenant_id)
        .record("exportId", id.as_str());
}

/// Says within the span of a message which attempt at its export it has become, by the attempt's fence.
pub fn note_attempt(fence: u64) {
    Span::current().record("attempt", fence);
}

/// Says within the span of a message which delivery of a webhook it is about.
pub fn note_delivery(tenant_id: &str, webhook_id: &WebhookId, delivery_id: &DeliveryId) {
    Span::current()
        .record("tenantId", tenant_id)
        .record("webhookId", webhook_id.to_string())
        .record("deliveryId", delivery_id.to_string());
}

/// Says within the span of a message which mail it is about, by SES's id.
pub fn note_mail(message_id: &str) {
    Span::current().record("mail", message_id);
}

/// Writes a line.
struct Line {
    function: &'static str,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        fields.insert("level", event.metadata().level().to_string());
        fields.insert("function", self.function);
        // An inner span knows better: the id of a gateway's request replaces the one of the invocation.
        for span in context
            .event_scope()
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            let extensions = span.extensions();
            let formatted = extensions.get::<FormattedFields<N>>();
            let formatted = formatted.map(|fields| fields.as_str()).unwrap_or_default();
            if let Ok(Value::Object(of_span)) = serde_json::from_str(formatted) {
                fields.0.extend(of_span);
            }
        }
        event.record(&mut fields);
        writeln!(writer, "{}", Value::Object(fields.0))
    }
}

/// The fields of a line.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, name: &str, value: impl Into<Value>) {
        // What is no name in Rust, such as `type`, is written as `r#type`.
        let name = name.strip_prefix("r#").unwrap_or(name);
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field.name(), format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::json;
    use tracing::{info, info_span, warn};

    use super::*;
    use crate::domain::export::examples::pending;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged within, line by line.
    fn logged(within: impl FnOnce()) -> Vec<Value> {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = subscriber::fmt()
            .with_writer(move || writer.clone())
            .fmt_fields(JsonFields::new())
            .event_format(Line {
                function: "generator",
            })
            .finish();
        tracing::subscriber::with_default(subscriber, within);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_line_is_flat_and_has_the_ids_of_the_spans_around_it() {
        let export = pending();
        let lines = logged(|| {
            let _invocation = info_span!("invocation", requestId = "of-lambda").entered();
            let _message = message_span(Some("msg-1")).entered();
            info!(r#type = "test", rows = 7_u64, "before");
            note_export(&export.tenant_id, &export.id);
            note_attempt(3);
            warn!(cause = %"a \"quoted\"\nline", "after");
        });
        assert_eq!(
            lines[0],
            json!({
                "level": "INFO", "function": "generator", "requestId": "of-lambda", "messageId": "msg-1",
                "type": "test", "rows": 7, "message": "before",
            })
        );
        assert_eq!(
            lines[1],
            json!({
                "level": "WARN", "function": "generator", "requestId": "of-lambda", "messageId": "msg-1",
                "tenantId": export.tenant_id, "exportId": export.id.as_str(), "attempt": 3,
                "cause": "a \"quoted\"\nline", "message": "after",
            })
        );
    }

    #[test]
    fn the_id_of_a_request_replaces_the_one_of_the_invocation() {
        let lines = logged(|| {
            let _invocation = info_span!("invocation", requestId = "of-lambda").entered();
            let _request = request_span("of-the-gateway", Some("acme"), None).entered();
            info!("request");
        });
        assert_eq!(
            lines[0],
            json!({
                "level": "INFO", "function": "generator", "requestId": "of-the-gateway", "tenantId": "acme",
                "message": "request",
            })
        );
    }
}
