//! Whether a process keeps growing.

use serde::{Deserialize, Serialize};

/// Fewer samples do not tell a process that grows from one that has only begun.
const ENOUGH_SAMPLES: usize = 20;

/// How much a process may hold more in the last quarter of a run than in the first half, besides a twentieth: allocators do
/// not hold the same twice.
const TOLERANCE: u64 = 8 << 20;

/// Resident memory in bytes over a run, sampled each second.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Before there was anything to do.
    pub start: u64,
    /// The most in the first half of the run.
    pub settled: u64,
    /// The most in the last quarter of it.
    pub late: u64,
    /// The most at all.
    pub peak: u64,
    /// When all was over.
    pub end: u64,
    /// How often it was looked at.
    pub samples: usize,
}

impl Memory {
    /// Of these samples, in their order, between what was held before and after.
    #[must_use]
    pub fn of(start: u64, samples: &[u64], end: u64) -> Self {
        let most = |samples: &[u64]| samples.iter().copied().max().unwrap_or(start);
        let count = samples.len();
        Self {
            start,
            settled: most(&samples[..count.div_ceil(2)]),
            late: most(&samples[count - count.div_ceil(4)..]),
            peak: most(samples).max(end),
            end,
            samples: count,
        }
    }

    /// A sentence if the process held more in the last quarter than it should after the first half: whatever one connection
    /// or one message leaves behind has been left thousands of times by then. Nothing in a run too short to tell.
    #[must_use]
    pub fn growth(&self, who: &str) -> Option<String> {
        let bound = self.settled + self.settled / 20 + TOLERANCE;
        let grows = self.samples >= ENOUGH_SAMPLES && self.late > bound;
        grows.then(|| {
            format!(
                "{who} keeps growing: {} bytes in the first half, {} in the last quarter, where {bound} are allowed",
                self.settled, self.late
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that holds 100 MiB once it has settled, and so many more each second.
    fn memory(more: u64) -> Memory {
        let samples: Vec<_> = (0..60).map(|second| (100 << 20) + more * second).collect();
        Memory::of(1 << 20, &samples, 100 << 20)
    }

    #[test]
    fn a_process_that_keeps_growing_is_seen() {
        assert_eq!(memory(0).growth("it"), None);
        assert_eq!(memory(200 << 10).growth("it"), None);
        assert!(memory(1 << 20).growth("it").is_some());
    }

    #[test]
    fn a_run_too_short_to_tell_is_not_judged() {
        assert_eq!(
            Memory::of(0, &[1 << 20, 1 << 30], 1 << 30).growth("it"),
            None
        );
    }

    #[test]
    fn first_half_and_last_quarter_are_told_apart() {
        let memory = Memory::of(1, &[2, 9, 3, 8, 7, 6, 5, 4], 3);
        assert_eq!((memory.settled, memory.late, memory.peak), (9, 5, 9));
    }
}
