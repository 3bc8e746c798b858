//! All use of the WebSocket library.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::ProtocolError,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use webpubsub_protocol::{
    MAX_MESSAGE_BYTES,
    connection::{CLOSE_NORMAL, CLOSE_POLICY, MAX_FRAME_BYTES, ends_with},
    frame::{Data, Encoded, Format},
};

/// The library's own buffers of 128 KiB for each direction would cost twenty times what a connection needs.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// How long the reason in a close frame may be (RFC 6455, section 5.5).
const MAX_REASON_BYTES: usize = 123;

/// The answer to a handshake's key.
pub(crate) fn accept_key(key: &[u8]) -> String {
    derive_accept_key(key)
}

/// A data frame; clones share its bytes.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Frame {
    pub(crate) fn text(text: String) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn binary(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    pub(crate) fn as_data(&self) -> Data<'_> {
        match self {
            Self::Text(text) => Data::Text(text),
            Self::Binary(bytes) => Data::Binary(bytes),
        }
    }

    /// The same message with its number.
    pub(crate) fn with_sequence_id(&self, sequence_id: u64) -> Self {
        self.as_data().with_sequence_id(sequence_id).into()
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

impl From<Frame> for Message {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Text(text) => Self::Text(text),
            Frame::Binary(bytes) => Self::Binary(bytes),
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
    pub(crate) const NORMAL: Self = Self::new(CLOSE_NORMAL, "");
    pub(crate) const GOING_AWAY: Self = Self::new(1001, "The service is stopping.");
    pub(crate) const INVALID_FRAME: Self = Self::new(1002, "The client frame is invalid.");
    pub(crate) const NOT_UTF8: Self = Self::new(1007, "The client message is not valid UTF-8.");
    pub(crate) const FORBIDDEN: Self = Self::new(
        CLOSE_POLICY,
        "The client does not have permission to send to the group.",
    );
    pub(crate) const SLOW: Self = Self::new(CLOSE_POLICY, "The client reads too slowly.");
    pub(crate) const UNACKNOWLEDGED: Self =
        Self::new(CLOSE_POLICY, "The client acknowledges messages too slowly.");
    pub(crate) const NOT_RECOVERED: Self =
        Self::new(CLOSE_POLICY, "The connection could not be recovered.");
    pub(crate) const SILENT: Self = Self::new(CLOSE_POLICY, "The client did not answer pings.");
    pub(crate) const TOO_LARGE: Self = Self::new(1009, "The client message is too large.");
    pub(crate) const NO_EVENT_HANDLER: Self =
        Self::new(1011, "No event handler takes the client's event.");

    /// With a code and reason of a test's choice; what does not fit a close frame (123 bytes) is cut off.
    pub(crate) fn of(code: u16, reason: &str) -> Self {
        let ends = reason.char_indices().map(|(at, char)| at + char.len_utf8());
        let end = ends.take_while(|end| *end <= MAX_REASON_BYTES).last();
        Self {
            code,
            reason: Cow::Owned(reason[..end.unwrap_or_default()].to_owned()),
        }
    }

    /// Whether a client that is told this has nothing to come back to.
    pub(crate) fn is_final(&self) -> bool {
        ends_with(self.code)
    }

    const fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }

    /// The client sent text where bytes belong, or the other way round.
    pub(crate) fn wrong_type(format: Format) -> Self {
        Self::new(
            1003,
            match format {
                Format::Json => "The JSON subprotocol requires text messages.",
                _ => "The protobuf subprotocol requires binary messages.",
            },
        )
    }

    /// The client sent what is no frame of the subprotocol.
    pub(crate) fn invalid_message(format: Format) -> Self {
        Self::new(
            1007,
            match format {
                Format::Json => "The client message is not a valid JSON protocol message.",
                _ => "The client message is not a valid protobuf protocol message.",
            },
        )
    }
}

/// What a client did.
#[derive(Debug)]
pub(crate) enum Incoming {
    Data(Frame),
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
    has_left: bool,
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Socket {
    /// Takes over the connection of a client that was answered 101; `None` if that takes too long, or the client is gone.
    pub(crate) async fn upgraded(upgrade: OnUpgrade, patience: Duration) -> Option<Self> {
        let connection = timeout(patience, upgrade).await.ok()?.ok()?;
        Some(Self::new(connection).await)
    }

    async fn new(connection: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_FRAME_BYTES)
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let stream = TokioIo::new(connection);
        Self {
            stream: WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await,
            is_broken: false,
            has_left: false,
        }
    }

    /// Whether the client has said that it is done (code 1000).
    pub(crate) fn has_left(&self) -> bool {
        self.has_left
    }

    /// What the client does next. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&mut self) -> Incoming {
        let incoming = match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Incoming::Data(Frame::Text(text)),
            Some(Ok(Message::Binary(bytes))) => Incoming::Data(Frame::Binary(bytes)),
            Some(Ok(Message::Close(close))) => {
                self.has_left = close.is_some_and(|close| close.code == CloseCode::Normal);
                Incoming::Alive
            }
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
    pub(crate) async fn write(&mut self, frame: Frame) -> Result<(), Error> {
        self.stream.send(frame.into()).await
    }

    pub(crate) async fn ping(&mut self) -> Result<(), Error> {
        self.stream.send(Message::Ping(Bytes::new())).await
    }

    /// Says goodbye, and waits for the client's, but not for longer than this.
    pub(crate) async fn close(&mut self, close: Close, patience: Duration) {
        let _ = timeout(patience, self.say_goodbye(close)).await;
    }

    async fn say_goodbye(&mut self, close: Close) {
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
