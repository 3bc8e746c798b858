use std::{fmt, marker::PhantomData, pin::Pin, time::Duration};

use webpubsub_protocol::{frame::ClientFrame, operation::MessageTtl};

use crate::{Error, WebPubSubClient, WebPubSubResult, session::Ack};

/// What a [`Request`] is about; it decides which options it has.
pub mod kind {
    /// Joining or leaving a group.
    #[derive(Debug, Clone, Copy)]
    pub struct Membership;

    /// Publishing to a group.
    #[derive(Debug, Clone, Copy)]
    pub struct Publish;

    /// An event for the application's server.
    #[derive(Debug, Clone, Copy)]
    pub struct Event;

    /// What can be sent without an ack.
    pub trait Unacknowledged {}

    impl Unacknowledged for Publish {}
    impl Unacknowledged for Event {}
}

/// One request to the service, with its options; nothing is sent before it is awaited.
///
/// It waits for the service's answer, and before that, if the client is not connected, for a connection, all within the
/// client's `ack_timeout`. If it is dropped meanwhile it is not sent, nor sent again; what went out before may still be
/// carried out. The first value that breaks a rule is its error, and so is a message whose frame is larger than the service
/// takes (1 MiB).
#[must_use = "a request is not sent until it is awaited"]
pub struct Request<K> {
    client: WebPubSubClient,
    frame: Result<ClientFrame, webpubsub_protocol::Error>,
    ack: Ack,
    timeout: Option<Duration>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Request<K> {
    pub(crate) fn new(
        client: &WebPubSubClient,
        frame: Result<ClientFrame, webpubsub_protocol::Error>,
    ) -> Self {
        Self {
            client: client.clone(),
            frame,
            ack: Ack::Next,
            timeout: None,
            kind: PhantomData,
        }
    }

    /// The id the service acknowledges this by, in place of the next free one: to send again what an earlier call with
    /// this id may have sent on the same connection. If it did, the result is a duplicate, and nothing is sent.
    ///
    /// The client's own ids count from 1 on: choose yours above 4,294,967,295, or else it can be one of those.
    pub fn ack_id(self, id: u64) -> Self {
        let ack = Ack::Own(id);
        Self { ack, ..self }
    }

    /// How long to wait for the answer, in place of the client's `ack_timeout`.
    pub fn ack_timeout(self, timeout: Duration) -> Self {
        let timeout = Some(timeout);
        Self { timeout, ..self }
    }
}

impl<K: kind::Unacknowledged> Request<K> {
    /// Asks for no ack: done when it is written to the socket. Whether it arrives, and is allowed, nobody tells.
    pub fn fire_and_forget(self) -> Self {
        let ack = Ack::None;
        Self { ack, ..self }
    }
}

impl Request<kind::Publish> {
    /// Leaves this client out, if it is in the group.
    pub fn no_echo(mut self) -> Self {
        if let Ok(ClientFrame::SendToGroup { no_echo, .. }) = &mut self.frame {
            *no_echo = true;
        }
        self
    }

    /// Drops the message for a client that has not consumed it in this time: whole seconds, 0 to 300, where 0 means never.
    ///
    /// Preview: the official emulator has it, no public document does.
    pub fn message_ttl(mut self, ttl: Duration) -> Self {
        self.frame = self.frame.and_then(|mut frame| {
            if let ClientFrame::SendToGroup { message_ttl, .. } = &mut frame {
                *message_ttl = Some(MessageTtl::try_from(ttl)?);
            }
            Ok(frame)
        });
        self
    }
}

impl<K> IntoFuture for Request<K> {
    type Output = Result<WebPubSubResult, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self {
            client,
            frame,
            ack,
            timeout,
            ..
        } = self;
        Box::pin(async move { client.request(frame?, ack, timeout).await })
    }
}

impl<K> fmt::Debug for Request<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("ack", &self.ack)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
