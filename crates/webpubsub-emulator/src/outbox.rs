mod backlog;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use self::backlog::{Backlog, Number, Waiting};
use crate::{
    clock::Clock,
    faults::Faults,
    limits::Limits,
    socket::{Close, Frame, Pen},
};

/// The frames for one client; those that wait are bounded. Whoever sends never waits: what the socket takes at once is
/// written there and then, the rest by the connection's task; a client too slow for the bound loses its connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Notify,
    clock: Clock,
    limits: Arc<Limits>,
    faults: Faults,
    /// Whether messages are numbered, and kept until the client has acknowledged them.
    is_reliable: bool,
}

#[derive(Debug, Default)]
struct State {
    backlog: Backlog,
    /// Nothing more is taken in; this is what the client is told when all is written.
    close: Option<Close>,
    /// When writing is given up, once the connection is to be closed.
    deadline: Option<Instant>,
    /// Lent by the connection's task as long as that has nothing to write: who sends then writes without waking it.
    pen: Option<Pen>,
}

/// What the connection's task has to do next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// Write on.
    Rest,
    /// Write this frame.
    Frame(Bytes),
    /// All is written: close.
    Close(Close),
}

impl Outbox {
    pub(crate) fn new(
        limits: &Arc<Limits>,
        clock: &Clock,
        faults: &Faults,
        is_reliable: bool,
    ) -> Self {
        Self {
            state: Mutex::default(),
            changed: Notify::new(),
            clock: clock.clone(),
            limits: Arc::clone(limits),
            faults: faults.clone(),
            is_reliable,
        }
    }

    /// Sends a frame that is no message: it concerns this socket only.
    pub(crate) fn push(&self, frame: Frame) {
        self.queue(Waiting {
            frame,
            number: Number::Never,
            expires: None,
        });
        self.flush();
    }

    /// Queues a message, for [`flush`](Self::flush) to send. One whose turn has not come when it has waited for so long is
    /// dropped.
    pub(crate) fn push_message(&self, frame: Frame, ttl: Option<Duration>) {
        self.queue(Waiting {
            frame,
            number: if self.is_reliable {
                Number::Next
            } else {
                Number::Never
            },
            expires: ttl.map(|ttl| self.clock.after(ttl)),
        });
    }

    /// Takes it in, or ends the connection when the client is too far behind.
    fn queue(&self, waiting: Waiting) {
        let mut state = self.lock();
        if state.close.is_some() {
            return;
        }
        state.backlog.push(waiting);
        if self.is_beyond_limits(&state.backlog) {
            state.backlog.drop_expired(&self.clock);
        }
        if self.is_beyond_limits(&state.backlog) {
            state.backlog = Backlog::default();
            state.close = Some(self.too_far_behind());
            state.deadline = Some(Instant::now());
        }
    }

    /// Writes what is queued, as far as the socket takes it at once; the rest is for the connection's task.
    pub(crate) fn flush(&self) {
        // With faults, it is the task that knows when to break off.
        let is_done = !self.faults.are_armed() && self.lock().write(&self.clock);
        if !is_done {
            self.changed.notify_one();
        }
    }

    fn is_beyond_limits(&self, backlog: &Backlog) -> bool {
        backlog.bytes() > self.limits.queued_bytes
            || backlog.numbered() > self.limits.unacknowledged_messages
    }

    fn too_far_behind(&self) -> Close {
        if self.is_reliable {
            Close::UNACKNOWLEDGED
        } else {
            Close::SLOW
        }
    }

    /// Forgets the messages up to this number: the client has them.
    pub(crate) fn acknowledge(&self, up_to: u64) {
        self.lock().backlog.acknowledge(up_to);
    }

    /// Starts over for a new socket, with the messages that are not acknowledged; gives the pen of the old one back.
    pub(crate) fn rewind(&self, pen: &mut Option<Pen>) {
        let mut state = self.lock();
        state.give_back(pen);
        state.backlog.rewind();
    }

    /// Gives the pen back, if it is lent.
    pub(crate) fn give_back(&self, pen: &mut Option<Pen>) {
        self.lock().give_back(pen);
    }

    /// Closes the connection once what is queued, and this last frame, is written. The first close counts.
    pub(crate) fn close(&self, last: Option<Frame>, close: Close) {
        let mut state = self.lock();
        if state.close.is_none() {
            if let Some(frame) = last {
                state.backlog.push(Waiting {
                    frame,
                    number: Number::Never,
                    expires: None,
                });
            }
            state.close = Some(close);
            state.deadline = Some(Instant::now() + self.limits.close_timeout);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Waits for something to do, and lends the pen meanwhile. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&self, pen: &mut Option<Pen>) -> Outgoing {
        self.until(|| self.take(pen)).await
    }

    /// Ends when what is being written is to be given up: at once when the client has fallen too far behind, a while
    /// later when it is to be closed. Gives what the client is told, unless there was more to write before that. Nothing is
    /// lost when the wait is dropped.
    pub(crate) async fn given_up(&self) -> Option<Close> {
        sleep_until(self.until(|| self.lock().deadline).await).await;
        let mut state = self.lock();
        match state.next_frame(&self.clock) {
            None => state.close.clone(),
            Some(_) => None,
        }
    }

    /// Ends when the connection is to be closed. Nothing is lost when the wait is dropped.
    pub(crate) async fn closed(&self) {
        self.until(|| self.lock().close.as_ref().map(drop)).await;
    }

    async fn until<T>(&self, mut ready: impl FnMut() -> Option<T>) -> T {
        loop {
            if let Some(ready) = ready() {
                return ready;
            }
            self.changed.notified().await;
        }
    }

    /// What there is to do now, if anything, with the pen for it; or else lends the pen.
    fn take(&self, pen: &mut Option<Pen>) -> Option<Outgoing> {
        let mut state = self.lock();
        state.give_back(pen);
        let is_begun = |pen: &Pen| !pen.is_at_rest();
        if pen.as_ref().is_some_and(is_begun) {
            return Some(Outgoing::Rest);
        }
        let outgoing = match state.next_frame(&self.clock) {
            Some(frame) => Some(Outgoing::Frame(frame)),
            None => state.close.clone().map(Outgoing::Close),
        };
        if outgoing.is_none() {
            state.pen = pen.take_if(|pen| pen.can_try());
        }
        outgoing
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Writes what waits, if it can; whether nothing is left.
    fn write(&mut self, clock: &Clock) -> bool {
        let Some(mut pen) = self.pen.take_if(|pen| pen.is_at_rest()) else {
            return false;
        };
        let is_done = loop {
            match self.next_frame(clock) {
                Some(frame) if pen.try_write(&frame) => {}
                Some(_) => break false,
                None => break self.close.is_none(),
            }
        };
        self.pen = Some(pen);
        is_done
    }

    /// What is to be written next.
    fn next_frame(&mut self, clock: &Clock) -> Option<Bytes> {
        let (frame, number) = self.backlog.take(clock)?;
        Some(match number {
            Some(number) => frame.numbered(number),
            None => frame.bytes(),
        })
    }

    fn give_back(&mut self, pen: &mut Option<Pen>) {
        if let Some(lent) = self.pen.take() {
            *pen = Some(lent);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::mem;

    use tokio::{
        io::AsyncReadExt as _,
        join,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    const SOON: Option<Duration> = Some(Duration::from_secs(1));

    fn new(limits: Limits, is_reliable: bool) -> Outbox {
        let faults = Faults::new(&Arc::default());
        Outbox::new(&Arc::new(limits), &Clock::real(), &faults, is_reliable)
    }

    fn outbox(queued_bytes: usize) -> Outbox {
        let limits = Limits {
            queued_bytes,
            ..Limits::default()
        };
        new(limits, false)
    }

    fn take(outbox: &Outbox) -> Option<Outgoing> {
        outbox.take(&mut None)
    }

    fn push(outbox: &Outbox, frames: usize) {
        for _ in 0..frames {
            outbox.push(Frame::text(&"x".repeat(36)));
        }
    }

    #[test]
    fn only_what_waits_counts() {
        let outbox = outbox(300);
        push(&outbox, 3);
        for _ in 0..100 {
            assert!(matches!(take(&outbox), Some(Outgoing::Frame(_))));
            push(&outbox, 1);
        }
        push(&outbox, 1);
        assert!(matches!(take(&outbox), Some(Outgoing::Close(close)) if close == Close::SLOW));
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_expired_is_passed_over() {
        let outbox = outbox(1000);
        for (text, ttl) in [("one", SOON), ("two", SOON), ("three", None)] {
            outbox.push_message(Frame::text(text), ttl);
        }
        let taken = |expected: &str| matches!(take(&outbox), Some(Outgoing::Frame(frame)) if frame.ends_with(expected.as_bytes()));
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(taken("one"));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(taken("three"));
        assert!(take(&outbox).is_none());
        assert_eq!(outbox.lock().backlog.bytes(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_expired_makes_room_for_what_has_not() {
        let outbox = outbox(300);
        for _ in 0..3 {
            outbox.push_message(Frame::text(&"x".repeat(36)), SOON);
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        push(&outbox, 3);
        for _ in 0..3 {
            assert!(matches!(take(&outbox), Some(Outgoing::Frame(_))));
        }
        assert!(take(&outbox).is_none());
    }

    #[test]
    fn the_first_close_counts() {
        let outbox = outbox(300);
        push(&outbox, 1);
        outbox.close(Some(Frame::text("last")), Close::NORMAL);
        outbox.close(None, Close::GOING_AWAY);
        push(&outbox, 9);
        assert!(matches!(take(&outbox), Some(Outgoing::Frame(_))));
        assert!(matches!(take(&outbox), Some(Outgoing::Frame(_))));
        assert!(matches!(take(&outbox), Some(Outgoing::Close(close)) if close == Close::NORMAL));
    }

    #[test]
    fn a_reliable_client_may_leave_so_many_messages_unacknowledged() {
        let limits = Limits {
            unacknowledged_messages: 2,
            ..Limits::default()
        };
        let outbox = new(limits, true);
        let message = || Frame::text("{}");
        for number in 1..100 {
            outbox.push_message(message(), None);
            outbox.push(message());
            assert!(matches!(take(&outbox), Some(Outgoing::Frame(_))));
            assert!(matches!(take(&outbox), Some(Outgoing::Frame(_))));
            outbox.acknowledge(number - 1);
        }
        for _ in 0..2 {
            outbox.push_message(message(), None);
        }
        assert!(
            matches!(take(&outbox), Some(Outgoing::Close(close)) if close == Close::UNACKNOWLEDGED)
        );
    }

    #[tokio::test]
    async fn who_sends_writes_as_long_as_the_socket_takes_it_and_the_task_goes_on_from_there() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = join!(TcpStream::connect(address), listener.accept());
        let (mut client, (_server, write)) = (client.unwrap(), accepted.unwrap().0.into_split());
        write.writable().await.unwrap();

        let outbox = outbox(64 * 1024 * 1024);
        let mut pen = Some(Pen::bare(write));
        assert!(outbox.take(&mut pen).is_none() && pen.is_none());
        outbox.push(Frame::text("one"));
        let mut read = [0; 5];
        client.read_exact(&mut read).await.unwrap();
        assert_eq!(read, *b"\x81\x03one");

        let large = Frame::binary(&vec![7; 100_000].into());
        for _ in 0..100 {
            outbox.push(large.clone());
        }
        outbox.push(Frame::text("two"));
        let written = async {
            let mut expected = Outgoing::Rest;
            while let Some(outgoing) = outbox.take(&mut pen) {
                assert_eq!(mem::discriminant(&outgoing), mem::discriminant(&expected));
                let frame = match outgoing {
                    Outgoing::Frame(frame) => frame,
                    _ => Bytes::new(),
                };
                pen.as_mut().unwrap().write(frame).await.unwrap();
                expected = Outgoing::Frame(Bytes::new());
            }
        };
        let mut all = vec![0; 100 * large.bytes().len() + 5];
        let ((), read) = join!(written, client.read_exact(&mut all));
        read.unwrap();
        let (frames, last) = all.split_at(all.len() - 5);
        assert!(
            frames
                .chunks(large.bytes().len())
                .all(|frame| frame == large.bytes())
        );
        assert_eq!(last, b"\x81\x03two");
    }
}
