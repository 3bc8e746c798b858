use std::{
    io,
    sync::{Arc, Mutex},
};

use tower::Layer as _;
use tracing_subscriber::fmt::MakeWriter;
use webpubsub_transport::{
    AuthLayer, RequestIdLayer, RetryConfig, RetryLayer, TraceLayer, TransportConfig, default_stack,
};

use crate::support::{CANARY, answer, authorizer, outcome, scripted, send};

/// Keeps all that is traced.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Everything, of every crate, from here on.
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(self.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn spans_tell_what_happened_and_nothing_secret() {
    let log = Log::default();
    let guard = log.start();
    let (service, seen) = scripted([answer(429, &[("retry-after-ms", "0")]), answer(401, &[])]);
    let service = TraceLayer::attempt().layer(service);
    let service = AuthLayer::new(authorizer()).layer(service);
    let service = RetryLayer::new(&RetryConfig::default())
        .unwrap()
        .layer(service);
    let service = TraceLayer::operation().layer(service);
    let service = RequestIdLayer::new().layer(service);
    outcome(service, send("https://example.com:8443"))
        .await
        .0
        .unwrap();
    drop(guard);

    let token = seen.lock().unwrap()[0].headers()["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = log.text();
    for secret in [CANARY, token.trim_start_matches("Bearer "), "hello"] {
        assert!(!text.contains(secret), "{text}");
    }
    let told = [
        "otel.name=\"send_to_all\"",
        "url.template=\"/api/hubs/{hub}/:send\"",
        "server.address=\"example.com\"",
        "server.port=8443",
        "http.request.resend_count=1",
        "http.response.status_code=429",
        "http.response.status_code=401",
        "error.type=\"401\"",
    ];
    for what in told {
        assert!(text.contains(what), "{what} is missing in {text}");
    }
}

#[tokio::test]
async fn the_whole_stack_traces_nothing_secret() {
    let log = Log::default();
    let guard = log.start();
    let mut config = TransportConfig::default();
    config.retry.max_retries = 0;
    // Nobody listens on port 1: the path through all layers, and an error on the way back.
    let stack = default_stack(
        &config,
        &"http://127.0.0.1:1".parse().unwrap(),
        authorizer(),
    )
    .unwrap();
    let (result, _) = outcome(stack, send("http://127.0.0.1:1")).await;
    let error = result.unwrap_err();
    drop(guard);

    let text = format!("{}{error}{error:?}", log.text());
    assert!(text.contains("error.type=\"connect\""), "{text}");
    for secret in [CANARY, "Bearer ey", "hello"] {
        assert!(!text.contains(secret), "{text}");
    }
}
