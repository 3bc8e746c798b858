use std::{collections::VecDeque, mem};

use tokio::time::Instant;
use tracing::debug;

use crate::{clock::Clock, socket::Frame};

/// What a frame costs beside its bytes, which other clients may share. Without it small frames would be free.
const FRAME_KEEPING_BYTES: usize = 64;

/// What one client has yet to receive, in order; and, if it is a reliable one, to acknowledge.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: VecDeque<Waiting>,
    /// What was written under these numbers, in their order.
    unacknowledged: VecDeque<(u64, Frame)>,
    last_number: u64,
    /// What both hold.
    bytes: usize,
    /// Those of them that have a number or are to have one.
    numbered: usize,
}

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) frame: Frame,
    pub(super) number: Number,
    /// From when on the client does not get it any more.
    pub(super) expires: Option<Instant>,
}

/// The number of a frame on its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// It has none.
    Never,
    /// It gets one when its turn comes.
    Next,
    /// It has been written before.
    Is(u64),
}

impl Waiting {
    /// What was written once is not forgotten any more: its number would be missing.
    fn is_expired(&self, clock: &Clock) -> bool {
        let is_new = !matches!(self.number, Number::Is(_));
        is_new && self.expires.is_some_and(|expires| expires <= clock.now())
    }
}

impl Backlog {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many messages are not acknowledged, written or not.
    pub(super) fn numbered(&self) -> usize {
        self.numbered
    }

    pub(super) fn push(&mut self, waiting: Waiting) {
        self.bytes += weight(&waiting.frame);
        self.numbered += usize::from(waiting.number != Number::Never);
        self.waiting.push_back(waiting);
    }

    /// The frame whose turn it is, and its number.
    pub(super) fn take(&mut self, clock: &Clock) -> Option<(Frame, Option<u64>)> {
        while let Some(next) = self.waiting.pop_front() {
            if next.is_expired(clock) {
                debug!("a message expired before the client took it");
                self.forget(&next.frame, next.number);
                continue;
            }
            let number = match next.number {
                Number::Never => {
                    self.forget(&next.frame, next.number);
                    return Some((next.frame, None));
                }
                Number::Next => {
                    self.last_number += 1;
                    self.last_number
                }
                Number::Is(number) => number,
            };
            self.unacknowledged.push_back((number, next.frame.clone()));
            return Some((next.frame, Some(number)));
        }
        None
    }

    /// Forgets what has arrived: all up to this number. One that was not given yet says nothing.
    pub(super) fn acknowledge(&mut self, up_to: u64) {
        if up_to > self.last_number {
            return;
        }
        self.unacknowledged.retain(|(number, _)| *number > up_to);
        // What waits to be written again may have arrived the first time.
        let is_left =
            |waiting: &Waiting| !matches!(waiting.number, Number::Is(number) if number <= up_to);
        self.waiting.retain(is_left);
        self.recount();
    }

    /// Starts over for a new socket: with what is not acknowledged, then with the messages that had no turn yet. What has
    /// no number was for the old socket.
    pub(super) fn rewind(&mut self) {
        let written = mem::take(&mut self.unacknowledged).into_iter();
        let again = written.map(|(number, frame)| Waiting {
            frame,
            number: Number::Is(number),
            expires: None,
        });
        let waiting = mem::take(&mut self.waiting).into_iter();
        let messages = waiting.filter(|waiting| waiting.number != Number::Never);
        self.waiting = again.chain(messages).collect();
        self.recount();
    }

    pub(super) fn drop_expired(&mut self, clock: &Clock) {
        self.waiting.retain(|waiting| !waiting.is_expired(clock));
        self.recount();
    }

    fn forget(&mut self, frame: &Frame, number: Number) {
        self.bytes -= weight(frame);
        self.numbered -= usize::from(number != Number::Never);
    }

    fn recount(&mut self) {
        let waiting = self.waiting.iter();
        let numbered = waiting.filter(|waiting| waiting.number != Number::Never);
        self.numbered = numbered.count() + self.unacknowledged.len();
        let waiting = self.waiting.iter().map(|waiting| &waiting.frame);
        let written = self.unacknowledged.iter().map(|(_, frame)| frame);
        self.bytes = waiting.chain(written).map(weight).sum();
    }
}

fn weight(frame: &Frame) -> usize {
    frame.len() + FRAME_KEEPING_BYTES
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn push(backlog: &mut Backlog, text: &str, number: Number, expires: Option<Instant>) {
        backlog.push(Waiting {
            frame: Frame::text(text),
            number,
            expires,
        });
    }

    /// What there is to write, with its number.
    fn take_all(backlog: &mut Backlog) -> Vec<(String, Option<u64>)> {
        let clock = Clock::real();
        let taken = std::iter::from_fn(|| backlog.take(&clock));
        let text = |(frame, number): (Frame, _)| {
            let payload = frame.bytes().split_off(2);
            (String::from_utf8(payload.into()).unwrap(), number)
        };
        taken.map(text).collect()
    }

    fn taken(expected: &[(&str, u64)]) -> Vec<(String, Option<u64>)> {
        let numbered =
            |(text, number): &(&str, u64)| ((*text).to_owned(), (*number > 0).then_some(*number));
        expected.iter().map(numbered).collect()
    }

    #[test]
    fn what_is_not_acknowledged_comes_again_with_its_number() {
        let mut backlog = Backlog::default();
        for text in ["a", "b", "c"] {
            push(&mut backlog, text, Number::Next, None);
        }
        push(&mut backlog, "ack", Number::Never, None);
        let first = taken(&[("a", 1), ("b", 2), ("c", 3), ("ack", 0)]);
        assert_eq!(take_all(&mut backlog), first);
        backlog.acknowledge(1);
        push(&mut backlog, "d", Number::Next, None);
        push(&mut backlog, "ack", Number::Never, None);
        backlog.rewind();
        // Acknowledged late, by the client that has come back.
        backlog.acknowledge(2);
        assert_eq!(take_all(&mut backlog), taken(&[("c", 3), ("d", 4)]));
        backlog.acknowledge(4);
        backlog.rewind();
        assert!(take_all(&mut backlog).is_empty());
        assert_eq!((backlog.bytes(), backlog.numbered()), (0, 0));
    }

    #[test]
    fn numbers_of_the_past_and_the_future_acknowledge_nothing() {
        let mut backlog = Backlog::default();
        for text in ["a", "b"] {
            push(&mut backlog, text, Number::Next, None);
        }
        assert_eq!(take_all(&mut backlog).len(), 2);
        for number in [0, 3, u64::MAX] {
            backlog.acknowledge(number);
            assert_eq!(backlog.numbered(), 2);
        }
        backlog.acknowledge(1);
        backlog.acknowledge(1);
        assert_eq!(backlog.numbered(), 1);
    }

    #[test]
    fn what_expires_unwritten_leaves_no_gap_and_what_was_written_stays() {
        let mut backlog = Backlog::default();
        let past = Instant::now();
        push(&mut backlog, "late", Number::Next, Some(past));
        let clock = Clock::manual();
        clock.advance(Duration::from_secs(60));
        let soon = clock.now();
        push(&mut backlog, "in time", Number::Next, Some(soon));
        push(&mut backlog, "for ever", Number::Next, None);
        let all = taken(&[("in time", 1), ("for ever", 2)]);
        assert_eq!(take_all(&mut backlog), all);
        backlog.rewind();
        backlog.drop_expired(&clock);
        assert_eq!(take_all(&mut backlog), all);
    }
}
