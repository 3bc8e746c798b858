//! The frames of the WebSocket subprotocols as typed values; a [`Format`] writes and reads them.
//!
//! A frame says what is meant. How it is written is a matter of its [`Format`], and the number by which a reliable
//! subprotocol counts messages is put around it by [`Encoded::with_sequence_id`], so that what is sent to many is written
//! once.
//!
//! ```
//! use webpubsub_protocol::{GroupName, Message, frame::{ClientFrame, Format, Received, ServiceFrame, Subprotocol}};
//!
//! let frame = ClientFrame::JoinGroup { group: GroupName::new("room")?, ack_id: Some(1) };
//! let written = Format::Json.encode_client(&frame);
//! assert_eq!(written.as_text(), Some(r#"{"type":"joinGroup","group":"room","ackId":1}"#));
//!
//! let format = Subprotocol::ProtobufReliable.format();
//! let hello = ServiceFrame::ServerMessage { message: Message::text("hello") };
//! let written = format.encode_service(&hello).with_sequence_id(7);
//! assert_eq!(format.decode_service(written.as_data())?, Received { frame: Some(hello), sequence_id: Some(7) });
//! # Ok::<(), webpubsub_protocol::Error>(())
//! ```

mod ack;
mod encoded;
mod json;
mod protobuf;
mod read;
mod subprotocol;

use crate::{ConnectionId, EventName, GroupName, Message, Token, UserId, operation::MessageTtl};

pub use ack::{AckError, AckErrorName};
pub use encoded::{Data, Encoded};
pub use subprotocol::{Format, Subprotocol};

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
        /// When the message expires (preview: the official emulator has it, no public document does).
        message_ttl: Option<MessageTtl>,
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
    /// All messages up to this one have arrived (reliable subprotocols only).
    SequenceAck {
        /// The largest sequence id received.
        sequence_id: u64,
    },
}

impl ClientFrame {
    /// The id the service is to acknowledge it by, if it carries one.
    #[must_use]
    pub fn ack_id(&self) -> Option<u64> {
        match self {
            Self::JoinGroup { ack_id, .. }
            | Self::LeaveGroup { ack_id, .. }
            | Self::SendToGroup { ack_id, .. }
            | Self::Event { ack_id, .. } => *ack_id,
            Self::Ping | Self::SequenceAck { .. } => None,
        }
    }

    /// The same with this ack id; frames that are never acknowledged stay as they are.
    #[must_use]
    pub fn with_ack_id(mut self, id: Option<u64>) -> Self {
        match &mut self {
            Self::JoinGroup { ack_id, .. }
            | Self::LeaveGroup { ack_id, .. }
            | Self::SendToGroup { ack_id, .. }
            | Self::Event { ack_id, .. } => *ack_id = id,
            Self::Ping | Self::SequenceAck { .. } => {}
        }
        self
    }
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
        /// What the connection can be taken up again with after its socket broke (reliable subprotocols only).
        reconnection_token: Option<Token>,
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
        /// The user who published it, when it came from a client with a user id. The protobuf subprotocols do not tell.
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

/// What came in from the service.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the two parts every frame has")]
pub struct Received {
    /// The frame; `None` is one that a client skips: of a kind, or with data of a type, that this crate does not know, or
    /// a message without data, as at the end of a stream.
    pub frame: Option<ServiceFrame>,
    /// Its number on this connection, if it has one; also what is skipped is to be acknowledged.
    pub sequence_id: Option<u64>,
}
