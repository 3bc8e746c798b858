//! The service client: groups, users, connections, existence, closing, and what an error tells.

use std::time::Duration;

use webpubsub::{ClientAccessToken, ErrorKind, Message, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, Client, Service};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "facade")?;

    let ann = ClientAccessToken::new().user_id("ann").group("room");
    let mut ann = Client::json(&client.client_access_url(ann).await?).await?;
    println!("ann is there: {}", client.user_exists("ann").await?);
    println!("room has members: {}", client.group_exists("room").await?);

    client
        .send_to_group("room", Message::text("to the room"))
        .message_ttl(Duration::from_secs(60))
        .await?;
    println!("ann received {}", ann.receive().await?);
    client.send_to_user("ann", Message::text("to ann")).await?;
    println!("ann received {}", ann.receive().await?);

    // A value that breaks a rule is caught before anything is sent ...
    let error = client
        .send_to_group("", Message::text("x"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.parameter()),
        (ErrorKind::InvalidArgument, Some("group"))
    );
    println!("{error}");

    // ... and what the service refuses keeps its status and code.
    let error = client
        .add_connection_to_group("room", "gone")
        .await
        .unwrap_err();
    println!("{error}");
    Ok(())
}
