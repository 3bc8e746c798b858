use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::timeout,
};
use webpubsub_protocol::Endpoint;
use webpubsub_transport::{Body, BoxError, Error, ErrorKind, TransportConfig, default_stack};

use crate::support::{PATIENCE, ask, authorizer, bytes, outcome, read_head, send};

type Outcome = (Result<Response<Body>, BoxError>, u32);

/// Sends a request through the default stack, with short waits between attempts.
async fn through_the_stack(
    address: SocketAddr,
    request: impl Fn(&str) -> Request<Body>,
) -> Outcome {
    let mut config = TransportConfig::default();
    config.retry.base_delay = Duration::from_millis(1);
    config.attempt_timeout = Duration::from_secs(10);
    let url = format!("http://{address}");
    let endpoint: Endpoint = url.parse().unwrap();
    let stack = default_stack(&config, &endpoint, authorizer()).unwrap();
    timeout(PATIENCE, outcome(stack, request(&url)))
        .await
        .unwrap()
}

fn kind(error: &BoxError) -> ErrorKind {
    error.downcast_ref::<Error>().unwrap().kind()
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn a_discarded_answer_does_not_cost_its_connection() {
    let (listener, address) = listen().await;
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (opened, asked) = (Arc::clone(&connections), Arc::clone(&requests));
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            opened.fetch_add(1, Ordering::Relaxed);
            let asked = Arc::clone(&asked);
            let service = service_fn(move |_: Request<Incoming>| {
                let turn = asked.fetch_add(1, Ordering::Relaxed);
                async move {
                    let (status, body) = if turn.is_multiple_of(2) {
                        (503, bytes(1 << 20))
                    } else {
                        (200, Bytes::new())
                    };
                    let response = Response::builder()
                        .status(status)
                        .header("retry-after", "0");
                    Ok::<_, Infallible>(response.body(Full::new(body)).unwrap())
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    let mut config = TransportConfig::default();
    config.retry.base_delay = Duration::from_millis(1);
    let url = format!("http://{address}");
    let stack = default_stack(&config, &url.parse().unwrap(), authorizer()).unwrap();
    for _ in 0..20 {
        let (result, attempts) = timeout(PATIENCE, outcome(stack.clone(), send(&url)))
            .await
            .unwrap();
        assert_eq!((result.unwrap().status().as_u16(), attempts), (200, 2));
    }
    assert_eq!(requests.load(Ordering::Relaxed), 40);
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    server.abort();
}

#[tokio::test]
async fn requests_state_their_length_and_who_sends_them() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
        head
    });
    let (result, attempts) = through_the_stack(address, send).await;
    assert_eq!((result.unwrap().status().as_u16(), attempts), (202, 1));
    let head = server.await.unwrap().to_ascii_lowercase();
    for line in [
        "content-length: 5\r\n",
        "user-agent: webpubsub/",
        "authorization: bearer ey",
        "x-ms-client-request-id: ",
    ] {
        assert!(head.contains(line), "{line} is missing in {head}");
    }
}

#[tokio::test]
async fn an_empty_body_has_a_length_too() {
    for (method, stated) in [
        ("POST", true),
        ("PUT", true),
        ("PATCH", true),
        ("DELETE", false),
        ("GET", false),
        ("HEAD", false),
    ] {
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let head = read_head(&mut stream).await;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await
                .unwrap();
            head
        });
        let request = |url: &str| {
            let request = Request::builder().method(method).uri(url);
            request.body(Body::default()).unwrap()
        };
        through_the_stack(address, request).await.0.unwrap();
        let head = server.await.unwrap().to_ascii_lowercase();
        assert_eq!(head.contains("content-length: 0\r\n"), stated, "{head}");
    }
}

#[tokio::test]
async fn a_stack_sends_to_its_endpoints_scheme_only() {
    for (built_for, sent_to) in [("http", "https"), ("https", "http")] {
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await
        });
        let endpoint = format!("{built_for}://{address}").parse().unwrap();
        let mut config = TransportConfig::default();
        config.retry.max_retries = 0;
        let stack = default_stack(&config, &endpoint, authorizer()).unwrap();
        let request = send(&format!("{sent_to}://{address}"));
        let (result, _) = timeout(PATIENCE, outcome(stack, request)).await.unwrap();
        assert_eq!(kind(&result.unwrap_err()), ErrorKind::Connect);
        assert!(!server.is_finished(), "nothing was sent to {sent_to}");
        server.abort();
    }
}

#[tokio::test]
async fn all_attempts_share_their_request_id() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut ids = Vec::new();
        for status in ["503 Busy\r\nretry-after: 0", "200 OK"] {
            let head = read_head(&mut stream).await;
            let id = head
                .lines()
                .find(|line| line.starts_with("x-ms-client-request-id"));
            ids.push(id.unwrap().to_owned());
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        ids
    });
    let (result, attempts) = through_the_stack(address, ask).await;
    assert_eq!((result.unwrap().status().as_u16(), attempts), (200, 2));
    let ids = server.await.unwrap();
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_handshake_that_fails_has_sent_nothing() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let mut heard = Vec::new();
        for _ in 0..4 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = vec![0; 1024];
            let len = stream.read(&mut hello).await.unwrap();
            stream.write_all(b"this is no TLS").await.unwrap();
            // Up to the alert the client ends with.
            stream.read_to_end(&mut heard).await.unwrap();
            heard.extend_from_slice(&hello[..len]);
        }
        heard
    });
    let mut config = TransportConfig::default();
    config.retry.base_delay = Duration::from_millis(1);
    let url = format!("https://{address}");
    let stack = default_stack(&config, &url.parse().unwrap(), authorizer()).unwrap();
    let (result, attempts) = timeout(PATIENCE, outcome(stack, send(&url))).await.unwrap();
    assert_eq!(
        (kind(&result.unwrap_err()), attempts),
        (ErrorKind::Connect, 4)
    );
    let heard = server.await.unwrap();
    for sent in ["HTTP/1.1", "Bearer", "hello"] {
        assert!(!heard.windows(sent.len()).any(|at| at == sent.as_bytes()));
    }
}

#[tokio::test]
async fn a_send_that_was_cut_off_is_not_repeated_and_a_question_is() {
    for (request, expected) in [(send as fn(&str) -> Request<Body>, 1), (ask, 4)] {
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            let mut requests = 0_u32;
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                read_head(&mut stream).await;
                requests += 1;
                drop(stream);
                if requests == expected {
                    return requests;
                }
            }
        });
        let (result, attempts) = through_the_stack(address, request).await;
        assert_eq!(kind(&result.unwrap_err()), ErrorKind::Io);
        assert_eq!((attempts, server.await.unwrap()), (expected, expected));
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_an_answer() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\nhalf")
            .await
            .unwrap();
    });
    let (result, attempts) = through_the_stack(address, send).await;
    assert_eq!((kind(&result.unwrap_err()), attempts), (ErrorKind::Io, 1));
    server.await.unwrap();
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_for_any_operation() {
    let (listener, address) = listen().await;
    drop(listener);
    let (result, attempts) = through_the_stack(address, send).await;
    let error = result.unwrap_err();
    assert_eq!((kind(&error), attempts), (ErrorKind::Connect, 4));
    assert_eq!(error.to_string(), "could not connect to the service");
}

#[tokio::test]
async fn a_server_that_never_answers_ends_in_the_timeout_that_is_set() {
    let (listener, address) = listen().await;
    let url = format!("http://{address}");
    let (short, long) = (Duration::from_millis(50), Duration::from_secs(20));
    for (attempt, overall, text) in [
        (short, long, "attempt_timeout of 50ms ran out"),
        (long, short, "overall_timeout of 50ms ran out"),
    ] {
        let mut config = TransportConfig::default();
        config.attempt_timeout = attempt;
        config.overall_timeout = overall;
        let stack = default_stack(&config, &url.parse().unwrap(), authorizer()).unwrap();
        let (result, attempts) = timeout(PATIENCE, outcome(stack, send(&url))).await.unwrap();
        let error = result.unwrap_err();
        assert_eq!(
            (kind(&error), error.to_string().as_str(), attempts),
            (ErrorKind::Timeout, text, 1)
        );
    }
    drop(listener);
}

#[tokio::test]
async fn the_limit_of_an_answer_and_the_application_are_settings() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")
            .await
            .unwrap();
        head
    });
    let mut config = TransportConfig::default();
    config.max_response_bytes = 4;
    config.application_id = Some("shop/2".to_owned());
    let url = format!("http://{address}");
    let stack = default_stack(&config, &url.parse().unwrap(), authorizer()).unwrap();
    // Harmless to repeat, but the next answer would be as large.
    let request = Request::get(&url).body(Body::default()).unwrap();
    let (result, attempts) = timeout(PATIENCE, outcome(stack, request)).await.unwrap();
    assert_eq!(
        (kind(&result.unwrap_err()), attempts),
        (ErrorKind::TooLarge, 1)
    );
    let head = server.await.unwrap();
    assert!(head.contains("user-agent: shop/2 webpubsub/"), "{head}");
}

#[tokio::test]
async fn a_dropped_call_does_no_harm() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let service = service_fn(|request: Request<Incoming>| async {
            let _ = request.into_body().collect().await;
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        });
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    let url = format!("http://{address}");
    let stack = default_stack(
        &TransportConfig::default(),
        &url.parse().unwrap(),
        authorizer(),
    )
    .unwrap();
    for _ in 0..20 {
        let mut call = Box::pin(outcome(stack.clone(), send(&url)));
        assert!(futures_poll_once(&mut call).await.is_none());
        drop(call);
    }
    let (result, _) = timeout(PATIENCE, outcome(stack, send(&url))).await.unwrap();
    assert_eq!(result.unwrap().status(), 200);
    server.abort();
}

/// Lets a future begin.
async fn futures_poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|cx| match std::pin::Pin::new(&mut *future).poll(cx) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}
