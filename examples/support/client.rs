use std::{fmt, sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Message as Frame, client::IntoClientRequest as _},
};
use webpubsub::{
    ClientAccessUrl, Message,
    client::{Event, Events},
};

use crate::BoxError;

/// How long a client waits for the service.
const PATIENCE: Duration = Duration::from_secs(10);

/// A plain WebSocket client, as any browser or device has one: it speaks no subprotocol, and receives payloads as they
/// are.
#[derive(Debug)]
pub struct PlainClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What a plain client received.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Received {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
}

impl PlainClient {
    /// Connects.
    pub async fn connect(url: &ClientAccessUrl) -> Result<Self, BoxError> {
        Self::connect_to(&url.expose_url()).await
    }

    /// Connects to a URL that came from elsewhere.
    pub async fn connect_to(url: &str) -> Result<Self, BoxError> {
        let request = url.into_client_request()?;
        let connecting = connect_async_tls_with_config(request, None, true, Some(tls()?));
        let (socket, _) = timeout(PATIENCE, connecting).await??;
        Ok(Self { socket })
    }

    /// The next message of the service.
    pub async fn receive(&mut self) -> Result<Received, BoxError> {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await?;
            match next.ok_or("the service closed the connection")?? {
                Frame::Text(text) => return Ok(Received::Text(text.to_string())),
                Frame::Binary(bytes) => return Ok(Received::Binary(bytes.to_vec())),
                Frame::Close(reason) => {
                    return Err(format!("closed by the service: {reason:?}").into());
                }
                _ => {}
            }
        }
    }
}

impl Received {
    /// A text frame with this content.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// TLS for `wss` URLs, with the provider named: a process may hold more than one.
fn tls() -> Result<Connector, BoxError> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Connector::Rustls(Arc::new(config)))
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "a text frame: {text}"),
            Self::Binary(bytes) => write!(f, "a binary frame: {bytes:?}"),
        }
    }
}

/// The next event of a client of a subprotocol; an error if there is none in good time.
pub async fn next_event(events: &mut Events) -> Result<Event, BoxError> {
    let next = timeout(PATIENCE, events.next()).await?;
    Ok(next.ok_or("the client has stopped")?)
}

/// The next message a client of a subprotocol receives, from the server or a group.
pub async fn next_message(events: &mut Events) -> Result<Message, BoxError> {
    loop {
        match next_event(events).await? {
            Event::ServerMessage(message) => return Ok(message.message),
            Event::GroupMessage(message) => return Ok(message.message),
            _ => {}
        }
    }
}

/// A message in words.
#[must_use]
pub fn in_words(message: &Message) -> String {
    let data_type = message.data_type();
    match message.as_text() {
        Some(text) => format!("{data_type:?}: {text}"),
        None => format!("{data_type:?}: {:?}", message.bytes().to_vec()),
    }
}
