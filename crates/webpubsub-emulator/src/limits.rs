use std::time::Duration;

use webpubsub_protocol::connection::{
    MAX_UNACKNOWLEDGED_BYTES, MAX_UNACKNOWLEDGED_MESSAGES, RECOVERY_WINDOW,
};

/// How much one connection may hold, and how long the emulator waits: from a millisecond to a year; what is shorter or
/// longer is taken as that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many bytes may wait for one client, with 64 for each frame's own keeping. Default 16 MiB, the service's
    /// number for reliable clients, whose messages wait until they are acknowledged. A client that falls further behind
    /// is closed with code 1008, and cannot recover.
    pub queued_bytes: usize,
    /// How many messages a reliable client may have yet to acknowledge, written or not. Default 1,000, the service's
    /// number. A client that falls further behind is closed with code 1008, and cannot recover.
    pub unacknowledged_messages: usize,
    /// How long a reliable client that has lost its socket may take to come back. Default 30 s, the service's number;
    /// then its connection is no more. It goes by the [clock](crate::Clock).
    pub recovery_window: Duration,
    /// How long writing one frame to a client may take. Default 30 s; then the client is dropped.
    pub write_timeout: Duration,
    /// How often a client is sent a WebSocket ping. Default 20 s. One that leaves three unanswered is dropped; if it is
    /// reliable, it may recover. The service does the same; its interval is not documented. It goes by the
    /// [clock](crate::Clock).
    pub ping_interval: Duration,
    /// How long a closing connection may take to say goodbye. Default 5 s; then it is dropped.
    pub close_timeout: Duration,
    /// How long the emulator waits for a TLS handshake, a request's head, or its body. Default 130 s: longer than HTTP clients keep idle
    /// connections, so that none is closed just as it is used again.
    pub request_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queued_bytes: MAX_UNACKNOWLEDGED_BYTES,
            unacknowledged_messages: MAX_UNACKNOWLEDGED_MESSAGES,
            recovery_window: RECOVERY_WINDOW,
            write_timeout: Duration::from_secs(30),
            ping_interval: Duration::from_secs(20),
            close_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(130),
        }
    }
}

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Limits {
    /// The limits with every duration within its range, beyond which clocks overflow.
    pub(crate) fn within_range(mut self) -> Self {
        let durations = [
            &mut self.recovery_window,
            &mut self.write_timeout,
            &mut self.ping_interval,
            &mut self.close_timeout,
            &mut self.request_timeout,
        ];
        for duration in durations {
            *duration = (*duration).clamp(SHORTEST, LONGEST);
        }
        self
    }
}
