//! Broadcasts to every connection of a hub: JSON, text and binary, with some left out.

use std::time::Duration;

use serde::Serialize;
use webpubsub::{ClientAccessToken, Message, WebPubSubServiceClient, filter::user_id};
use webpubsub_examples::{BoxError, PlainClient, Received, Service};

#[derive(Serialize)]
struct Notice {
    title: &'static str,
    urgent: bool,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "broadcast")?;
    let url = |user: &str| client.client_access_url(ClientAccessToken::new().user_id(user));
    let mut ann = PlainClient::connect(&url("ann").await?).await?;
    let mut bob = PlainClient::connect(&url("bob").await?).await?;

    // Anything serde can serialize is a JSON message.
    let notice = Notice {
        title: "maintenance",
        urgent: true,
    };
    client.send_to_all(Message::json(&notice)?).await?;
    client.send_to_all(Message::text("at noon")).await?;
    client
        .send_to_all(Message::binary(vec![0xCA, 0xFE]))
        .await?;
    let expected = [
        Received::text(r#"{"title":"maintenance","urgent":true}"#),
        Received::text("at noon"),
        Received::Binary(vec![0xCA, 0xFE]),
    ];
    for expected in expected {
        for receiver in [&mut ann, &mut bob] {
            let received = receiver.receive().await?;
            println!("received {received}");
            assert_eq!(received, expected);
        }
    }

    // A filter says who gets a message; values are quoted for you. A client that is slow does not get it after a minute.
    client
        .send_to_all(Message::text("not for o'hara and ann"))
        .filter(user_id().ne("o'hara") & user_id().ne("ann"))
        .message_ttl(Duration::from_secs(60))
        .await?;
    client.send_to_all(Message::text("good night")).await?;
    assert_eq!(
        bob.receive().await?,
        Received::text("not for o'hara and ann")
    );
    assert_eq!(ann.receive().await?, Received::text("good night"));
    println!("the filter left ann out");
    Ok(())
}
