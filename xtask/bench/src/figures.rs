//! What a load reports.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Usage;

/// What so many operations took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Figures {
    /// How many there were.
    pub operations: u64,
    /// Seconds from the first to the last.
    pub wall: f64,
    /// What the process used in that time; its memory is what it held at the end.
    pub used: Usage,
    /// Seconds within which half of the operations were done, where each was timed.
    pub p50: Option<f64>,
    /// Seconds within which 99 of 100 were.
    pub p99: Option<f64>,
}

impl Figures {
    /// Of operations that took so long each; an empty list is one of operations that were not timed.
    #[must_use]
    pub fn new(
        operations: u64,
        wall: Duration,
        before: Usage,
        after: Usage,
        mut times: Vec<Duration>,
    ) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent / 100).min(times.len().checked_sub(1)?);
            Some(times[index].as_secs_f64())
        };
        let mut used = after - before;
        used.memory = after.memory;
        Self {
            operations,
            wall: wall.as_secs_f64(),
            used,
            p50: at(50),
            p99: at(99),
        }
    }

    /// Seconds of CPU for one operation.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "as many operations are not done"
    )]
    pub fn cpu_each(&self) -> f64 {
        self.used.cpu() / self.operations as f64
    }

    /// Operations in a second.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "as many operations are not done"
    )]
    pub fn rate(&self) -> f64 {
        self.operations as f64 / self.wall
    }

    /// Memory.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no process holds as much")]
    pub fn mebibytes(&self) -> f64 {
        self.used.memory as f64 / f64::from(1 << 20)
    }

    /// Memory for one operation.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no process holds as much")]
    pub fn kibibytes_each(&self) -> f64 {
        self.mebibytes() * 1024.0 / self.operations as f64
    }

    /// Prints them, as the one line a load prints.
    ///
    /// # Panics
    ///
    /// When nobody takes the line.
    #[expect(clippy::print_stdout, reason = "this is how a load reports")]
    pub fn report(&self) {
        let line = serde_json::to_string(self).expect("numbers are JSON");
        println!("{line}");
    }
}
