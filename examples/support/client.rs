use std::{fmt, sync::Arc, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{
        Message as Frame,
        client::IntoClientRequest as _,
        http::{HeaderValue, Request, header::SEC_WEBSOCKET_PROTOCOL},
    },
};
use webpubsub::{ClientAccessUrl, ConnectionId, Message};
use webpubsub_protocol::frame::{AckError, ClientFrame, Data, Format, ServiceFrame, Subprotocol};

use crate::BoxError;

/// How long a client waits for the service.
const PATIENCE: Duration = Duration::from_secs(10);

/// A small WebSocket client.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Of a client that speaks JSON: its id.
    connection_id: Option<ConnectionId>,
    acks: u64,
}

/// What a client received.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Received {
    /// By a plain client: a text frame.
    Text(String),
    /// By a plain client: a binary frame.
    Binary(Vec<u8>),
    /// By a JSON client: a frame of the subprotocol.
    Frame(ServiceFrame),
}

impl Client {
    /// Connects without a subprotocol: the client receives payloads as they are.
    pub async fn plain(url: &ClientAccessUrl) -> Result<Self, BoxError> {
        Self::plain_at(&url.expose_url()).await
    }

    /// Connects to a URL that came from elsewhere, without a subprotocol.
    pub async fn plain_at(url: &str) -> Result<Self, BoxError> {
        Self::connect(url.into_client_request()?, None).await
    }

    /// Connects with the JSON subprotocol, and waits until the service has greeted.
    pub async fn json(url: &ClientAccessUrl) -> Result<Self, BoxError> {
        let mut request = url.expose_url().into_client_request()?;
        let subprotocol = HeaderValue::from_static(Subprotocol::Json.as_str());
        request
            .headers_mut()
            .insert(SEC_WEBSOCKET_PROTOCOL, subprotocol);
        let unknown = ConnectionId::new("unknown")?;
        let mut client = Self::connect(request, Some(unknown)).await?;
        match client.receive().await? {
            Received::Frame(ServiceFrame::Connected { connection_id, .. }) => {
                client.connection_id = Some(connection_id);
                Ok(client)
            }
            other => Err(format!("expected the service's greeting, got {other}").into()),
        }
    }

    /// The id of the connection, which a client without a subprotocol is not told.
    #[must_use]
    pub fn connection_id(&self) -> Option<&ConnectionId> {
        self.connection_id.as_ref()
    }

    /// Publishes to a group with the JSON subprotocol; gives what the service says to that.
    pub async fn publish(
        &mut self,
        group: &str,
        text: &str,
    ) -> Result<Result<(), AckError>, BoxError> {
        self.acks += 1;
        let frame = ClientFrame::SendToGroup {
            group: group.try_into()?,
            message: Message::text(text),
            no_echo: true,
            message_ttl: None,
            ack_id: Some(self.acks),
        };
        let written = Format::Json.encode_client(&frame);
        let text = written.as_text().unwrap_or_default();
        timeout(PATIENCE, self.socket.send(Frame::text(text))).await??;
        match self.receive().await? {
            Received::Frame(ServiceFrame::Ack { result, .. }) => Ok(result),
            other => Err(format!("expected an ack, got {other}").into()),
        }
    }

    async fn connect(
        request: Request<()>,
        connection_id: Option<ConnectionId>,
    ) -> Result<Self, BoxError> {
        let connecting = connect_async_tls_with_config(request, None, true, Some(tls()?));
        let (socket, _) = timeout(PATIENCE, connecting).await??;
        Ok(Self {
            socket,
            connection_id,
            acks: 0,
        })
    }

    /// The next message of the service.
    pub async fn receive(&mut self) -> Result<Received, BoxError> {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await?;
            match next.ok_or("the service closed the connection")?? {
                Frame::Text(text) if self.connection_id.is_some() => {
                    if let Some(frame) = Format::Json.decode_service(Data::Text(&text))?.frame {
                        return Ok(Received::Frame(frame));
                    }
                }
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
            Self::Frame(ServiceFrame::ServerMessage { message }) => write_message(f, message),
            Self::Frame(ServiceFrame::GroupMessage { group, message, .. }) => {
                write!(f, "from group {group}, ")?;
                write_message(f, message)
            }
            Self::Frame(frame) => write!(f, "{frame:?}"),
        }
    }
}

fn write_message(f: &mut fmt::Formatter<'_>, message: &Message) -> fmt::Result {
    match message.as_text() {
        Some(text) => write!(f, "{:?}: {text}", message.data_type()),
        None => write!(
            f,
            "{:?}: {:?}",
            message.data_type(),
            message.bytes().to_vec()
        ),
    }
}
