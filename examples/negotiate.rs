//! A web server that hands each signed-in user a URL to connect with: the key stays on the server.
//!
//! It serves `GET /negotiate?user=ann` with axum, and then plays a browser that asks for a URL and connects.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use webpubsub::{ClientAccessToken, Message, Role, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, PlainClient, Received, Service};

#[derive(Deserialize)]
struct Who {
    user: String,
}

async fn negotiate(
    State(client): State<Arc<WebPubSubServiceClient>>,
    Query(who): Query<Who>,
) -> Response {
    // Who asks is for your own sign-in to know; never take it from the query as this example does.
    let token = ClientAccessToken::new()
        .user_id(who.user)
        .role(Role::JoinLeaveAnyGroup)
        .lifetime(Duration::from_secs(5 * 60));
    match client.client_access_url(token).await {
        Ok(url) => Json(json!({ "url": url.expose_url() })).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "negotiate")?;
    let app = Router::new()
        .route("/negotiate", get(negotiate))
        .with_state(Arc::new(client.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("GET http://{address}/negotiate?user=ann");
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    // A browser: asks, connects, listens.
    let answer = fetch(address, "/negotiate?user=ann").await?;
    let body: Value = serde_json::from_str(&answer)?;
    let url = body["url"].as_str().ok_or("the answer holds a URL")?;
    let mut ann = PlainClient::connect_to(url).await?;
    client
        .send_to_user("ann", Message::text("hello, ann"))
        .await?;
    let received = ann.receive().await?;
    println!("ann received {received}");
    assert_eq!(received, Received::text("hello, ann"));

    let refused = fetch(address, "/negotiate?user=").await?;
    println!("without a name: {refused}");
    assert!(refused.contains("userId"));
    server.abort();
    Ok(())
}

/// The body of what a web server answers.
async fn fetch(address: std::net::SocketAddr, path: &str) -> Result<String, BoxError> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or("an answer has a body")?;
    Ok(body.to_owned())
}
