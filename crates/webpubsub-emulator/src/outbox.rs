use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};
use tracing::debug;

use crate::{
    limits::Limits,
    socket::{Close, Frame},
};

/// What a frame costs beside its bytes, which other clients may share. Without it small frames would be free.
const FRAME_KEEPING_BYTES: usize = 64;

/// The frames that wait for one client, bounded in bytes. Whoever sends never waits; a client too slow for the bound
/// loses its connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Notify,
    max_bytes: usize,
    close_timeout: Duration,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Waiting>,
    bytes: usize,
    /// Nothing more is taken in; this is what the client is told when all is written.
    close: Option<Close>,
    /// When writing is given up, once the connection is to be closed.
    deadline: Option<Instant>,
}

impl State {
    fn drop_expired(&mut self) {
        let now = Instant::now();
        self.frames.retain(|waiting| !waiting.is_expired(now));
        self.bytes = self
            .frames
            .iter()
            .map(|waiting| weight(&waiting.frame))
            .sum();
    }
}

#[derive(Debug)]
struct Waiting {
    frame: Frame,
    /// From when on the client does not get it any more.
    expires: Option<Instant>,
}

impl Waiting {
    fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// What the connection's task has to do next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// Write this.
    Frame(Frame),
    /// All is written: close.
    Close(Close),
}

impl Outbox {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            state: Mutex::default(),
            changed: Notify::new(),
            max_bytes: limits.queued_bytes,
            close_timeout: limits.close_timeout,
        }
    }

    /// Queues a frame, or ends the connection when the client is too far behind. A frame whose turn has not come when it
    /// expires is dropped.
    pub(crate) fn push(&self, frame: Frame, expires: Option<Instant>) {
        let mut state = self.lock();
        if state.close.is_some() {
            return;
        }
        state.bytes += weight(&frame);
        state.frames.push_back(Waiting { frame, expires });
        if state.bytes > self.max_bytes {
            state.drop_expired();
        }
        if state.bytes > self.max_bytes {
            *state = State {
                close: Some(Close::SLOW),
                deadline: Some(Instant::now()),
                ..State::default()
            };
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Closes the connection once what is queued, and this last frame, is written. The first close counts.
    pub(crate) fn close(&self, last: Option<Frame>, close: Close) {
        let mut state = self.lock();
        if state.close.is_none() {
            state.bytes += last.as_ref().map_or(0, weight);
            state.frames.extend(last.map(|frame| Waiting {
                frame,
                expires: None,
            }));
            state.close = Some(close);
            state.deadline = Some(Instant::now() + self.close_timeout);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Waits for something to do. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                return outgoing;
            }
            self.changed.notified().await;
        }
    }

    /// Ends when what is being written is to be given up: at once when the client has fallen too far behind, a while
    /// later when it is to be closed. Nothing is lost when the wait is dropped.
    pub(crate) async fn given_up(&self) {
        loop {
            let deadline = self.lock().deadline;
            if let Some(deadline) = deadline {
                return sleep_until(deadline).await;
            }
            self.changed.notified().await;
        }
    }

    /// What there is to do now, if anything.
    pub(crate) fn take(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        while let Some(waiting) = state.frames.pop_front() {
            state.bytes -= weight(&waiting.frame);
            if !waiting.is_expired(Instant::now()) {
                return Some(Outgoing::Frame(waiting.frame));
            }
            debug!("a message expired before the client took it");
        }
        state.close.clone().map(Outgoing::Close)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn weight(frame: &Frame) -> usize {
    frame.len() + FRAME_KEEPING_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox(queued_bytes: usize) -> Outbox {
        Outbox::new(&Limits {
            queued_bytes,
            ..Limits::default()
        })
    }

    fn push(outbox: &Outbox, frames: usize) {
        for _ in 0..frames {
            outbox.push(Frame::text("x".repeat(36)), None);
        }
    }

    #[test]
    fn only_what_waits_counts() {
        let outbox = outbox(300);
        push(&outbox, 3);
        for _ in 0..100 {
            assert!(matches!(outbox.take(), Some(Outgoing::Frame(_))));
            push(&outbox, 1);
        }
        push(&outbox, 1);
        assert!(matches!(outbox.take(), Some(Outgoing::Close(close)) if close == Close::SLOW));
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_expired_is_passed_over() {
        let outbox = outbox(1000);
        let soon = Instant::now() + Duration::from_secs(1);
        for (text, expires) in [("one", Some(soon)), ("two", Some(soon)), ("three", None)] {
            outbox.push(Frame::text(text.to_owned()), expires);
        }
        let taken = |expected: &str| matches!(outbox.take(), Some(Outgoing::Frame(frame)) if frame.len() == expected.len());
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(taken("one"));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(taken("three"));
        assert!(outbox.take().is_none());
        assert_eq!(outbox.lock().bytes, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_expired_makes_room_for_what_has_not() {
        let outbox = outbox(300);
        let soon = Instant::now() + Duration::from_secs(1);
        for _ in 0..3 {
            outbox.push(Frame::text("x".repeat(36)), Some(soon));
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        push(&outbox, 3);
        for _ in 0..3 {
            assert!(matches!(outbox.take(), Some(Outgoing::Frame(_))));
        }
        assert!(outbox.take().is_none());
    }

    #[test]
    fn the_first_close_counts() {
        let outbox = outbox(300);
        push(&outbox, 1);
        outbox.close(Some(Frame::text("last".to_owned())), Close::NORMAL);
        outbox.close(None, Close::GOING_AWAY);
        push(&outbox, 9);
        assert!(matches!(outbox.take(), Some(Outgoing::Frame(_))));
        assert!(matches!(outbox.take(), Some(Outgoing::Frame(_))));
        assert!(matches!(outbox.take(), Some(Outgoing::Close(close)) if close == Close::NORMAL));
    }
}
