//! A service client broadcasts JSON, text and binary; a JSON and a plain WebSocket client print what they receive.
//!
//! `cargo run --example quickstart` runs it all on this machine. With `AZURE_WEBPUBSUB_CONNECTION_STRING` set, the same
//! program runs against that service.

use serde_json::json;
use webpubsub::{ClientAccessToken, Message, WebPubSubClient, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, PlainClient, Service, in_words, next_message};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "quickstart")?;
    println!("service: {}", client.endpoint());

    // A server hands such a URL to each of its users; the key stays with the server.
    let url = client
        .client_access_url(ClientAccessToken::new().user_id("ann"))
        .await?;
    let (json, mut events) = WebPubSubClient::new(&url)?;
    json.start().await?;
    let mut plain = PlainClient::connect(&url).await?;

    let messages = [
        Message::json(&json!({ "from": "quickstart", "data": "Hello world" }))?,
        Message::text("Hello world"),
        Message::binary(vec![0xCA, 0xFE]),
    ];
    for message in &messages {
        client.send_to_all(message.clone()).await?;
    }
    for _ in &messages {
        let message = next_message(&mut events).await?;
        println!("json client received {}", in_words(&message));
        println!("plain client received {}", plain.receive().await?);
    }
    json.stop().await;
    Ok(())
}
