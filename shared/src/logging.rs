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
        schedule::ScheduleId,
        webhook::id::{DeliveryId, WebhookId},
    },
    items::audit::AuditItem,
    metrics,
    wire::export_event::EventObject,
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
    logged("message", work)
        .instrument(message_span(message_id))
        .await
}

/// The same for what comes without a queue: a record of a stream, or a call of the Scheduler or the clock.
pub async fn of_event<O, E>(work: impl Future<Output = Result<O, E>>) -> Result<(), E>
where
    O: Into<&'static str>,
    E: fmt::Display,
{
    logged("event", work).instrument(event_span()).await
}

async fn logged<O, E>(kind: &'static str, work: impl Future<Output = Result<O, E>>) -> Result<(), E>
where
    O: Into<&'static str>,
    E: fmt::Display,
{
    let started = Instant::now();
    let worked = work.await.map(Into::into);
    log_end(kind, &worked, started);
    worked.map(drop)
}

/// Ends an event that was worked on together with others. `note` says what it is about, with the functions below.
pub fn end_event(
    worked: &Result<&'static str, impl fmt::Display>,
    started: Instant,
    note: impl FnOnce(),
) {
    event_span().in_scope(|| {
        note();
        log_end("event", worked, started);
    });
}

fn log_end(kind: &'static str, worked: &Result<&'static str, impl fmt::Display>, started: Instant) {
    let milliseconds = since(started);
    match worked {
        Ok(outcome) => info!(outcome, milliseconds, "{kind}"),
        Err(cause) => error!(%cause, milliseconds, "the {kind} must come back"),
    }
}

/// What became of a message with changes of records, which is worked on together with others.
#[derive(Debug, Default)]
pub struct MessageOfChanges {
    /// Whose changes they are, unless they are of several tenants or none could be read.
    pub tenant_id: Option<String>,
    pub changes: usize,
    pub refused: usize,
    /// Whether a change is neither written nor refused yet.
    pub comes_back: bool,
}

impl MessageOfChanges {
    /// Ends the message with its line.
    pub fn log(&self, message_id: Option<&str>, started: Instant) {
        let (changes, refused, milliseconds) = (self.changes, self.refused, since(started));
        message_span(message_id).in_scope(|| {
            if let Some(tenant_id) = &self.tenant_id {
                Span::current().record("tenantId", tenant_id);
            }
            if self.comes_back {
                let cause = "changes are neither written nor refused yet";
                error!(cause, changes, milliseconds, "the message must come back");
            } else {
                let outcome = match refused {
                    0 => "RECORDED",
                    refused if refused == changes => "REFUSED",
                    _ => "PARTLY_REFUSED",
                };
                info!(outcome, changes, refused, milliseconds, "message");
            }
        });
    }
}

fn since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
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
        mail = Empty,
        fileTag = Empty
    )
}

fn event_span() -> Span {
    error_span!(
        "event",
        tenantId = Empty,
        exportId = Empty,
        scheduleId = Empty,
        eventId = Empty,
        "type" = Empty,
        auditEventId = Empty,
        action = Empty
    )
}

/// Says within the span of a request, message or event which export it is about.
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

/// Says within the span of a message which file it is about, by its entity tag. Names of files are the platform's own: they
/// may hold what no log may.
pub fn note_file(tenant_id: Option<&str>, entity_tag: &str) {
    let span = Span::current();
    if let Some(tenant_id) = tenant_id {
        span.record("tenantId", tenant_id);
    }
    span.record("fileTag", entity_tag.trim_matches('"'));
}

/// Says within the span of an event which schedule it is about.
pub fn note_schedule(tenant_id: &str, id: &ScheduleId) {
    Span::current()
        .record("tenantId", tenant_id)
        .record("scheduleId", id.to_string());
}

/// Says within the span of an event what of an export the bus is told by it.
pub fn note_event(event: &EventObject) {
    Span::current()
        .record("tenantId", &event.tenant_id)
        .record("exportId", &event.data.export_id)
        .record("eventId", &event.id)
        .record("type", &event.r#type);
}

/// Says within the span of an event what the audit trail is told by it.
pub fn note_act(act: &AuditItem) {
    Span::current()
        .record("tenantId", &act.tenant_id)
        .record("exportId", &act.export_id)
        .record("auditEventId", &act.id)
        .record("action", &act.action);
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

    use futures::FutureExt;
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

    fn of_changes(changes: usize, refused: usize, comes_back: bool) -> Value {
        let message = MessageOfChanges {
            tenant_id: Some("acme".to_owned()),
            changes,
            refused,
            comes_back,
        };
        let [line] = &logged(|| message.log(Some("msg-1"), Instant::now()))[..] else {
            panic!("a message has one line");
        };
        line.clone()
    }

    #[test]
    fn a_message_of_changes_ends_with_what_became_of_them() {
        let line = of_changes(3, 0, false);
        assert_eq!(
            (&line["message"], &line["level"]),
            (&json!("message"), &json!("INFO"))
        );
        assert_eq!(
            (&line["messageId"], &line["tenantId"]),
            (&json!("msg-1"), &json!("acme"))
        );
        assert_eq!(
            (&line["changes"], &line["outcome"]),
            (&json!(3), &json!("RECORDED"))
        );
        assert_eq!(of_changes(3, 1, false)["outcome"], "PARTLY_REFUSED");
        assert_eq!(of_changes(3, 3, false)["outcome"], "REFUSED");
        let line = of_changes(3, 1, true);
        assert_eq!(
            (&line["level"], &line["message"]),
            (&json!("ERROR"), &json!("the message must come back"))
        );
        assert!(line["cause"].is_string() && line.get("outcome").is_none());
    }

    #[test]
    fn an_event_ends_with_one_line_whatever_becomes_of_it() {
        let export = pending();
        let works = [Ok("EXPIRED"), Err("throttled")];
        let lines = logged(|| {
            for work in works {
                let event = of_event(async {
                    note_export(&export.tenant_id, &export.id);
                    work
                });
                assert_eq!(event.now_or_never().unwrap().is_ok(), work.is_ok());
            }
        });
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["message"], &lines[0]["outcome"]),
            (&json!("event"), &json!("EXPIRED"))
        );
        assert_eq!(
            (&lines[1]["message"], &lines[1]["cause"]),
            (&json!("the event must come back"), &json!("throttled"))
        );
        for line in lines {
            assert_eq!(line["exportId"], export.id.as_str());
            assert!(line["milliseconds"].is_u64());
        }
    }
}
