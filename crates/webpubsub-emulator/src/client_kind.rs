use webpubsub_protocol::frame::{Format, Subprotocol};

/// How a client wants what is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// Payloads as they are.
    Plain,
    /// Frames of a subprotocol.
    Subprotocol(Subprotocol),
}

impl ClientKind {
    /// The subprotocol, if it has one.
    pub(crate) fn subprotocol(self) -> Option<Subprotocol> {
        match self {
            Self::Plain => None,
            Self::Subprotocol(subprotocol) => Some(subprotocol),
        }
    }

    /// How frames are written for it; plain clients know none.
    pub(crate) fn format(self) -> Option<Format> {
        self.subprotocol().map(Subprotocol::format)
    }

    /// Whether messages are numbered, kept until acknowledged, and outlive a socket.
    pub(crate) fn is_reliable(self) -> bool {
        self.subprotocol().is_some_and(Subprotocol::is_reliable)
    }
}
