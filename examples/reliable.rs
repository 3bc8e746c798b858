//! A reliable client loses nothing when its socket breaks; the emulator breaks it on purpose, again and again.

use webpubsub::{
    ClientAccessToken, Message, WebPubSubClient, WebPubSubServiceClient,
    client::{Event, WebPubSubClientCredential},
};
use webpubsub_emulator::{Emulator, Fault, Moment, Rule};
use webpubsub_examples::{BoxError, next_event};

const MESSAGES: u32 = 200;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let emulator = Emulator::builder().start().await?;
    let connection_string = emulator.connection_string();
    let service = WebPubSubServiceClient::from_connection_string(&connection_string, "reliable")?;
    let token = ClientAccessToken::new().user_id("ann");
    let credential =
        WebPubSubClientCredential::from_connection_string(&connection_string, "reliable", token)?;
    let (client, mut events) = WebPubSubClient::new(credential)?;
    client.start().await?;

    // One frame in twenty is the last on its socket.
    let faults = emulator.faults();
    faults.add(Rule::at_random(0.05, 7, Fault::Drop(Moment::AfterWriting)));
    for number in 1..=MESSAGES {
        service.send_to_user("ann", Message::json(&number)?).await?;
    }
    let (mut received, mut recovered) = (0, 0);
    while received < MESSAGES {
        match next_event(&mut events).await? {
            Event::ServerMessage(message) => {
                received += 1;
                assert_eq!(message.message.parse_json::<u32>()?, received);
            }
            Event::Recovered(_) => recovered += 1,
            Event::Disconnected(end) => {
                return Err(format!("it is never lost: {}", end.closed).into());
            }
            _ => {}
        }
    }
    faults.clear();
    println!(
        "{received} messages, each once and in order, over {} sockets",
        recovered + 1
    );
    assert!(faults.injected() > 0);
    client.stop().await;
    Ok(())
}
