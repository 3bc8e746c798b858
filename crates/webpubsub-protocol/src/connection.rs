//! What both ends of a client's connection hold to, beside its frames. The numbers are the service's, as its
//! specification and the official emulator have them.

use std::time::Duration;

use crate::MAX_MESSAGE_BYTES;

/// The query parameter with the token a client connects with.
pub const ACCESS_TOKEN: &str = "access_token";

/// The query parameter with the id of the connection a client comes back to.
pub const CONNECTION_ID: &str = "awps_connection_id";

/// The query parameter with the token a client comes back with.
pub const RECONNECTION_TOKEN: &str = "awps_reconnection_token";

/// How long the service keeps a reliable connection whose socket broke.
pub const RECOVERY_WINDOW: Duration = Duration::from_secs(30);

/// How many messages a reliable client may have yet to acknowledge.
pub const MAX_UNACKNOWLEDGED_MESSAGES: usize = 1000;

/// How many bytes a reliable client may have yet to acknowledge: 16 MiB.
pub const MAX_UNACKNOWLEDGED_BYTES: usize = 16 * 1024 * 1024;

/// How many ack ids of a connection the service keeps in mind, to tell a repeat from a first.
pub const REMEMBERED_ACK_IDS: usize = 1000;

/// No frame of the service is larger, in bytes: a text of [`MAX_MESSAGE_BYTES`] can have every character escaped in JSON.
pub const MAX_FRAME_BYTES: usize = 8 * MAX_MESSAGE_BYTES;

/// The close code of an ordinary end.
pub const CLOSE_NORMAL: u16 = 1000;

/// The close code by which the service says that a client broke a policy, or that its connection cannot be recovered.
pub const CLOSE_POLICY: u16 = 1008;

/// Whether a connection closed with this code is over: with any other, a reliable client can come back to it.
#[must_use]
pub fn ends_with(close_code: u16) -> bool {
    matches!(close_code, CLOSE_NORMAL | CLOSE_POLICY)
}
