use futures_util::StreamExt as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message as Frame,
        client::IntoClientRequest as _,
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};
use webpubsub::{ClientAccessUrl, client::Subprotocol};
use webpubsub_bench::Outcome;

use crate::{connection::PATIENCE, message::Numbered};

/// The library's own buffers of 128 KiB for each direction would cost more than all the rest.
const BUFFER_BYTES: usize = 4 * 1024;

/// A client without a subprotocol: it receives.
pub(crate) struct Plain(WebSocketStream<TcpStream>);

impl Plain {
    pub(crate) async fn connect(url: &ClientAccessUrl) -> Outcome<Self> {
        Ok(Self(open(url, None).await?))
    }

    /// The next message. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&mut self) -> Outcome<Numbered> {
        loop {
            let frame = self
                .0
                .next()
                .await
                .ok_or("a plain client's socket ended")??;
            match frame {
                Frame::Text(text) => return Numbered::read(text.as_bytes()),
                Frame::Binary(bytes) => return Numbered::read(&bytes),
                Frame::Close(frame) => {
                    return Err(format!("a plain client was closed: {frame:?}").into());
                }
                _ => {}
            }
        }
    }

    /// Says goodbye, and waits for the answer.
    pub(crate) async fn close(mut self) -> Outcome {
        self.0.close(None).await?;
        let ended = async { while let Some(Ok(_)) = self.0.next().await {} };
        let ended = timeout(PATIENCE, ended).await;
        Ok(ended.map_err(|_| "a plain client waits in vain for the end of its socket")?)
    }
}

/// Connects as a reliable client that breaks off once it is greeted, and never comes back.
pub(crate) async fn desert(url: &ClientAccessUrl) -> Outcome {
    let mut socket = open(url, Some(Subprotocol::JsonReliable)).await?;
    let greeting = timeout(PATIENCE, socket.next()).await;
    let greeting = greeting.map_err(|_| "a reliable client is not greeted in time")?;
    greeting.ok_or("a reliable client is not greeted")??;
    Ok(())
}

async fn open(
    url: &ClientAccessUrl,
    subprotocol: Option<Subprotocol>,
) -> Outcome<WebSocketStream<TcpStream>> {
    let mut request = url.expose_url().into_client_request()?;
    if let Some(subprotocol) = subprotocol {
        let value = HeaderValue::from_static(subprotocol.as_str());
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    let authority = request.uri().authority().ok_or("the URL has a host")?;
    let authority = authority.to_string();
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES);
    let connected = async {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        Ok(client_async_with_config(request, stream, Some(config))
            .await?
            .0)
    };
    let connected = timeout(PATIENCE, Box::pin(connected)).await;
    connected.unwrap_or_else(|_| Err("a client cannot connect in time".into()))
}
