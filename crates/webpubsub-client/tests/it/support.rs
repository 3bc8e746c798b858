use std::time::Duration;

use tokio::time::timeout;
use webpubsub_client::{
    Builder, ClientAccessToken, Event, Events, Subprotocol, WebPubSubClient,
    WebPubSubClientCredential,
};
use webpubsub_emulator::Emulator;

use crate::scripted::{Peer, Server};

/// Long enough that a test which waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for an event; a test that waits in vain fails.
pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    timeout(PATIENCE, event)
        .await
        .expect("the event comes in time")
}

/// A token with the roles for all groups.
pub(crate) fn member(user: &str) -> ClientAccessToken {
    ClientAccessToken::new()
        .user_id(user)
        .roles(["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"])
}

pub(crate) async fn emulator() -> Emulator {
    Emulator::builder().start().await.unwrap()
}

/// A client of the emulator, to be built.
pub(crate) fn client_of(emulator: &Emulator, token: ClientAccessToken) -> Builder {
    client_at(&emulator.connection_string(), token)
}

/// A client of the service this leads to, to be built.
pub(crate) fn client_at(connection_string: &str, token: ClientAccessToken) -> Builder {
    let credential =
        WebPubSubClientCredential::from_connection_string(connection_string, "h", token);
    WebPubSubClient::builder(credential.unwrap())
}

/// A started client that has taken its first event.
pub(crate) async fn started(builder: Builder) -> (WebPubSubClient, Events) {
    let (client, mut events) = builder.build().unwrap();
    soon(client.start()).await.unwrap();
    let event = next(&mut events).await;
    assert!(matches!(event, Event::Connected(_)), "{event:?}");
    (client, events)
}

pub(crate) async fn joined(
    emulator: &Emulator,
    user: &str,
    subprotocol: Subprotocol,
    group: &str,
) -> (WebPubSubClient, Events) {
    let builder = client_of(emulator, member(user)).subprotocol(subprotocol);
    let (client, events) = started(builder).await;
    soon(client.join_group(group).into_future()).await.unwrap();
    (client, events)
}

pub(crate) async fn next(events: &mut Events) -> Event {
    soon(events.next()).await.expect("there is an event")
}

/// The next event is a message to a group, of this text.
pub(crate) async fn next_text(events: &mut Events) -> String {
    match next(events).await {
        Event::GroupMessage(message) => message.message.as_text().unwrap().to_owned(),
        event => panic!("expected a message, got {event:?}"),
    }
}

/// A started client of a scripted server, and its end of the connection.
pub(crate) async fn started_with(
    server: &Server,
    builder: Builder,
) -> ((WebPubSubClient, Events), Peer) {
    tokio::join!(started(builder), server.next_greeted("c1"))
}
