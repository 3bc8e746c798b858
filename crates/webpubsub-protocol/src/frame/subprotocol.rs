use std::fmt;

use super::{ClientFrame, Data, Encoded, Received, ServiceFrame, json, protobuf};
use crate::Error;

/// A subprotocol of the service, as it is agreed on in the `Sec-WebSocket-Protocol` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Subprotocol {
    /// JSON frames: `json.webpubsub.azure.v1`.
    Json,
    /// JSON frames that survive a broken socket: `json.reliable.webpubsub.azure.v1`.
    #[default]
    JsonReliable,
    /// Protobuf frames: `protobuf.webpubsub.azure.v1`.
    Protobuf,
    /// Protobuf frames that survive a broken socket: `protobuf.reliable.webpubsub.azure.v1`.
    ProtobufReliable,
}

impl Subprotocol {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Json,
        Self::JsonReliable,
        Self::Protobuf,
        Self::ProtobufReliable,
    ];

    /// The name in `Sec-WebSocket-Protocol`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json.webpubsub.azure.v1",
            Self::JsonReliable => "json.reliable.webpubsub.azure.v1",
            Self::Protobuf => "protobuf.webpubsub.azure.v1",
            Self::ProtobufReliable => "protobuf.reliable.webpubsub.azure.v1",
        }
    }

    /// The subprotocol of this name, if it is one of the service's.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// Whether messages are numbered and acknowledged, and a connection can be taken up again after its socket broke.
    #[must_use]
    pub fn is_reliable(self) -> bool {
        matches!(self, Self::JsonReliable | Self::ProtobufReliable)
    }

    /// How its frames are written.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::Json | Self::JsonReliable => Format::Json,
            Self::Protobuf | Self::ProtobufReliable => Format::Protobuf,
        }
    }
}

impl fmt::Display for Subprotocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One frame is one JSON object in a text message. Unknown fields are ignored; `type` and `dataType` of a client are
    /// read without regard to case.
    Json,
    /// One frame is one `UpstreamMessage` or `DownstreamMessage` (package `azure.webpubsub`) in a binary message. Unknown
    /// fields are ignored.
    Protobuf,
}

impl Format {
    /// Writes a client's frame.
    #[must_use]
    pub fn encode_client(self, frame: &ClientFrame) -> Encoded {
        match self {
            Self::Json => Encoded::Text(json::encode_client(frame)),
            Self::Protobuf => Encoded::Binary(protobuf::encode_client(frame)),
        }
    }

    /// Writes the service's frame.
    #[must_use]
    pub fn encode_service(self, frame: &ServiceFrame) -> Encoded {
        match self {
            Self::Json => Encoded::Text(json::encode_service(frame)),
            Self::Protobuf => Encoded::Binary(protobuf::encode_service(frame)),
        }
    }

    /// Reads a client's frame. What it carries is checked.
    pub fn decode_client(self, data: Data<'_>) -> Result<ClientFrame, Error> {
        match (self, data) {
            (Self::Json, Data::Text(text)) => json::decode_client(text),
            (Self::Protobuf, Data::Binary(bytes)) => protobuf::decode_client(bytes),
            _ => Err(self.wrong_type()),
        }
    }

    /// Reads the service's frame. What it carries is taken as it is.
    pub fn decode_service(self, data: Data<'_>) -> Result<Received, Error> {
        match (self, data) {
            (Self::Json, Data::Text(text)) => json::decode_service(text),
            (Self::Protobuf, Data::Binary(bytes)) => protobuf::decode_service(bytes),
            _ => Err(self.wrong_type()),
        }
    }

    /// Whether its frames travel in messages of this type.
    #[must_use]
    pub fn takes(self, data: Data<'_>) -> bool {
        matches!(
            (self, data),
            (Self::Json, Data::Text(_)) | (Self::Protobuf, Data::Binary(_))
        )
    }

    fn wrong_type(self) -> Error {
        Error::frame(match self {
            Self::Json => "must be a text message",
            Self::Protobuf => "must be a binary message",
        })
    }
}
