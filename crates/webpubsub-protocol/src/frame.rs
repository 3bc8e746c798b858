//! The frames of the WebSocket subprotocols as typed values; [`json`] writes and reads them.

pub mod json;

use crate::{ConnectionId, EventName, GroupName, Message, UserId};

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientFrame {
    /// Join a group.
    JoinGroup {
        /// The group.
        group: GroupName,
        /// Asks for an ack.
        ack_id: Option<u64>,
    },
    /// Leave a group.
    LeaveGroup {
        /// The group.
        group: GroupName,
        /// Asks for an ack.
        ack_id: Option<u64>,
    },
    /// Publish to a group.
    SendToGroup {
        /// The group.
        group: GroupName,
        /// The message.
        message: Message,
        /// Whether the sender, when it is in the group, is left out.
        no_echo: bool,
        /// Asks for an ack.
        ack_id: Option<u64>,
    },
    /// An event for the application's server.
    Event {
        /// The event's name.
        event: EventName,
        /// The message.
        message: Message,
        /// Asks for an ack.
        ack_id: Option<u64>,
    },
    /// Asks for a [`ServiceFrame::Pong`].
    Ping,
}

/// What the service sends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceFrame {
    /// The first frame of a connection.
    Connected {
        /// The connection.
        connection_id: ConnectionId,
        /// The user the access token names.
        user_id: Option<UserId>,
    },
    /// The service is about to close the connection.
    Disconnected {
        /// Why.
        message: String,
    },
    /// The outcome of a client frame that carried an ack id.
    Ack {
        /// The client frame's ack id.
        ack_id: u64,
        /// Nothing, or why it failed.
        result: Result<(), AckError>,
    },
    /// A message published to a group.
    GroupMessage {
        /// The group.
        group: GroupName,
        /// The message.
        message: Message,
        /// The user who published it, when it came from a client with a user id.
        from_user_id: Option<UserId>,
    },
    /// A message the application's server sent to all, a user or a connection.
    ServerMessage {
        /// The message.
        message: Message,
    },
    /// The answer to [`ClientFrame::Ping`].
    Pong,
}

/// Why a client frame was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AckError {
    /// The kind of failure.
    pub name: AckErrorName,
    /// The service's text.
    pub message: String,
}

impl AckError {
    /// A failure and its text.
    #[must_use]
    pub fn new(name: AckErrorName, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
        }
    }
}

/// The kinds of failure an ack can carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AckErrorName {
    /// The client lacks the role.
    Forbidden,
    /// The ack id was processed before on this connection: the first frame took effect, this one did not.
    Duplicate,
    /// The frame breaks a rule.
    BadRequest,
    /// The service failed; the same frame with the same ack id may succeed later.
    InternalServerError,
    /// Any other name, as it stands in the frame.
    Other(String),
}

impl AckErrorName {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Forbidden => "Forbidden",
            Self::Duplicate => "Duplicate",
            Self::BadRequest => "BadRequest",
            Self::InternalServerError => "InternalServerError",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for AckErrorName {
    fn from(name: &str) -> Self {
        [
            Self::Forbidden,
            Self::Duplicate,
            Self::BadRequest,
            Self::InternalServerError,
        ]
        .into_iter()
        .find(|known| known.as_str() == name)
        .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}
