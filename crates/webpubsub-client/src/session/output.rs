use tokio::sync::oneshot;
use webpubsub_protocol::{ConnectionId, Token, frame::ClientFrame};

use super::Reply;
use crate::{ConnectionState, Error, Event};

/// What a session wants done.
#[derive(Debug)]
pub(crate) enum Output {
    /// Make a connection, and say how that went.
    Connect(Goal),
    /// Write a frame.
    Write(ClientFrame),
    /// Write a frame that is not acknowledged, and tell who waits when it is written.
    WriteOnly(ClientFrame, Reply),
    /// Say goodbye, and tell when the socket has closed.
    Close,
    /// Drop the socket, or the attempt to make one.
    Drop,
    /// Tell who waits for the start that it is done.
    Started(oneshot::Sender<Result<(), Error>>),
    /// Give an event to the user.
    Deliver(Event),
    /// The state is another.
    State(ConnectionState),
}

/// Which connection to make.
#[derive(Debug, Clone)]
pub(crate) enum Goal {
    /// A new one.
    New,
    /// The one that was there, again.
    Recover {
        connection_id: ConnectionId,
        token: Token,
    },
}
