//! A service behind Azure API Management: requests go to the proxy, tokens and WebSocket URLs still name the service.
//!
//! The proxy here is a few lines of axum that pass on what comes below `/realtime`, as a policy in API Management would.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use webpubsub::{ClientAccessToken, Message, WebPubSubServiceClient};
use webpubsub_emulator::Emulator;
use webpubsub_examples::{BoxError, PlainClient, Received};

/// Where the proxy passes requests on to, and how many it has.
#[derive(Clone)]
struct Proxy {
    service: String,
    passed: Arc<AtomicUsize>,
}

async fn pass_on(
    State(proxy): State<Proxy>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, StatusCode> {
    proxy.passed.fetch_add(1, Ordering::Relaxed);
    println!("the proxy was asked for {method} {}", uri.path());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path = path
        .strip_prefix("/realtime")
        .ok_or(StatusCode::NOT_FOUND)?;
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: {}\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        proxy.service,
        header("authorization"),
        header("content-type"),
        body.len(),
    );
    let answer = forward(&proxy.service, request.as_bytes(), &body).await;
    answer.map_err(|_| StatusCode::BAD_GATEWAY)
}

/// The status a service answers with.
async fn forward(service: &str, head: &[u8], body: &[u8]) -> Result<StatusCode, BoxError> {
    let mut stream = TcpStream::connect(service).await?;
    stream.write_all(&[head, body].concat()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).ok_or("an answer has a status")?;
    Ok(status.parse()?)
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let emulator = Emulator::builder().start().await?;
    let proxy = Proxy {
        service: emulator.address().to_string(),
        passed: Arc::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let gateway = format!("http://{}/realtime", listener.local_addr()?);
    let app = Router::new().fallback(pass_on).with_state(proxy.clone());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let client = WebPubSubServiceClient::builder()
        .connection_string(&emulator.connection_string())
        .hub("gateway")
        .reverse_proxy_endpoint(gateway)
        .build()?;
    // Clients connect to the service itself.
    let url = client
        .client_access_url(ClientAccessToken::new().user_id("ann"))
        .await?;
    let mut ann = PlainClient::connect(&url).await?;
    client
        .send_to_user("ann", Message::text("through the gateway"))
        .await?;
    let received = ann.receive().await?;
    println!("ann received {received}");
    assert_eq!(received, Received::text("through the gateway"));
    assert_eq!(proxy.passed.load(Ordering::Relaxed), 1);
    server.abort();
    Ok(())
}
