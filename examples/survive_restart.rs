//! A client that survives a restart of the service: it connects anew, is in its groups again, and receives what is sent
//! from then on.

use webpubsub::{
    ClientAccessToken, Message, WebPubSubClient,
    client::{Connected, Event, Events, WebPubSubClientCredential},
};
use webpubsub_emulator::Emulator;
use webpubsub_examples::{BoxError, next_event, next_message};

const NEWS: &str = "all is well";

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let emulator = Emulator::builder().start().await?;
    let port = emulator.address().port();

    let token = ClientAccessToken::new().roles([
        "webpubsub.joinLeaveGroup.news",
        "webpubsub.sendToGroup.news",
    ]);
    let credential = WebPubSubClientCredential::from_connection_string(
        &emulator.connection_string(),
        "restart",
        token,
    )?;
    let (client, mut events) = WebPubSubClient::new(credential)?;
    client.start().await?;
    let Event::Connected(first) = next_event(&mut events).await? else {
        return Err("a connection is the first event".into());
    };
    client.join_group("news").await?;

    emulator.stop().await;
    println!("the service is down");
    let emulator = Emulator::builder().port(port).start().await?;
    println!("the service is up again");

    let second = reconnected(&mut events).await?;
    assert_ne!(first.connection_id, second.connection_id);
    // It comes behind the groups, which are joined again first.
    client.send_to_group("news", Message::text(NEWS)).await?;
    let received = next_message(&mut events).await?;
    assert_eq!(received.as_text(), Some(NEWS));
    println!("received in the group: {NEWS}");
    client.stop().await;
    emulator.stop().await;
    Ok(())
}

/// Waits for the end of the connection, and for the one that takes its place.
async fn reconnected(events: &mut Events) -> Result<Connected, BoxError> {
    let mut is_over = false;
    loop {
        match next_event(events).await? {
            Event::Recovering(_) => println!("the socket broke: recovering"),
            Event::Disconnected(end) => {
                println!("the connection is gone: {}", end.closed);
                is_over = true;
            }
            Event::Connected(connected) if is_over => {
                println!("connected as {}", connected.connection_id);
                return Ok(connected);
            }
            other => return Err(format!("nothing else happens: {other:?}").into()),
        }
    }
}
