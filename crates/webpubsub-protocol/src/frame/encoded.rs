use std::fmt;

use bytes::Bytes;

use super::{json, protobuf};

/// A frame as it is written.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "WebSocket has these two")]
pub enum Encoded {
    /// The content of a text message: the JSON subprotocols.
    Text(String),
    /// The content of a binary message: the protobuf subprotocols.
    Binary(Bytes),
}

impl Encoded {
    /// The same message with the number it has on one connection; only for messages written without one.
    ///
    /// What all receivers share is copied, not written again.
    #[must_use]
    pub fn with_sequence_id(&self, sequence_id: u64) -> Self {
        self.as_data().with_sequence_id(sequence_id)
    }

    /// The content, as a receiver would have it.
    #[must_use]
    pub fn as_data(&self) -> Data<'_> {
        match self {
            Self::Text(text) => Data::Text(text),
            Self::Binary(bytes) => Data::Binary(bytes),
        }
    }

    /// The content, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(_) => None,
        }
    }
}

// Payloads and tokens are inside: only the size is printed.
impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_data().fmt(f)
    }
}

/// The content of one WebSocket message.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_enums, reason = "WebSocket has these two")]
pub enum Data<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message; payloads in it are shared, not copied.
    Binary(&'a Bytes),
}

impl Data<'_> {
    /// How many bytes it has.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "no frame is empty")]
    pub fn len(self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// The same as [`Encoded::with_sequence_id`], for one who holds what was written in a form of their own.
    #[must_use]
    pub fn with_sequence_id(self, sequence_id: u64) -> Encoded {
        match self {
            Self::Text(text) => Encoded::Text(json::with_sequence_id(text, sequence_id)),
            Self::Binary(bytes) => Encoded::Binary(protobuf::with_sequence_id(bytes, sequence_id)),
        }
    }
}

impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
        }
    }
}
