//! Messages for one user (on all of their devices) and for one connection, and what can be asked about both.

use futures_util::TryStreamExt as _;
use webpubsub::{ClientAccessToken, Message, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, PlainClient, Received, Service};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "direct")?;
    let token = || {
        ClientAccessToken::new()
            .user_id("ann")
            .group("ann's devices")
    };
    let mut phone = PlainClient::connect(&client.client_access_url(token()).await?).await?;
    let mut laptop = PlainClient::connect(&client.client_access_url(token()).await?).await?;

    let ann = client.user("ann");
    assert!(ann.exists().await?);
    ann.send(Message::text("to all of ann's devices")).await?;
    for device in [&mut phone, &mut laptop] {
        let received = device.receive().await?;
        println!("a device of ann received {received}");
        assert_eq!(received, Received::text("to all of ann's devices"));
    }

    // A user who is not connected gets nothing, and that is no error: ask first if it matters.
    client
        .send_to_user("bob", Message::text("to nobody"))
        .await?;
    println!("bob is connected: {}", client.user_exists("bob").await?);
    assert!(!client.user_exists("bob").await?);

    // Each connection has an id of its own.
    let mut devices = client.list_connections("ann's devices");
    while let Some(device) = devices.try_next().await? {
        let text = format!("to connection {}", device.connection_id);
        client
            .connection(&device.connection_id)
            .send(Message::text(text))
            .await?;
    }
    println!("one device received {}", phone.receive().await?);
    println!("the other received {}", laptop.receive().await?);

    ann.close_connections()
        .reason("signed out everywhere")
        .await?;
    assert!(!ann.exists().await?);
    println!("ann is signed out");
    Ok(())
}
