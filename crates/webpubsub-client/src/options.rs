use std::time::Duration;

use tokio::sync::Semaphore;
use webpubsub_protocol::{connection::REMEMBERED_ACK_IDS, frame::Subprotocol};

/// How a client behaves. A time beyond a year counts as a year.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClientOptions {
    /// How frames are written, and whether messages survive a broken socket. Default JSON, reliable.
    pub subprotocol: Subprotocol,
    /// How long one attempt to connect may take, from asking for a URL to the service's greeting. Default 10 s.
    pub connect_timeout: Duration,
    /// How long a call may wait for the service's answer, the time without a connection included. Default 30 s, as in
    /// the Python and Java SDKs.
    pub ack_timeout: Duration,
    /// How often a call is repeated, with the same ack id, when the service says that it failed for a moment
    /// (`InternalServerError`). Events are not: their handler may have run. Default 3, as in the other SDKs.
    pub max_retries: u32,
    /// How many calls may wait for their answers; more wait for their turn. Default 1,000, as many as the service keeps
    /// in mind to tell a repeat from a first.
    pub max_pending: usize,
    /// How many events may wait to be taken. When as many wait, the socket is read no further, so the service holds back;
    /// but while a call waits for its answer, which comes behind the messages, as many more are read. Default 1,024.
    pub event_capacity: usize,
    /// Whether a lost connection is followed by a new one. Default yes.
    pub auto_reconnect: bool,
    /// Whether groups that were joined are joined again on a new connection. Default yes.
    pub auto_rejoin_groups: bool,
    /// How a new connection is tried for.
    pub reconnect: Backoff,
    /// After how long without anything received the service is asked for a sign of life; never, if `None`. Default 10 s;
    /// less than 1 s counts as 1 s.
    pub keep_alive_interval: Option<Duration>,
    /// After how long without anything received the socket is given up; never, if `None`. Default 20 s: less than the 30 s
    /// for which the service keeps a connection, so that there is time left to recover; less than 1 s counts as 1 s.
    pub keep_alive_timeout: Option<Duration>,
    /// How long a closing connection may take to say goodbye. Default 5 s.
    pub close_timeout: Duration,
}

/// Waits between attempts: each twice as long as the one before, shortened at random by up to half, so that many clients do
/// not come back at once.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Backoff {
    /// The wait before the second attempt; before the first it is a part of this, at random. Default 1 s; less than 1 ms
    /// counts as 1 ms.
    pub base_delay: Duration,
    /// The longest wait. Default 30 s.
    pub max_delay: Duration,
    /// How many attempts may fail in a row until the client stops. Default none: it never gives up.
    pub max_attempts: Option<u32>,
}

impl Backoff {
    /// The wait before an attempt, counted from 0; `random` is from 0 to 1.
    pub(crate) fn wait(&self, attempt: u32, random: f64) -> Duration {
        if attempt == 0 {
            return self.base_delay.min(self.max_delay).mul_f64(random);
        }
        let doubled = 2_u32.saturating_pow(attempt - 1);
        let wait = self.base_delay.saturating_mul(doubled);
        wait.min(self.max_delay).mul_f64(1.0 - random / 2.0)
    }
}

/// Beyond a year clocks overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The shortest silence that is worth a ping.
const SHORTEST_SILENCE: Duration = Duration::from_secs(1);

/// The shortest wait between attempts: without one they would take all of a processor.
const SHORTEST_DELAY: Duration = Duration::from_millis(1);

impl ClientOptions {
    /// The options with every value within its range.
    pub(crate) fn within_range(mut self) -> Self {
        let limits = [
            &mut self.connect_timeout,
            &mut self.ack_timeout,
            &mut self.close_timeout,
        ];
        for limit in limits {
            *limit = (*limit).min(LONGEST);
        }
        for delay in [
            &mut self.reconnect.base_delay,
            &mut self.reconnect.max_delay,
        ] {
            *delay = (*delay).clamp(SHORTEST_DELAY, LONGEST);
        }
        let silences = [&mut self.keep_alive_interval, &mut self.keep_alive_timeout];
        for silence in silences.into_iter().flatten() {
            *silence = (*silence).clamp(SHORTEST_SILENCE, LONGEST);
        }
        // More than there can be is as good as no bound.
        for bound in [&mut self.max_pending, &mut self.event_capacity] {
            *bound = (*bound).min(Semaphore::MAX_PERMITS);
        }
        self
    }
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            subprotocol: Subprotocol::default(),
            connect_timeout: Duration::from_secs(10),
            ack_timeout: Duration::from_secs(30),
            max_retries: 3,
            max_pending: REMEMBERED_ACK_IDS,
            event_capacity: 1024,
            auto_reconnect: true,
            auto_rejoin_groups: true,
            reconnect: Backoff::default(),
            keep_alive_interval: Some(Duration::from_secs(10)),
            keep_alive_timeout: Some(Duration::from_secs(20)),
            close_timeout: Duration::from_secs(5),
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(30),
            max_attempts: None,
        }
    }
}
