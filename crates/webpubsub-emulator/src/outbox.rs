use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

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
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// Nothing more is taken in; this is what the client is told when all is written.
    close: Option<Close>,
    overflowed: bool,
}

/// What the connection's task has to do next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// Write these.
    Frames(VecDeque<Frame>),
    /// All is written: close.
    Close(Close),
}

impl Outbox {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            state: Mutex::default(),
            changed: Notify::new(),
            max_bytes: limits.queued_bytes,
        }
    }

    /// Queues a frame, or ends the connection when the client is too far behind.
    pub(crate) fn push(&self, frame: Frame) {
        let mut state = self.lock();
        if state.close.is_some() {
            return;
        }
        state.bytes += frame.len() + FRAME_KEEPING_BYTES;
        state.frames.push_back(frame);
        if state.bytes > self.max_bytes {
            *state = State {
                close: Some(Close::SLOW),
                overflowed: true,
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
            state.frames.extend(last);
            state.close = Some(close);
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

    /// Ends when the client has fallen too far behind. Nothing is lost when the wait is dropped.
    pub(crate) async fn overflowed(&self) {
        while !self.lock().overflowed {
            self.changed.notified().await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        if state.frames.is_empty() {
            return state.close.clone().map(Outgoing::Close);
        }
        state.bytes = 0;
        Some(Outgoing::Frames(mem::take(&mut state.frames)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
