use futures_util::StreamExt as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message as Frame, protocol::WebSocketConfig},
};
use webpubsub::ClientAccessUrl;
use webpubsub_bench::Outcome;

use crate::{connection::PATIENCE, message::Numbered};

/// The library's own buffers of 128 KiB for each direction would cost more than all the rest.
const BUFFER_BYTES: usize = 4 * 1024;

/// A client without a subprotocol: it receives.
pub(crate) struct Plain(WebSocketStream<TcpStream>);

impl Plain {
    pub(crate) async fn connect(url: &ClientAccessUrl) -> Outcome<Self> {
        let authority = url.base().split('/').nth(2).ok_or("the URL has a host")?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES);
        let connected = async {
            let stream = TcpStream::connect(authority).await?;
            stream.set_nodelay(true)?;
            let url = url.expose_url();
            Ok(client_async_with_config(url, stream, Some(config)).await?.0)
        };
        let connected = timeout(PATIENCE, Box::pin(connected)).await;
        connected
            .unwrap_or_else(|_| Err("a plain client cannot connect in time".into()))
            .map(Self)
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
