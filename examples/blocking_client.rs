//! The WebSocket client in a program without async: a runtime's handle waits for it, on any thread.

use std::thread;

use tokio::runtime::Runtime;
use webpubsub::{
    ClientAccessToken, Message, WebPubSubClient,
    client::{Event, WebPubSubClientCredential},
};
use webpubsub_examples::{BoxError, Service, next_event};

const TEXTS: [&str; 3] = ["one", "two", "three"];

fn main() -> Result<(), BoxError> {
    // The connection lives on this runtime, for as long as that is there.
    let runtime = Runtime::new()?;
    let service = runtime.block_on(Service::start())?;
    let token = ClientAccessToken::new().roles([
        "webpubsub.joinLeaveGroup.room",
        "webpubsub.sendToGroup.room",
    ]);
    let credential = WebPubSubClientCredential::from_connection_string(
        &service.connection_string(),
        "blocking",
        token,
    )?;
    let (client, mut events) = WebPubSubClient::new(credential)?;
    runtime.block_on(client.start())?;

    let handle = runtime.handle().clone();
    let listener = thread::spawn(move || {
        let mut received = Vec::new();
        while received.len() < TEXTS.len() {
            if let Event::GroupMessage(message) = handle.block_on(next_event(&mut events))? {
                let text = message.message.as_text().unwrap_or("?").to_owned();
                println!("received {text}");
                received.push(text);
            }
        }
        Ok::<_, BoxError>(received)
    });

    runtime.block_on(client.join_group("room").into_future())?;
    for text in TEXTS {
        let send = client.send_to_group("room", Message::text(text));
        runtime.block_on(send.into_future())?;
    }
    let received = listener.join().map_err(|_| "the listener panicked")??;
    assert_eq!(received, TEXTS);
    runtime.block_on(client.stop());
    Ok(())
}
