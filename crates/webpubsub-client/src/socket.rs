//! All use of the WebSocket library.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    task::{Context, Poll, ready},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{SinkExt as _, StreamExt as _};
use http::{
    HeaderMap, HeaderValue, Request,
    header::{
        CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
        SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use tracing::warn;
use webpubsub_protocol::{
    connection::MAX_FRAME_BYTES,
    frame::{ClientFrame, Data, Encoded, Received, Subprotocol},
};
use webpubsub_transport::{Upgraded, Upgrader};

use crate::{ClientUrl, Closed, Error, WebPubSubResult, session::Reply};

/// The library's own buffers of 128 KiB for each direction would cost twenty times what a connection needs.
const BUFFER_BYTES: usize = 4 * 1024;

/// How much may wait to be written until no more calls are taken.
const MAX_OUTGOING_BYTES: usize = 64 * 1024;

/// What the service does.
#[derive(Debug)]
pub(crate) enum Activity {
    /// It sent a frame, of this many bytes.
    Received(Received, usize),
    /// It showed that it is there.
    Heard,
    /// The socket is at its end.
    Closed(Closed),
}

/// A connection to the service after the handshake.
pub(crate) struct Socket {
    stream: WebSocketStream<Upgraded>,
    subprotocol: Subprotocol,
    outgoing: VecDeque<Outgoing>,
    outgoing_bytes: usize,
    /// Who waits for what is written, but may still be in a buffer.
    unflushed: Vec<Reply>,
    is_flushed: bool,
    /// Why nothing can be written any more; what has arrived can still be read.
    broken: Option<Closed>,
}

struct Outgoing {
    message: Message,
    reply: Option<Reply>,
}

impl Socket {
    /// Connects, and agrees on the subprotocol.
    pub(crate) async fn connect(
        upgrader: &Upgrader,
        url: &ClientUrl,
        subprotocol: Subprotocol,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|error| Error::connect(error.to_string()))?;
        let key = STANDARD.encode(nonce);
        let mut request = Request::new(());
        *request.uri_mut() = url.as_http();
        *request.headers_mut() = handshake(headers, &key, subprotocol);

        let (response, upgrade) = upgrader
            .upgrade(request)
            .await
            .map_err(Error::transport)?
            .into_parts();
        let Some(stream) = upgrade else {
            return Err(Error::refused(response.status));
        };
        let is = |name, value: &str| {
            let header = response.headers.get(name);
            header.is_some_and(|header| header == value)
        };
        if !is(SEC_WEBSOCKET_ACCEPT, &derive_accept_key(key.as_bytes())) {
            return Err(Error::not_the_service("the server speaks no WebSocket"));
        }
        if !is(SEC_WEBSOCKET_PROTOCOL, subprotocol.as_str()) {
            let what = "the server does not speak the client's subprotocol";
            return Err(Error::not_the_service(what));
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES)
            .max_write_buffer_size(BUFFER_BYTES + MAX_FRAME_BYTES)
            .max_message_size(Some(MAX_FRAME_BYTES))
            .max_frame_size(Some(MAX_FRAME_BYTES));
        Ok(Self {
            stream: WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await,
            subprotocol,
            outgoing: VecDeque::new(),
            outgoing_bytes: 0,
            unflushed: Vec::new(),
            is_flushed: true,
            broken: None,
        })
    }

    /// Queues a frame; whoever waits for it is told when it is written.
    pub(crate) fn push(&mut self, frame: &ClientFrame, reply: Option<Reply>) {
        let message = match self.subprotocol.format().encode_client(frame) {
            Encoded::Text(text) => Message::text(text),
            Encoded::Binary(bytes) => Message::binary(bytes),
        };
        self.outgoing_bytes += message.len();
        self.outgoing.push_back(Outgoing { message, reply });
    }

    /// Whether so little waits to be written that more may.
    pub(crate) fn takes_more(&self) -> bool {
        self.outgoing_bytes < MAX_OUTGOING_BYTES
    }

    /// Queues the goodbye.
    pub(crate) fn close(&mut self) {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        self.outgoing.push_back(Outgoing {
            message: Message::Close(Some(frame)),
            reply: None,
        });
    }

    /// What the service does next; meanwhile, what is queued is written. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&mut self, may_read: bool) -> Activity {
        poll_fn(|cx| self.poll(cx, may_read)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>, may_read: bool) -> Poll<Activity> {
        if self.broken.is_none()
            && let Poll::Ready(Err(error)) = self.poll_write(cx)
        {
            self.broken = Some(broken(&error));
        }
        if !may_read {
            // What is not read here is sent again where a connection can be recovered, but not forever.
            return match &self.broken {
                Some(broken) if self.subprotocol.is_reliable() => {
                    Poll::Ready(Activity::Closed(broken.clone()))
                }
                _ => Poll::Pending,
            };
        }
        let end = match ready!(self.stream.poll_next_unpin(cx)) {
            Some(Ok(message)) => return Poll::Ready(self.read(cx, &message)),
            Some(Err(error)) => broken(&error),
            None => Closed::new(None, "the connection was closed"),
        };
        Poll::Ready(Activity::Closed(self.broken.take().unwrap_or(end)))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), tungstenite::Error>> {
        while !self.outgoing.is_empty() {
            ready!(self.stream.poll_ready_unpin(cx))?;
            if let Some(Outgoing { message, reply }) = self.outgoing.pop_front() {
                self.is_flushed = false;
                self.outgoing_bytes = self.outgoing_bytes.saturating_sub(message.len());
                self.unflushed.extend(reply);
                self.stream.start_send_unpin(message)?;
            }
        }
        if !self.is_flushed {
            ready!(self.stream.poll_flush_unpin(cx))?;
            self.is_flushed = true;
            for reply in mem::take(&mut self.unflushed) {
                reply.give(Ok(WebPubSubResult::unacknowledged()));
            }
        }
        Poll::Ready(Ok(()))
    }

    fn read(&mut self, cx: &mut Context<'_>, message: &Message) -> Activity {
        let bytes = message.len();
        let data = match message {
            Message::Text(text) => Data::Text(text),
            Message::Binary(bytes) => Data::Binary(bytes),
            Message::Close(frame) => {
                // Sends the answer if it can be sent at once: the service needs none.
                let _ = self.stream.poll_flush_unpin(cx);
                return closed(frame.as_ref());
            }
            _ => return Activity::Heard,
        };
        match self.subprotocol.format().decode_service(data) {
            Ok(received) => Activity::Received(received, bytes),
            Err(error) => {
                warn!(%error, "skipped what the service sent");
                Activity::Heard
            }
        }
    }
}

fn handshake(headers: &HeaderMap, key: &str, subprotocol: Subprotocol) -> HeaderMap {
    let mut headers = headers.clone();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    // None is spoken here.
    headers.remove(SEC_WEBSOCKET_EXTENSIONS);
    let subprotocol = HeaderValue::from_static(subprotocol.as_str());
    headers.insert(SEC_WEBSOCKET_PROTOCOL, subprotocol);
    if let Ok(key) = HeaderValue::try_from(key) {
        headers.insert(SEC_WEBSOCKET_KEY, key);
    }
    headers
}

fn closed(frame: Option<&CloseFrame>) -> Activity {
    Activity::Closed(match frame {
        Some(frame) => Closed::new(Some(frame.code.into()), frame.reason.as_str()),
        None => Closed::new(None, "the service closed the connection"),
    })
}

fn broken(error: &tungstenite::Error) -> Closed {
    Closed::new(None, error.to_string())
}
