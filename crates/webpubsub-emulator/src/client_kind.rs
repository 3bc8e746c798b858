use webpubsub_protocol::frame::Subprotocol;

/// How a client wants what is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// Payloads as they are.
    Plain,
    /// Frames of the JSON subprotocol.
    Json,
}

impl ClientKind {
    /// The subprotocol's name, as in `Sec-WebSocket-Protocol`.
    pub(crate) fn subprotocol(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Json => Some(Subprotocol::Json.as_str()),
        }
    }
}
