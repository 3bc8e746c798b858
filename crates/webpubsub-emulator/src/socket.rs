//! All use of the WebSocket library: it reads. What is written is encoded here, so that clients can share it.

mod close;
mod frame;
mod pen;
mod reader;

use std::{fmt, io, time::Duration};

use bytes::Bytes;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::{io::split, net::TcpStream, time::timeout};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

pub(crate) use self::{
    close::Close,
    frame::{Frame, ping},
    pen::Pen,
    reader::{Incoming, Payload, Reader},
};

/// The answer to a handshake's key.
pub(crate) fn accept_key(key: &[u8]) -> String {
    derive_accept_key(key)
}

/// A client's connection after the handshake.
pub(crate) struct Socket {
    pub(crate) reader: Reader,
    /// `None` while it is lent to those who send.
    pub(crate) pen: Option<Pen>,
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Socket {
    /// Takes over the connection of a client that was answered 101; `None` if that takes too long, or the client is gone.
    pub(crate) async fn upgraded(upgrade: OnUpgrade, patience: Duration) -> Option<Box<Self>> {
        let connection = timeout(patience, upgrade).await.ok()?.ok()?;
        Some(Box::new(Self::new(connection).await))
    }

    async fn new(connection: Upgraded) -> Self {
        let (half, begun, pen) = match connection.downcast::<TokioIo<TcpStream>>() {
            Ok(bare) => {
                let (read, write) = bare.io.into_inner().into_split();
                (reader::Half::Bare(read), bare.read_buf, Pen::bare(write))
            }
            Err(other) => {
                let (read, write) = split(TokioIo::new(other));
                (reader::Half::Other(read), Bytes::new(), Pen::other(write))
            }
        };
        Self {
            reader: Reader::new(half, begun).await,
            pen: Some(pen),
        }
    }

    /// Says goodbye, and waits for the client's, but not for longer than this.
    pub(crate) async fn close(&mut self, close: Close, patience: Duration) {
        let _ = timeout(patience, self.say_goodbye(&close)).await;
    }

    async fn say_goodbye(&mut self, close: &Close) -> io::Result<()> {
        let Some(pen) = &mut self.pen else {
            return Ok(());
        };
        pen.write(close.to_frame()).await?;
        if !self.reader.goodbye().await {
            // Unread, what comes would reset the connection before the client has seen the goodbye.
            pen.shutdown().await?;
            self.reader.discard().await;
        }
        Ok(())
    }
}
