use std::{convert::Infallible, future::pending, sync::Arc, time::Duration};

use http::{Method, Request, Response, Version};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpListener, sync::Notify, time::timeout};
use tower::ServiceExt as _;
use webpubsub_transport::{
    Body, BoxError, Connector, Error, ErrorKind, TlsConfig, TransportConfig, default_stack,
};

use crate::{
    secure::{Authority, Server, pem, self_signed},
    support::{PATIENCE, authorizer, outcome, send},
};

const HOST: &str = "127.0.0.1";

/// A send to `url` by a stack of its own.
async fn try_send(config: &TransportConfig, url: &str) -> Result<Response<Body>, BoxError> {
    let stack = default_stack(config, &url.parse().unwrap(), authorizer()).unwrap();
    let (result, _) = timeout(PATIENCE, outcome(stack, send(url))).await.unwrap();
    result
}

fn kind(error: &BoxError) -> ErrorKind {
    error.downcast_ref::<Error>().unwrap().kind()
}

/// An error with all its sources.
fn in_full(error: &BoxError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[tokio::test]
async fn a_server_is_trusted_if_an_added_root_vouches_for_it() {
    let authority = Authority::new();
    let server = Server::start(authority.acceptor(HOST, &[])).await;
    let answer = try_send(&authority.trusted(), &server.url()).await.unwrap();
    assert_eq!(answer.status(), 200);

    let stranger = Authority::new().trusted();
    for config in [TransportConfig::default(), stranger] {
        let error = try_send(&config, &server.url()).await.unwrap_err();
        assert_eq!(kind(&error), ErrorKind::Connect);
        let text = in_full(&error);
        assert!(text.contains("invalid peer certificate"), "{text}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn several_roots_can_be_added() {
    let (one, other) = (Authority::new(), Authority::new());
    let mut together = TransportConfig::default();
    let bundle = format!("a company's\n{}{}", one.pem(), other.pem());
    together.tls.add_root_certificates(bundle).unwrap();
    let mut apart = one.trusted();
    apart.tls.add_root_certificates(other.pem()).unwrap();
    for authority in [&one, &other] {
        let server = Server::start(authority.acceptor(HOST, &[])).await;
        for config in [&together, &apart] {
            try_send(config, &server.url()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_server_with_another_name_is_refused() {
    let authority = Authority::new();
    let server = Server::start(authority.acceptor("other.test", &[])).await;
    let error = try_send(&authority.trusted(), &server.url())
        .await
        .unwrap_err();
    assert_eq!(kind(&error), ErrorKind::Connect);
    assert!(in_full(&error).contains("not valid for name"), "{error:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_can_be_added() {
    let (certificate, acceptor) = self_signed(HOST);
    let server = Server::start(acceptor).await;
    let mut config = TransportConfig::default();
    config.retry.max_retries = 0;
    try_send(&config, &server.url()).await.unwrap_err();
    config.tls.add_root_certificates(pem(&certificate)).unwrap();
    try_send(&config, &server.url()).await.unwrap();
}

#[cfg(feature = "webpki-roots")]
#[tokio::test]
async fn roots_are_added_to_those_compiled_in_too() {
    let authority = Authority::new();
    let server = Server::start(authority.acceptor(HOST, &[])).await;
    let mut config = authority.trusted();
    config.tls.roots = webpubsub_transport::TlsRoots::WebPki;
    try_send(&config, &server.url()).await.unwrap();
    config.tls = TlsConfig::default();
    config.tls.roots = webpubsub_transport::TlsRoots::WebPki;
    let error = try_send(&config, &server.url()).await.unwrap_err();
    assert_eq!(kind(&error), ErrorKind::Connect);
}

#[test]
fn what_is_no_certificate_is_told_and_nothing_is_added() {
    let valid = Authority::new().pem();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let half = "-----BEGIN CERTIFICATE-----\nAAAA\n";
    let other = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let mut config = TlsConfig::default();
    for (pem, rule) in [
        (String::new(), "`pem` must hold a PEM certificate"),
        (other.to_owned(), "`pem` must hold a PEM certificate"),
        (
            format!("{valid}{half}"),
            "certificate 2 of `pem` is not valid PEM",
        ),
        (
            format!("{valid}{broken}"),
            "certificate 2 of `pem` is not valid X.509",
        ),
    ] {
        let error = config.add_root_certificates(&pem).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert_eq!(error.to_string(), rule);
        assert_eq!(config, TlsConfig::default());
    }
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered() {
    let authority = Authority::new();
    for (offered, spoken) in [
        (&["h2", "http/1.1"][..], Version::HTTP_2),
        (&["h2"], Version::HTTP_2),
        (&["http/1.1"], Version::HTTP_11),
        (&[], Version::HTTP_11),
    ] {
        let server = Server::start(authority.acceptor(HOST, offered)).await;
        try_send(&authority.trusted(), &server.url()).await.unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].version, spoken, "{offered:?}");
        assert_eq!(requests[0].headers["content-length"], "5");
    }
}

#[tokio::test]
async fn an_empty_body_has_a_length_in_each_version() {
    let authority = Authority::new();
    for alpn in ["h2", "http/1.1"] {
        let server = Server::start(authority.acceptor(HOST, &[alpn])).await;
        let url = server.url();
        let connector = Connector::new(&authority.trusted(), &url.parse().unwrap()).unwrap();
        for (method, stated) in [
            (Method::POST, true),
            (Method::PUT, true),
            (Method::PATCH, true),
            (Method::DELETE, false),
            (Method::GET, false),
            (Method::HEAD, false),
        ] {
            let request = Request::builder().method(&method).uri(&url);
            let request = request.body(Body::default()).unwrap();
            connector.clone().oneshot(request).await.unwrap();
            let headers = &server.requests()[0].headers;
            let length = headers.get("content-length");
            assert_eq!(
                length.is_some_and(|value| value == "0"),
                stated,
                "{alpn} {method}"
            );
        }
    }
}

#[tokio::test]
async fn requests_share_one_http2_connection() {
    let authority = Authority::new();
    let server = Server::start(authority.acceptor(HOST, &["h2"])).await;
    let url = server.url();
    let stack = default_stack(&authority.trusted(), &url.parse().unwrap(), authorizer()).unwrap();
    // The first alone: until it is answered nobody knows that a connection can be shared.
    outcome(stack.clone(), send(&url)).await.0.unwrap();
    let calls: Vec<_> = (0..20)
        .map(|_| tokio::spawn(outcome(stack.clone(), send(&url))))
        .collect();
    for call in calls {
        let (result, attempts) = call.await.unwrap();
        assert_eq!((result.unwrap().status().as_u16(), attempts), (200, 1));
    }
    assert_eq!((server.requests().len(), server.connections()), (21, 1));
}

/// Through a server that falls silent once it has read a request; time runs as fast as nothing else happens.
async fn send_into_silence(ping_interval: Duration) -> ErrorKind {
    let authority = Authority::new();
    let acceptor = authority.acceptor(HOST, &["h2"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let silent = Arc::new(Notify::new());
    let fell_silent = Arc::clone(&silent);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let asked = Notify::new();
        let service = service_fn(|_: Request<Incoming>| {
            asked.notify_one();
            pending::<Result<Response<Body>, Infallible>>()
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = Box::pin(connection);
        tokio::select! {
            _ = &mut connection => unreachable!("the client waits"),
            () = asked.notified() => {}
        }
        silent.notify_one();
        // The connection stays open, and nobody answers its pings.
        pending::<()>().await;
        drop(connection);
    });
    let mut config = authority.trusted();
    config.http2_ping_interval = ping_interval;
    let stack = default_stack(&config, &url.parse().unwrap(), authorizer()).unwrap();
    let call = tokio::spawn(outcome(stack, send(&url)));
    timeout(PATIENCE, fell_silent.notified()).await.unwrap();
    tokio::time::pause();
    let (result, _) = call.await.unwrap();
    server.abort();
    kind(&result.unwrap_err())
}

#[tokio::test]
async fn a_dead_http2_connection_is_noticed_before_an_attempt_times_out() {
    let default = TransportConfig::default().http2_ping_interval;
    assert_eq!(send_into_silence(default).await, ErrorKind::Io);
}

#[tokio::test]
async fn without_pings_a_dead_connection_costs_the_whole_attempt() {
    assert_eq!(send_into_silence(Duration::MAX).await, ErrorKind::Timeout);
}
