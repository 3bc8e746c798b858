use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message as Frame,
};
use webpubsub::{ClientAccessToken, ClientAccessUrl, WebPubSubServiceClient};
use webpubsub_emulator::Emulator;

/// Long enough that a test which waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const HUB: &str = "h";

/// Waits for an event; a test that waits in vain fails.
pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    timeout(PATIENCE, event)
        .await
        .expect("the event comes in time")
}

pub(crate) async fn emulator() -> Emulator {
    Emulator::builder().start().await.unwrap()
}

pub(crate) fn client_of(emulator: &Emulator) -> WebPubSubServiceClient {
    WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), HUB).unwrap()
}

/// A WebSocket client without a subprotocol.
pub(crate) struct Receiver(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Receiver {
    pub(crate) async fn connect(url: &ClientAccessUrl) -> Self {
        Self(
            soon(Box::pin(connect_async(url.expose_url())))
                .await
                .unwrap()
                .0,
        )
    }

    /// A receiver for this user, in these groups.
    pub(crate) async fn of(client: &WebPubSubServiceClient, user: &str, groups: &[&str]) -> Self {
        let token = ClientAccessToken::new()
            .user_id(user)
            .groups(groups.iter().copied());
        Self::connect(&client.client_access_url(token).await.unwrap()).await
    }

    /// The next payload, or the code the connection was closed with.
    pub(crate) async fn next(&mut self) -> Received {
        loop {
            match soon(self.0.next())
                .await
                .expect("the connection is open")
                .unwrap()
            {
                Frame::Text(text) => return Received::Text(text.to_string()),
                Frame::Binary(bytes) => return Received::Binary(bytes.to_vec()),
                Frame::Close(goodbye) => {
                    return Received::Closed(goodbye.map_or(1005, |goodbye| goodbye.code.into()));
                }
                _ => {}
            }
        }
    }
}

#[derive(Debug, PartialEq)]
pub(crate) enum Received {
    Text(String),
    Binary(Vec<u8>),
    Closed(u16),
}

impl Received {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
