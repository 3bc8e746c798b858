//! Groups: who is in them, messages to them, and moving many at once.

use webpubsub::{ClientAccessToken, ErrorKind, Message, WebPubSubServiceClient, filter::groups};
use webpubsub_examples::{BoxError, PlainClient, Received, Service};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "groups")?;
    let url = |user: &str| client.client_access_url(ClientAccessToken::new().user_id(user));
    let mut ann = PlainClient::connect(&url("ann").await?).await?;
    let mut bob = PlainClient::connect(&url("bob").await?).await?;

    // A group is there as soon as somebody is in it, and gone with the last.
    let room = client.group("room");
    assert!(!room.exists().await?);
    room.add_user("ann").await?;
    room.add_user("bob").await?;
    room.send(Message::text("welcome")).await?;
    for receiver in [&mut ann, &mut bob] {
        assert_eq!(receiver.receive().await?, Received::text("welcome"));
    }
    println!("both were welcomed");

    room.remove_user("bob").await?;
    room.send(Message::text("just us")).await?;
    assert_eq!(ann.receive().await?, Received::text("just us"));

    // Whoever is in the room is also in the hall now: one call, however many they are.
    client
        .add_connections_to_groups(["hall"])
        .filter(groups().contains("room"))
        .await?;
    client
        .group("hall")
        .send(Message::text("in the hall"))
        .await?;
    println!("ann received {}", ann.receive().await?);

    // Membership is of connections, so a user who is not connected cannot be added ...
    let error = room.add_user("cyd").await.unwrap_err();
    assert_eq!(error.service_code(), Some("Warning.User.NotExisted"));
    println!("{error}");

    // ... and a value that breaks a rule is caught before anything is sent.
    let error = client.group("").exists().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.parameter()),
        (ErrorKind::InvalidArgument, Some("group"))
    );
    println!("{error}");
    Ok(())
}
