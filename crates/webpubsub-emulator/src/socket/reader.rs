use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::StreamExt as _;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf, ReadHalf},
    net::tcp::OwnedReadHalf,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use webpubsub_protocol::{MAX_MESSAGE_BYTES, frame::Data};

use super::{Close, frame};

/// Kept by each connection, and filled with zeros for each read: the library's own 128 KiB would be most of what a
/// connection costs.
const BUFFER_BYTES: usize = 1024;

/// What a client did.
#[derive(Debug)]
pub(crate) enum Incoming {
    Data(Payload),
    /// It asks whether anyone is there: this is to be written.
    Ping(Bytes),
    /// It shows that it is there.
    Pong,
    /// It says goodbye: this is to be written, and then nothing.
    Goodbye(Bytes),
    /// It broke a rule of the WebSocket protocol.
    Violation(Close),
    /// It left.
    Gone,
}

/// What a client sent.
#[derive(Debug)]
pub(crate) enum Payload {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Payload {
    pub(crate) fn as_data(&self) -> Data<'_> {
        match self {
            Self::Text(text) => Data::Text(text),
            Self::Binary(bytes) => Data::Binary(bytes),
        }
    }
}

/// Reads what a client sends.
pub(crate) struct Reader {
    stream: WebSocketStream<Half>,
    /// What the client still sends cannot be told apart into frames.
    is_broken: bool,
    has_left: bool,
}

impl Reader {
    /// `begun` is what was read with the handshake.
    pub(super) async fn new(half: Half, begun: Bytes) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        // Copied: it is a few bytes at most, in a buffer of eight thousand.
        let begun = begun.to_vec();
        Self {
            stream: WebSocketStream::from_partially_read(half, begun, Role::Server, Some(config))
                .await,
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
            Some(Ok(Message::Text(text))) => Incoming::Data(Payload::Text(text)),
            Some(Ok(Message::Binary(bytes))) => Incoming::Data(Payload::Binary(bytes)),
            Some(Ok(Message::Ping(payload))) => Incoming::Ping(frame::pong(&payload)),
            Some(Ok(Message::Close(close))) => {
                let is_normal = |close: &CloseFrame| close.code == CloseCode::Normal;
                self.has_left = close.as_ref().is_some_and(is_normal);
                Incoming::Goodbye(echo(close))
            }
            Some(Ok(_)) => Incoming::Pong,
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

    /// Waits for the client's goodbye; false when that will not be found among what comes.
    pub(super) async fn goodbye(&mut self) -> bool {
        while !self.is_broken {
            match self.next().await {
                Incoming::Goodbye(_) | Incoming::Gone => return true,
                _ => {}
            }
        }
        false
    }

    /// Reads on to the end.
    pub(super) async fn discard(&mut self) {
        let mut discarded = [0; 1024];
        while let Ok(1..) = self.stream.get_mut().read(&mut discarded).await {}
    }
}

fn echo(close: Option<CloseFrame>) -> Bytes {
    match close {
        Some(close) => frame::close(close.code.into(), &close.reason),
        None => frame::bare_close(),
    }
}

/// The readable half of a connection, which the library takes for a whole one.
pub(super) enum Half {
    Bare(OwnedReadHalf),
    /// With TLS.
    Other(ReadHalf<TokioIo<Upgraded>>),
}

impl AsyncRead for Half {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Bare(half) => Pin::new(half).poll_read(context, buffer),
            Self::Other(half) => Pin::new(half).poll_read(context, buffer),
        }
    }
}

/// The library's own answers, to pings and goodbyes, go nowhere: the pen writes them, between other frames.
impl AsyncWrite for Half {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
