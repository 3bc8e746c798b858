//! What `load_resets` and the service it sends to report.

use serde::{Deserialize, Serialize};

use crate::memory::Memory;

/// The figures of `load_resets`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Resets {
    /// Seconds from the first send to the end of the last.
    pub wall: f64,
    /// Sends that reported success.
    pub succeeded: u64,
    /// Sends whose error said that the service may have processed them.
    pub uncertain: u64,
    /// Of those, how many it did process.
    pub uncertain_but_processed: u64,
    /// Sends whose error said that the service did not process them.
    pub failed: u64,
    /// The connections that were reset, by when.
    pub resets: Moments,
    /// Sends done in a second, for each window of five; empty in a run that is shorter.
    pub rates: Vec<f64>,
    /// Of the process that sends.
    pub sender: Memory,
    /// Of the service.
    pub service: Memory,
}

/// How many connections were reset at each of these moments.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Moments {
    /// After an answer (or at once), before another request came.
    pub idle: u64,
    /// When a request had come, before it was read.
    pub unread: u64,
    /// When it was read and processed, before anything of the answer.
    pub unanswered: u64,
    /// Within the answer.
    pub answering: u64,
}

impl Moments {
    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.idle + self.unread + self.unanswered + self.answering
    }
}

/// What the service prints when it ends.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How often each number was processed; those beyond the last never were.
    pub processed: Vec<u8>,
    /// The connections it reset.
    pub resets: Moments,
    /// Requests that were none of those it knows.
    pub malformed: u64,
}

impl Tally {
    /// How often this number was processed.
    #[must_use]
    pub fn processed(&self, number: usize) -> u8 {
        self.processed.get(number).copied().unwrap_or_default()
    }
}
