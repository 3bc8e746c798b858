use std::time::{Duration, Instant};

/// How long the service may wait to hear what has arrived.
const LATEST: Duration = Duration::from_secs(1);

/// How many messages may arrive until it hears of them: it keeps 1,000, and then closes the connection.
const MAX_MESSAGES: u32 = 128;

/// How many bytes may arrive until then: it keeps 16 MiB, which is 16 messages of the largest size.
const MAX_BYTES: usize = 1024 * 1024;

/// What has arrived of the numbered messages of one connection, and what the service knows of that.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    largest: u64,
    unacknowledged: u32,
    unacknowledged_bytes: usize,
    due: Option<Instant>,
}

impl Sequence {
    /// Takes note of a message; false if it arrived before.
    pub(super) fn arrived(&mut self, id: u64, bytes: usize, now: Instant) -> bool {
        let is_new = id > self.largest;
        if is_new {
            self.largest = id;
        }
        self.unacknowledged += 1;
        self.unacknowledged_bytes += bytes;
        if self.unacknowledged >= MAX_MESSAGES || self.unacknowledged_bytes >= MAX_BYTES {
            self.due = Some(now);
        } else {
            self.due.get_or_insert(now + LATEST);
        }
        is_new
    }

    /// When the service is to hear of it.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What the service is to hear, now that it is told.
    pub(super) fn acknowledge(&mut self) -> u64 {
        *self = Self {
            largest: self.largest,
            ..Self::default()
        };
        self.largest
    }
}
