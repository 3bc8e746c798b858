//! A client that survives a restart of the service: it connects anew, is in its groups again, and receives what is sent
//! from then on.

use webpubsub::{
    ClientAccessToken, Message, WebPubSubClient,
    client::{Event, WebPubSubClientCredential},
};
use webpubsub_emulator::Emulator;
use webpubsub_examples::{BoxError, next_event};

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
    client.join_group("news").await?;

    emulator.stop().await;
    println!("the service is down");
    let emulator = Emulator::builder().port(port).start().await?;
    println!("the service is up again");

    // Sent at any time: it waits for the connection, and comes behind the groups that are joined again.
    client
        .send_to_group("news", Message::text("all is well"))
        .await?;
    loop {
        match next_event(&mut events).await? {
            Event::Connected(connected) => println!("connected as {}", connected.connection_id),
            Event::Recovering(_) => println!("the socket broke: recovering"),
            Event::Disconnected(end) => println!("the connection is gone: {}", end.closed),
            Event::GroupMessage(news) => {
                println!("{}: {}", news.group, news.message.as_text().unwrap_or("?"));
                break;
            }
            other => return Err(format!("nothing else happens: {other:?}").into()),
        }
    }
    client.stop().await;
    emulator.stop().await;
    Ok(())
}
