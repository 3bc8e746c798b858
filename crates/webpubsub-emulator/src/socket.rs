//! All use of the WebSocket library.

use std::borrow::Cow;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::ProtocolError,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use webpubsub_protocol::{MAX_MESSAGE_BYTES, frame::Encoded};

/// The library's own buffers of 128 KiB for each direction would cost twenty times what a connection needs.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// More than the largest frame, which is a text of [`MAX_MESSAGE_BYTES`] with every character escaped in JSON.
const MAX_WRITE_BUFFER_BYTES: usize = 8 * MAX_MESSAGE_BYTES;

/// The answer to a handshake's key.
pub(crate) fn accept_key(key: &[u8]) -> String {
    derive_accept_key(key)
}

/// A data frame for a client; clones share its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Frame(Message);

impl Frame {
    pub(crate) fn text(text: String) -> Self {
        Self(Message::text(text))
    }

    pub(crate) fn binary(bytes: Bytes) -> Self {
        Self(Message::binary(bytes))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl From<Encoded> for Frame {
    fn from(encoded: Encoded) -> Self {
        match encoded {
            Encoded::Text(text) => Self::text(text),
            Encoded::Binary(bytes) => Self::binary(bytes),
        }
    }
}

/// Why a connection ends, as its client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Close {
    code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    pub(crate) const NORMAL: Self = Self::new(1000, "");
    pub(crate) const GOING_AWAY: Self = Self::new(1001, "The service is stopping.");
    pub(crate) const INVALID_FRAME: Self = Self::new(1002, "The client frame is invalid.");
    pub(crate) const NOT_TEXT: Self =
        Self::new(1003, "The JSON subprotocol requires text messages.");
    pub(crate) const INVALID_JSON_FRAME: Self = Self::new(
        1007,
        "The client message is not a valid JSON protocol message.",
    );
    pub(crate) const NOT_UTF8: Self = Self::new(1007, "The client message is not valid UTF-8.");
    pub(crate) const FORBIDDEN: Self = Self::new(
        1008,
        "The client does not have permission to send to the group.",
    );
    pub(crate) const SLOW: Self = Self::new(1008, "The client reads too slowly.");
    pub(crate) const SILENT: Self = Self::new(1008, "The client did not answer pings.");
    pub(crate) const TOO_LARGE: Self = Self::new(1009, "The client message is too large.");
    pub(crate) const NO_EVENT_HANDLER: Self =
        Self::new(1011, "No event handler takes the client's event.");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }
}

/// What a client did.
#[derive(Debug)]
pub(crate) enum Incoming {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// Something without content, which shows that it is there.
    Alive,
    /// It broke a rule of the WebSocket protocol.
    Violation(Close),
    /// It left.
    Gone,
}

/// A client's connection after the handshake.
pub(crate) struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    /// What the client still sends cannot be told apart into frames.
    is_broken: bool,
}

impl Socket {
    pub(crate) async fn new(connection: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES)
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let stream = TokioIo::new(connection);
        Self {
            stream: WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await,
            is_broken: false,
        }
    }

    /// What the client does next. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&mut self) -> Incoming {
        let incoming = match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Incoming::Text(text),
            Some(Ok(Message::Binary(bytes))) => Incoming::Binary(bytes),
            Some(Ok(_)) => Incoming::Alive,
            Some(Err(Error::Capacity(_))) => Incoming::Violation(Close::TOO_LARGE),
            Some(Err(Error::Utf8(_))) => Incoming::Violation(Close::NOT_UTF8),
            Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
                Incoming::Gone
            }
            Some(Err(Error::Protocol(_))) => Incoming::Violation(Close::INVALID_FRAME),
            Some(Err(_)) | None => Incoming::Gone,
        };
        self.is_broken = matches!(incoming, Incoming::Violation(_));
        incoming
    }

    /// Writes a frame; an error means that the client is gone. When the wait is dropped, only [`close`](Self::close)
    /// may follow.
    pub(crate) async fn write(&mut self, Frame(message): Frame) -> Result<(), Error> {
        self.stream.send(message).await
    }

    pub(crate) async fn ping(&mut self) -> Result<(), Error> {
        self.stream.send(Message::Ping(Bytes::new())).await
    }

    /// Says goodbye, and waits for the client's.
    pub(crate) async fn close(&mut self, close: Close) {
        let frame = CloseFrame {
            code: CloseCode::from(close.code),
            reason: close.reason.into_owned().into(),
        };
        if self.stream.close(Some(frame)).await.is_err() {
            return;
        }
        while !self.is_broken {
            match self.stream.next().await {
                Some(Ok(_)) => {}
                Some(Err(_)) => self.is_broken = true,
                None => return,
            }
        }
        self.discard().await;
    }

    /// Reads on after what breaks a rule: unread, it would reset the connection before the client has seen the goodbye.
    async fn discard(&mut self) {
        let stream = self.stream.get_mut();
        let _ = stream.shutdown().await;
        let mut discarded = [0; 1024];
        while let Ok(1..) = stream.read(&mut discarded).await {}
    }
}
