//! What a process has used.

use std::{fs, ops::Sub, time::Duration};

use nix::{
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    },
    unistd::{SysconfVar, sysconf},
};
use serde::{Deserialize, Serialize};

/// What a process has used so far; the difference of two is what it used between them.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Seconds of CPU in the process itself.
    pub user: f64,
    /// Seconds of CPU in the kernel, on its behalf.
    pub system: f64,
    /// Bytes of memory it holds (resident).
    pub memory: u64,
}

impl Usage {
    /// Of this process, all its threads together.
    ///
    /// # Panics
    ///
    /// On a system that does not tell.
    #[must_use]
    pub fn now() -> Self {
        let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system tells what is used");
        Self {
            user: seconds(usage.user_time()),
            system: seconds(usage.system_time()),
            memory: resident(),
        }
    }

    /// Seconds of CPU.
    #[must_use]
    pub fn cpu(&self) -> f64 {
        self.user + self.system
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            user: self.user - earlier.user,
            system: self.system - earlier.system,
            memory: self.memory.saturating_sub(earlier.memory),
        }
    }
}

fn seconds(time: TimeVal) -> f64 {
    let micros = u64::try_from(time.tv_usec()).unwrap_or_default();
    let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
    (Duration::from_secs(seconds) + Duration::from_micros(micros)).as_secs_f64()
}

fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    let page = page.and_then(|bytes| u64::try_from(bytes).ok());
    pages.unwrap_or(0) * page.unwrap_or(4096)
}
