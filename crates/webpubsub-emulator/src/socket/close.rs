use std::borrow::Cow;

use bytes::Bytes;
use webpubsub_protocol::{
    connection::{CLOSE_NORMAL, CLOSE_POLICY, ends_with},
    frame::Format,
};

use super::frame;

/// How long the reason in a close frame may be (RFC 6455, section 5.5).
const MAX_REASON_BYTES: usize = 123;

/// Why a connection ends, as its client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Close {
    code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    pub(crate) const NORMAL: Self = Self::new(CLOSE_NORMAL, "");
    pub(crate) const GOING_AWAY: Self = Self::new(1001, "The service is stopping.");
    pub(crate) const INVALID_FRAME: Self = Self::new(1002, "The client frame is invalid.");
    pub(crate) const NOT_UTF8: Self = Self::new(1007, "The client message is not valid UTF-8.");
    pub(crate) const FORBIDDEN: Self = Self::new(
        CLOSE_POLICY,
        "The client does not have permission to send to the group.",
    );
    pub(crate) const SLOW: Self = Self::new(CLOSE_POLICY, "The client reads too slowly.");
    pub(crate) const UNACKNOWLEDGED: Self =
        Self::new(CLOSE_POLICY, "The client acknowledges messages too slowly.");
    pub(crate) const NOT_RECOVERED: Self =
        Self::new(CLOSE_POLICY, "The connection could not be recovered.");
    pub(crate) const SILENT: Self = Self::new(CLOSE_POLICY, "The client did not answer pings.");
    pub(crate) const TOO_LARGE: Self = Self::new(1009, "The client message is too large.");
    pub(crate) const NO_EVENT_HANDLER: Self =
        Self::new(1011, "No event handler takes the client's event.");

    /// With a code and reason of a test's choice; what does not fit a close frame (123 bytes) is cut off.
    pub(crate) fn of(code: u16, reason: &str) -> Self {
        let ends = reason.char_indices().map(|(at, char)| at + char.len_utf8());
        let end = ends.take_while(|end| *end <= MAX_REASON_BYTES).last();
        Self {
            code,
            reason: Cow::Owned(reason[..end.unwrap_or_default()].to_owned()),
        }
    }

    /// The frame that says so.
    pub(super) fn to_frame(&self) -> Bytes {
        frame::close(self.code, &self.reason)
    }

    /// Whether a client that is told this has nothing to come back to.
    pub(crate) fn is_final(&self) -> bool {
        ends_with(self.code)
    }

    const fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }

    /// The client sent text where bytes belong, or the other way round.
    pub(crate) fn wrong_type(format: Format) -> Self {
        Self::new(
            1003,
            match format {
                Format::Json => "The JSON subprotocol requires text messages.",
                _ => "The protobuf subprotocol requires binary messages.",
            },
        )
    }

    /// The client sent what is no frame of the subprotocol.
    pub(crate) fn invalid_message(format: Format) -> Self {
        Self::new(
            1007,
            match format {
                Format::Json => "The client message is not a valid JSON protocol message.",
                _ => "The client message is not a valid protobuf protocol message.",
            },
        )
    }
}
