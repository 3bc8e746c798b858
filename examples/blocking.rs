//! The same client without async, for programs and threads that have none.

use webpubsub::{ClientAccessToken, Message, blocking::WebPubSubServiceClient};
use webpubsub_examples::{BoxError, PlainClient, Service};

fn main() -> Result<(), BoxError> {
    // Only the emulator and the listening client need a runtime here.
    let runtime = tokio::runtime::Runtime::new()?;
    let service = runtime.block_on(Service::start())?;

    let client =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "blocking")?;
    let url = client.client_access_url(ClientAccessToken::new().user_id("ann"))?;
    let mut ann = runtime.block_on(PlainClient::connect(&url))?;

    client
        .send_to_all(Message::text("sent without async"))
        .send()?;
    println!("ann received {}", runtime.block_on(ann.receive())?);
    println!("ann is there: {}", client.user_exists("ann").send()?);
    Ok(())
}
