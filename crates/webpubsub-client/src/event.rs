use std::fmt;

use webpubsub_protocol::{ConnectionId, GroupName, Message, UserId};

use crate::Error;

/// What happened to a client, in the order it happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A connection was made, the first or another.
    Connected(Connected),
    /// A connection is over, and so is what was not yet answered on it.
    Disconnected(Disconnected),
    /// The application's server sent a message to all, to this user or to this connection.
    ServerMessage(ServerMessage),
    /// A message was published to a group this client is in.
    GroupMessage(GroupMessage),
    /// The socket broke; the client tries to take up the same connection, in which nothing is lost.
    Recovering(ConnectionId),
    /// The same connection goes on.
    Recovered(ConnectionId),
    /// On a new connection, a group that was joined before could not be joined again.
    RejoinGroupFailed(RejoinGroupFailed),
    /// The client does nothing more, until it is started again.
    Stopped(Stopped),
}

/// See [`Event::Connected`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connected {
    /// The connection.
    pub connection_id: ConnectionId,
    /// The user the access token names.
    pub user_id: Option<UserId>,
}

/// See [`Event::Disconnected`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Disconnected {
    /// The connection.
    pub connection_id: ConnectionId,
    /// How its socket closed.
    pub closed: Closed,
    /// What the service said before it closed the connection.
    pub message: Option<String>,
}

/// How a socket closed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closed {
    /// The code of the WebSocket protocol; `None` if the connection broke off without one.
    pub code: Option<u16>,
    /// The reason in words: the peer's, or why this side gave up.
    pub reason: String,
}

/// See [`Event::ServerMessage`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerMessage {
    /// The message.
    pub message: Message,
    /// Its number on this connection (reliable subprotocols only).
    pub sequence_id: Option<u64>,
}

/// See [`Event::GroupMessage`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GroupMessage {
    /// The group.
    pub group: GroupName,
    /// The message.
    pub message: Message,
    /// The user who published it, when it came from a client with a user id. The protobuf subprotocols do not tell.
    pub from_user_id: Option<UserId>,
    /// Its number on this connection (reliable subprotocols only).
    pub sequence_id: Option<u64>,
}

/// See [`Event::RejoinGroupFailed`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RejoinGroupFailed {
    /// The group.
    pub group: GroupName,
    /// Why.
    pub error: Error,
}

/// See [`Event::Stopped`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stopped {
    /// Why, if nobody asked for it.
    pub error: Option<Error>,
}

impl Closed {
    /// Closed with this code and reason, or without a code.
    #[must_use]
    pub fn new(code: Option<u16>, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason.escape_debug();
        match self.code {
            Some(code) => write!(f, "code {code}, \"{reason}\""),
            None => write!(f, "no close code, \"{reason}\""),
        }
    }
}
