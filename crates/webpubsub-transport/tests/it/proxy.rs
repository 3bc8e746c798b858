use std::{net::SocketAddr, time::Duration};

use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tower::ServiceExt as _;
use webpubsub_transport::{
    Body, BoxError, Connector, Error, ErrorKind, Proxy, TransportConfig, default_stack,
};

use crate::{
    secure::{Authority, Server},
    support::{PATIENCE, authorizer, outcome, send},
};

/// A host that only the proxy of a test can reach.
const HOST: &str = "service.test";
const PASSWORD: &str = "CANARY-7f3a9c";

/// A proxy that gives this answer to its first request, and then, if it has where to, connects it there. Gives back the
/// head of that request.
async fn proxy(answer: &'static str, then: Option<SocketAddr>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        if let Some(service) = then {
            tokio::spawn(async move {
                let mut service = TcpStream::connect(service).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut service).await;
            });
        }
        head
    });
    (url, task)
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

fn through(proxy: Proxy) -> TransportConfig {
    let mut config = TransportConfig::default();
    config.proxy = proxy;
    config.retry.max_retries = 0;
    config
}

async fn try_send(config: &TransportConfig) -> Result<Response<Body>, BoxError> {
    let url = format!("https://{HOST}");
    let stack = default_stack(config, &url.parse().unwrap(), authorizer()).unwrap();
    let (result, _) = timeout(PATIENCE, outcome(stack, send(&url))).await.unwrap();
    result
}

const CONNECTED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let authority = Authority::new();
    for alpn in ["h2", "http/1.1"] {
        let server = Server::start(authority.acceptor(HOST, &[alpn])).await;
        let (url, task) = proxy(CONNECTED, Some(server.address)).await;
        let mut config = authority.trusted();
        config.proxy = Proxy::new(&url).unwrap();
        try_send(&config).await.unwrap();
        assert_eq!(
            task.await.unwrap(),
            "CONNECT service.test:443 HTTP/1.1\r\nhost: service.test:443\r\n\r\n"
        );
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(requests[0].headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_tunnel_is_asked_for_with_credentials_that_stay_with_the_proxy() {
    let authority = Authority::new();
    let server = Server::start(authority.acceptor(HOST, &["h2"])).await;
    let (url, task) = proxy(CONNECTED, Some(server.address)).await;
    let mut config = authority.trusted();
    config.proxy = Proxy::with_credentials(&url, "ann", PASSWORD).unwrap();
    try_send(&config).await.unwrap();
    // "ann:" and the password in base64.
    let told = "\r\nproxy-authorization: Basic YW5uOkNBTkFSWS03ZjNhOWM=\r\n";
    let head = task.await.unwrap();
    assert!(head.contains(told), "{head}");
    assert!(!head.to_ascii_lowercase().contains("\r\nauthorization"));
    let requests = server.requests();
    assert!(!requests[0].headers.contains_key("proxy-authorization"));
}

#[tokio::test]
async fn a_refusal_of_the_proxy_is_told_as_such() {
    for (answer, text) in [
        (
            "HTTP/1.1 407 Who are you\r\ncontent-length: 5\r\n\r\nhello",
            "the proxy refused to connect to the service: 407 Proxy Authentication Required",
        ),
        (
            "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n",
            "the proxy refused to connect to the service: 403 Forbidden",
        ),
        (
            "HTTP/1.1 502 Bad\r\n\r\n",
            "the proxy refused to connect to the service: 502 Bad Gateway",
        ),
        (
            "this is no HTTP\r\n\r\n",
            "could not connect to the service",
        ),
        ("", "could not connect to the service"),
        (
            "HTTP/1.1 200 OK\r\n\r\ntoo much",
            "could not connect to the service",
        ),
    ] {
        let (url, task) = proxy(answer, None).await;
        let config = through(Proxy::with_credentials(&url, "ann", PASSWORD).unwrap());
        let error = try_send(&config).await.unwrap_err();
        let error = error.downcast_ref::<Error>().unwrap();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.to_string(), text);
        assert!(task.await.unwrap().starts_with("CONNECT service.test:443 "));
        let shown = format!("{error:?} {config:?}");
        for secret in [PASSWORD, "YW5uOkNBTkFSWS"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_never_answers_ends_in_the_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        // Up to the client's leaving.
        stream.read_to_end(&mut Vec::new()).await.unwrap()
    });
    let mut config = through(Proxy::new(&url).unwrap());
    config.connect_timeout = Duration::from_millis(50);
    let error = try_send(&config).await.unwrap_err();
    let error = error.downcast_ref::<Error>().unwrap();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.to_string(), "connect_timeout of 50ms ran out");
    let rest = timeout(PATIENCE, silent).await.unwrap();
    assert_eq!(rest.unwrap(), 0);
}

#[tokio::test]
async fn http_is_passed_on_by_its_whole_url() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let (url, task) = proxy(answer, None).await;
    let proxy = Proxy::with_credentials(&url, "ann", PASSWORD).unwrap();
    let connector = Connector::to_any_host(&through(proxy)).unwrap();
    let request = Request::get("http://service.test/token?a=b");
    let request = request.body(Body::default()).unwrap();
    let answer = timeout(PATIENCE, connector.oneshot(request)).await.unwrap();
    assert_eq!(answer.unwrap().status(), 200);
    assert_eq!(
        task.await.unwrap(),
        "GET http://service.test/token?a=b HTTP/1.1\r\n\
         proxy-authorization: Basic YW5uOkNBTkFSWS03ZjNhOWM=\r\n\
         host: service.test\r\n\r\n"
    );
}

#[tokio::test]
async fn this_machine_needs_no_proxy() {
    let authority = Authority::new();
    let server = Server::start(authority.acceptor("127.0.0.1", &[])).await;
    let mut config = authority.trusted();
    config.proxy = Proxy::new("http://nowhere.test:9").unwrap();
    let connector = Connector::new(&config, &server.url().parse().unwrap()).unwrap();
    let request = Request::get(server.url()).body(Body::default()).unwrap();
    let answer = timeout(PATIENCE, connector.oneshot(request)).await.unwrap();
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn a_connector_to_any_host_speaks_both_schemes() {
    let authority = Authority::new();
    let secure = Server::start(authority.acceptor("127.0.0.1", &["h2"])).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        head
    });
    let connector = Connector::to_any_host(&authority.trusted()).unwrap();
    for url in [secure.url(), plain] {
        let request = Request::get(url).body(Body::default()).unwrap();
        let answer = connector.clone().oneshot(request);
        let answer = timeout(PATIENCE, answer).await.unwrap().unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(secure.requests().len(), 1);
    assert!(served.await.unwrap().starts_with("GET / HTTP/1.1\r\n"));
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_without_its_url() {
    for url in ["socks5://ann:CANARY@a", "https://a:CANARY@b", "", "a b"] {
        for error in [
            Proxy::new(url).unwrap_err(),
            Proxy::with_credentials(url, "ann", "CANARY").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            assert_eq!(
                error.to_string(),
                "`proxy` must be the URL of an HTTP proxy such as http://proxy:3128 (no https, no SOCKS)"
            );
        }
    }
    let error = Proxy::with_credentials("http://a", "an:n", "CANARY").unwrap_err();
    assert_eq!(error.to_string(), "`user` of a proxy must have no colon");
}
