//! What is traced, and that no secret is in it. In a program of its own, whose every test is heard.

use std::{
    cell::RefCell,
    convert::Infallible,
    io,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::{HeaderName, Request, Response};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tower::{Layer as _, ServiceExt as _};
use tracing_subscriber::fmt::format::FmtSpan;
use webpubsub_transport::{
    AuthLayer, Body, BoxError, CallOptions, Connector, Error, LogLayer, Proxy, RequestIdLayer,
    RetryConfig, RetryLayer, TimeoutLayer, TraceLayer, TransportConfig, default_stack,
};

use support::{CANARY, answer, authorizer, outcome, scripted, send};

#[path = "it/support.rs"]
#[expect(dead_code, reason = "the other program uses the rest")]
mod support;

thread_local! {
    /// What was traced on this thread, where all of a test runs.
    static TRACED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Traces everything, of every crate, from here on.
///
/// For the whole process: what a thread without a subscriber traces first stays silent for all others.
fn trace_everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(|| OwnThread)
            .with_ansi(false)
            .init();
    });
    TRACED.with_borrow_mut(Vec::clear);
}

fn traced() -> String {
    TRACED.with_borrow(|text| String::from_utf8(text.clone()).unwrap())
}

fn tells(text: &str, told: &[&str]) {
    for what in told {
        assert!(text.contains(what), "{what} is missing in {text}");
    }
}

fn hides(text: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

struct OwnThread;

impl io::Write for OwnThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        TRACED.with_borrow_mut(|text| text.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn spans_tell_what_happened_and_nothing_secret() {
    trace_everything();
    let (service, seen) = scripted([
        answer(
            429,
            &[("retry-after-ms", "0"), ("x-ms-request-id", "theirs")],
        ),
        answer(401, &[]),
    ]);
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

    let token = seen.lock().unwrap()[0].headers()["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = traced();
    hides(
        &text,
        &[CANARY, token.trim_start_matches("Bearer "), "hello"],
    );
    let told = [
        "otel.name=\"send_to_all\"",
        "url.template=\"/api/hubs/{hub}/:send\"",
        "server.address=\"example.com\"",
        "server.port=8443",
        "http.request.resend_count=1",
        "az.client_request_id=\"",
        "az.service_request_id=\"theirs\"",
        "http.response.status_code=429",
        "http.response.status_code=401",
        "error.type=\"401\"",
    ];
    tells(&text, &told);
}

/// Sends a request with a token and what else is secret through a log with these settings.
async fn logged(log: LogLayer, call: Option<bool>) -> String {
    trace_everything();
    let answers = [
        answer(
            404,
            &[("x-ms-request-id", "theirs"), ("set-cookie", "crumbs")],
        ),
        answer(202, &[]),
    ];
    let (service, _) = scripted(answers);
    let service = AuthLayer::new(authorizer()).layer(log.layer(service));
    for path in [
        "api-version=1&filter=of-ann&Top=2&access_token=t0ken&of-bob",
        "",
    ] {
        let mut request = send("https://example.com");
        *request.uri_mut() = format!("https://me:pa55word@example.com:1/users/ann?{path}")
            .parse()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert("x-mine", "of-carol".parse().unwrap());
        headers.insert("cookie", "crumbs".parse().unwrap());
        let mut options = CallOptions::default();
        options.logging = call;
        request.extensions_mut().insert(options);
        outcome(service.clone(), request).await.0.unwrap();
    }
    let text = traced();
    hides(
        &text,
        &[
            CANARY,
            "Bearer ey",
            "hello",
            "crumbs",
            "t0ken",
            "pa55word",
            "of-bob",
        ],
    );
    text
}

#[tokio::test]
async fn the_log_tells_what_goes_out_and_what_comes_back() {
    let text = logged(LogLayer::new(true), None).await;
    let told = [
        "webpubsub::http: request http.request.method=\"POST\"",
        "url.full=\"https://example.com:1/users/ann?api-version=1&filter=REDACTED&Top=2&access_token=REDACTED&REDACTED\"",
        "\"content-type\": \"text/plain\"",
        "\"authorization\": \"REDACTED\"",
        "\"x-mine\": \"REDACTED\"",
        "http.request.body.size=5",
        "webpubsub::http: response http.response.status_code=404",
        "\"x-ms-request-id\": \"theirs\"",
        "http.response.body.size=0",
        "duration=",
    ];
    tells(&text, &told);
    hides(&text, &["of-ann", "of-carol"]);
}

#[tokio::test]
async fn what_is_allowed_is_shown_unless_it_is_a_secret() {
    let headers = ["x-mine", "authorization", "cookie", "set-cookie"];
    let log = LogLayer::new(true)
        .allow_headers(headers.map(HeaderName::from_static))
        .allow_query(["filter", "access_token"]);
    let text = logged(log, None).await;
    tells(&text, &["filter=of-ann", "\"x-mine\": \"of-carol\""]);
}

#[tokio::test]
async fn nothing_is_logged_unless_the_client_or_the_call_says_so() {
    for (client, call, expected) in [
        (false, None, false),
        (true, Some(false), false),
        (false, Some(true), true),
    ] {
        let text = logged(LogLayer::new(client), call).await;
        assert_eq!(text.contains("url.full"), expected, "{text}");
    }
}

#[tokio::test]
async fn the_log_tells_the_kind_of_a_failure() {
    trace_everything();
    let refused = tower::service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, BoxError>(Error::connect(CANARY).into())
    });
    let service = LogLayer::new(true).layer(refused);
    outcome(service, send("http://localhost"))
        .await
        .0
        .unwrap_err();
    let text = traced();
    assert!(
        text.contains("no response error.type=\"connect\""),
        "{text}"
    );
    assert!(!text.contains(CANARY), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_is_cut_short_is_told_apart() {
    trace_everything();
    let never = tower::service_fn(|_| std::future::pending::<Result<Response<Body>, BoxError>>());
    let service = TraceLayer::attempt().layer(never);
    let service = TimeoutLayer::attempt(Duration::from_secs(1)).layer(service);
    let service = TraceLayer::operation().layer(service);
    outcome(service, send("http://localhost"))
        .await
        .0
        .unwrap_err();

    let text = traced();
    let told = [
        "otel.name=\"POST /api/hubs/{hub}/:send\"",
        "server.port=80",
        "error.type=\"cancelled\"",
        "error.type=\"timeout\"",
        "otel.status_code=\"ERROR\"",
    ];
    tells(&text, &told);
    assert!(!text.contains("resend_count"), "{text}");
}

/// The path through all layers and hyper to a server and back, with every crate telling all it can.
#[tokio::test]
async fn the_whole_stack_traces_nothing_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    trace_everything();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (seen, asked) = (Arc::new(Mutex::new(Vec::new())), AtomicU32::new(0));
        let tokens = Arc::clone(&seen);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let token = request.headers()["authorization"].to_str().unwrap();
            tokens.lock().unwrap().push(token[7..].to_owned());
            let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                let response = Response::builder()
                    .status(if first { 429 } else { 401 })
                    .header("connection", if first { "keep-alive" } else { "close" });
                Ok::<_, Infallible>(response.body(Body::default()).unwrap())
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        connection.await.unwrap();
        seen.lock().unwrap().clone()
    });
    let stack = |url: &str| {
        let mut config = TransportConfig::default();
        config.retry.base_delay = Duration::from_millis(1);
        config.logging = true;
        default_stack(&config, &url.parse().unwrap(), authorizer()).unwrap()
    };
    let (result, attempts) = outcome(stack(&url), send(&url)).await;
    assert_eq!((result.unwrap().status().as_u16(), attempts), (401, 2));
    let tokens = server.await.unwrap();
    // Nobody listens there any more: an error on the way back.
    let error = outcome(stack(&url), send(&url)).await.0.unwrap_err();

    let text = traced();
    tells(
        &text,
        &[
            "otel.name=\"send_to_all\"",
            "error.type=\"connect\"",
            " hyper_util::client::legacy",
            "/api/hubs/chat/:send?api-version=",
            "resend_count=1",
        ],
    );
    let text = format!("{text}{error}{error:?}");
    let mut secrets = vec![CANARY, "Bearer ey", "hello"];
    secrets.extend(tokens.iter().map(String::as_str));
    assert_eq!(secrets.len(), 5);
    hides(&text, &secrets);
}

/// In both ways a proxy is told who asks: for a tunnel, and with each request in clear.
#[tokio::test]
async fn the_password_of_a_proxy_is_not_traced() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    trace_everything();
    let server = tokio::spawn(async move {
        let mut heads = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !read.ends_with(b"\r\n\r\n") {
                read.push(stream.read_u8().await.unwrap());
            }
            let answer = b"HTTP/1.1 407 Who\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            heads.push(String::from_utf8(read).unwrap());
        }
        heads
    });
    let mut config = TransportConfig::default();
    config.retry.max_retries = 0;
    config.proxy = Proxy::with_credentials(&proxy, "ann", CANARY).unwrap();
    let (secure, plain) = ("https://service.test", "http://service.test");
    let stack = default_stack(&config, &secure.parse().unwrap(), authorizer()).unwrap();
    let refused = outcome(stack, send(secure)).await.0.unwrap_err();
    let connector = Connector::to_any_host(&config).unwrap();
    let request = Request::get(plain).body(Body::default()).unwrap();
    assert_eq!(connector.oneshot(request).await.unwrap().status(), 407);

    // "ann:" and the password in base64.
    let credentials = "YW5uOkNBTkFSWS03ZjNhOWM=";
    for head in server.await.unwrap() {
        assert!(head.contains(credentials), "{head}");
    }
    let text = traced();
    assert!(text.contains("error.type=\"connect\""), "{text}");
    let text = format!("{text}{refused}{refused:?}{config:?}");
    hides(&text, &[CANARY, credentials]);
}
