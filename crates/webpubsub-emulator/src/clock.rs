use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    sync::watch,
    time::{self, Instant},
};

/// A time ahead further than this is taken as this: beyond it clocks overflow.
const FARTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A clock that stands still until it is told to [`advance`](Self::advance), for an emulator to go
/// [by](crate::Builder::clock) in tests that cannot wait for half a minute or a week.
///
/// It starts at the system's time. By it go the recovery window, the expiry of messages, the times in tokens, and pings.
/// How long a write, a goodbye, a handshake or a request may take goes by real time, as that depends on the machine.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), webpubsub_emulator::Error> {
/// use std::time::Duration;
/// use webpubsub_emulator::{Clock, Emulator};
///
/// let clock = Clock::manual();
/// let emulator = Emulator::builder().clock(clock.clone()).start().await?;
/// clock.advance(Duration::from_secs(30));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Clock(Option<Arc<Manual>>);

#[derive(Debug)]
struct Manual {
    start: Instant,
    system_start: SystemTime,
    elapsed: watch::Sender<Duration>,
}

impl Clock {
    /// A clock that stands still. Clones are the same clock.
    #[must_use]
    pub fn manual() -> Self {
        Self(Some(Arc::new(Manual {
            start: Instant::now(),
            system_start: SystemTime::now(),
            elapsed: watch::Sender::new(Duration::ZERO),
        })))
    }

    /// Moves the time on, and wakes whatever waited for it.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.0 {
            let advance =
                |elapsed: &mut Duration| *elapsed = elapsed.saturating_add(by).min(FARTHEST);
            manual.elapsed.send_modify(advance);
        }
    }

    /// The clock that nobody has to advance.
    pub(crate) fn real() -> Self {
        Self(None)
    }

    pub(crate) fn now(&self) -> Instant {
        match &self.0 {
            None => Instant::now(),
            Some(manual) => manual.start + *manual.elapsed.borrow(),
        }
    }

    pub(crate) fn system_now(&self) -> SystemTime {
        match &self.0 {
            None => SystemTime::now(),
            Some(manual) => manual.system_start + *manual.elapsed.borrow(),
        }
    }

    /// The time so much later than now.
    pub(crate) fn after(&self, duration: Duration) -> Instant {
        self.now() + duration.min(FARTHEST)
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.after(duration)).await;
    }

    pub(crate) async fn sleep_until(&self, deadline: Instant) {
        match &self.0 {
            None => time::sleep_until(deadline).await,
            Some(manual) => {
                let is_over = |elapsed: &Duration| manual.start + *elapsed >= deadline;
                // It fails when the clock is gone, which this holds.
                let _ = manual.elapsed.subscribe().wait_for(is_over).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin, task::Poll};

    use super::*;

    #[tokio::test]
    async fn who_sleeps_wakes_when_the_time_has_come_and_not_before() {
        let clock = Clock::manual();
        let before = clock.system_now();
        let mut sleep = pin!(clock.sleep(Duration::from_secs(3)));
        for (by, is_over) in [(0, false), (2, false), (1, true)] {
            clock.advance(Duration::from_secs(by));
            let now = poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context))).await;
            assert_eq!(now.is_ready(), is_over);
        }
        let passed = clock.system_now().duration_since(before).unwrap();
        assert_eq!(passed, Duration::from_secs(3));
    }

    #[tokio::test]
    async fn no_advance_is_too_far() {
        let clock = Clock::manual();
        for _ in 0..2 {
            clock.advance(Duration::MAX);
            let _ = (clock.system_now(), clock.after(Duration::MAX));
        }
    }
}
