use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;
use webpubsub_protocol::{
    GroupName,
    connection::REMEMBERED_ACK_IDS,
    frame::{AckError, AckErrorName, ClientFrame},
};

use crate::{Error, WebPubSubResult};

/// How many calls may be pending until those that nobody waits for are looked for.
const SWEEP_AT: usize = 1000;

/// The wait before a call that failed for a moment is repeated; it doubles with each repeat.
const RETRY_DELAY: Duration = Duration::from_millis(200);

/// A frame that a user wants sent.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) frame: ClientFrame,
    pub(crate) ack: Ack,
    /// Until when the answer may take.
    pub(crate) deadline: Instant,
    pub(crate) reply: Reply,
}

/// Whether the service is to acknowledge a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ack {
    /// Yes, by the next free id.
    Next,
    /// Yes, by this id.
    Own(u64),
    /// No.
    None,
}

/// Who waits for the outcome of a call.
#[derive(Debug)]
pub(crate) struct Reply(oneshot::Sender<Result<WebPubSubResult, Error>>);

impl Reply {
    pub(crate) fn new(sender: oneshot::Sender<Result<WebPubSubResult, Error>>) -> Self {
        Self(sender)
    }

    pub(crate) fn give(self, outcome: Result<WebPubSubResult, Error>) {
        // Nobody listens when the call was dropped.
        let _ = self.0.send(outcome);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.0.is_closed()
    }
}

/// Whose call it is.
#[derive(Debug)]
pub(super) enum Caller {
    User(Reply),
    /// The session's own, to join a group on a new connection.
    Rejoin(GroupName),
}

impl Caller {
    /// Whether nobody waits any more.
    fn is_cancelled(&self) -> bool {
        matches!(self, Self::User(reply) if reply.is_cancelled())
    }

    /// Tells the user why there is no answer.
    pub(super) fn refuse(self, error: Error) {
        match self {
            Self::User(reply) => reply.give(Err(error)),
            Self::Rejoin(_) => {}
        }
    }
}

/// A call the service has not answered.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) frame: ClientFrame,
    pub(super) caller: Caller,
    deadline: Instant,
    /// It went out on this connection, or may have.
    is_written: bool,
    repeats: u32,
    /// When it is to be repeated.
    due: Option<Instant>,
}

impl Pending {
    /// Whether the service may have got it.
    pub(super) fn is_written(&self) -> bool {
        self.is_written
    }
}

/// What becomes of a call that was answered.
#[derive(Debug)]
pub(super) enum Answered {
    /// It is done.
    Done(Pending, Result<WebPubSubResult, Error>),
    /// It will be repeated.
    Repeated,
    /// Nobody waits for this answer (any more).
    Unknown,
}

/// The calls without an answer, in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pending: BTreeMap<u64, Pending>,
    by_ack_id: HashMap<u64, u64>,
    wake_ups: BTreeSet<(Instant, u64)>,
    made: u64,
    ack_ids: AckIds,
    /// How many were left by the last sweep.
    swept: usize,
}

impl Calls {
    /// Takes a call in; its number, or the caller back when its ack id is in use.
    pub(super) fn add(
        &mut self,
        frame: ClientFrame,
        ack: Ack,
        caller: Caller,
        deadline: Instant,
    ) -> Result<u64, Caller> {
        let ack_id = match ack {
            Ack::Next => Some(self.ack_ids.next(&self.by_ack_id)),
            Ack::Own(id) if self.by_ack_id.contains_key(&id) => return Err(caller),
            Ack::Own(id) => {
                self.ack_ids.remember(id);
                Some(id)
            }
            Ack::None => None,
        };
        if self.pending.len() >= SWEEP_AT.max(2 * self.swept) {
            self.sweep();
        }
        self.made += 1;
        let number = self.made;
        self.by_ack_id.extend(ack_id.map(|id| (id, number)));
        self.wake_ups.insert((deadline, number));
        let pending = Pending {
            frame: frame.with_ack_id(ack_id),
            caller,
            deadline,
            is_written: false,
            repeats: 0,
            due: None,
        };
        self.pending.insert(number, pending);
        Ok(number)
    }

    /// Forgets the calls that nobody waits for: their callers have no place among the pending ones any more.
    fn sweep(&mut self) {
        let cancelled = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.caller.is_cancelled());
        let cancelled: Vec<_> = cancelled.map(|(number, _)| *number).collect();
        for number in cancelled {
            self.take(number);
        }
        self.swept = self.pending.len();
    }

    /// Gives a call that is to be written now, and takes note that it was; none if nobody waits for it any more.
    pub(super) fn write(&mut self, number: u64) -> Option<&Pending> {
        self.no_longer_due(number);
        let pending = self.pending.get_mut(&number)?;
        if pending.caller.is_cancelled() {
            return None;
        }
        pending.is_written = true;
        Some(pending)
    }

    /// The calls a new socket of the same connection has to carry: those that went out and were not answered, since that
    /// can have been lost, and those that have not gone out.
    pub(super) fn to_write(&self) -> Vec<u64> {
        let wanted = self.pending.iter();
        let wanted = wanted.filter(|(_, pending)| pending.due.is_none());
        wanted.map(|(number, _)| *number).collect()
    }

    /// Takes out a call that nobody answers.
    pub(super) fn take(&mut self, number: u64) -> Option<Pending> {
        let pending = self.pending.remove(&number)?;
        self.wake_ups.remove(&(pending.deadline, number));
        if let Some(due) = pending.due {
            self.wake_ups.remove(&(due, number));
        }
        if let Some(id) = pending.frame.ack_id() {
            self.by_ack_id.remove(&id);
        }
        Some(pending)
    }

    /// The service's answer to the call with this ack id.
    pub(super) fn answered(
        &mut self,
        ack_id: u64,
        result: Result<(), AckError>,
        max_repeats: u32,
        now: Instant,
    ) -> Answered {
        let Some(&number) = self.by_ack_id.get(&ack_id) else {
            return Answered::Unknown;
        };
        if let (Err(error), Some(pending)) = (&result, self.pending.get_mut(&number))
            && error.name == AckErrorName::InternalServerError
            && pending.repeats < max_repeats
            && !matches!(pending.frame, ClientFrame::Event { .. })
        {
            // The service can answer twice what reached it over two sockets.
            if pending.due.is_some() {
                return Answered::Repeated;
            }
            let due = now + RETRY_DELAY * 2_u32.saturating_pow(pending.repeats);
            pending.repeats += 1;
            pending.due = Some(due);
            self.wake_ups.insert((due, number));
            return Answered::Repeated;
        }
        let outcome = match result {
            Ok(()) => Ok(WebPubSubResult::acknowledged(ack_id)),
            Err(error) if error.name == AckErrorName::Duplicate => {
                Ok(WebPubSubResult::duplicate(ack_id))
            }
            Err(error) => Err(Error::rejected(error)),
        };
        match self.take(number) {
            Some(pending) => Answered::Done(pending, outcome),
            None => Answered::Unknown,
        }
    }

    /// The user has left a group that was about to be joined again.
    pub(super) fn forget_rejoin(&mut self, left: &GroupName) {
        let mut pending = self.pending.iter();
        let rejoin = pending
            .find(|(_, pending)| matches!(&pending.caller, Caller::Rejoin(group) if group == left));
        if let Some(number) = rejoin.map(|(number, _)| *number) {
            self.take(number);
        }
    }

    /// When something is due.
    pub(super) fn next_wake_up(&self) -> Option<Instant> {
        self.wake_ups.first().map(|(at, _)| *at)
    }

    /// The calls that something is due for.
    pub(super) fn due(&self, now: Instant) -> Vec<(u64, Due)> {
        let due = self.wake_ups.iter().take_while(|(at, _)| *at <= now);
        due.filter_map(|(_, number)| {
            let pending = self.pending.get(number)?;
            let what = if pending.deadline <= now {
                Due::TimedOut
            } else {
                Due::Repeat
            };
            Some((*number, what))
        })
        .collect()
    }

    /// Takes out what cannot be told on another connection: that may have been carried out, and must not be twice.
    /// Joining and leaving can be repeated, and what has not gone out can wait.
    pub(super) fn lost(&mut self) -> Vec<Pending> {
        let is_kept = |pending: &Pending| match (&pending.caller, &pending.frame) {
            (Caller::Rejoin(_), _) => false,
            (_, ClientFrame::JoinGroup { .. } | ClientFrame::LeaveGroup { .. }) => true,
            _ => !pending.is_written,
        };
        let gone: Vec<_> = self
            .pending
            .iter()
            .filter(|(_, pending)| !is_kept(pending))
            .map(|(number, _)| *number)
            .collect();
        let gone = gone
            .into_iter()
            .filter_map(|number| self.take(number))
            .collect();
        for (number, pending) in &mut self.pending {
            pending.is_written = false;
            if let Some(due) = pending.due.take() {
                self.wake_ups.remove(&(due, *number));
            }
        }
        gone
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    /// Takes out all.
    pub(super) fn drain(&mut self) -> Vec<Pending> {
        let numbers: Vec<_> = self.pending.keys().copied().collect();
        numbers
            .into_iter()
            .filter_map(|number| self.take(number))
            .collect()
    }

    /// A repeat is written now, or cannot be, and then will be with all others when there is a socket.
    pub(super) fn no_longer_due(&mut self, number: u64) {
        if let Some(pending) = self.pending.get_mut(&number)
            && let Some(due) = pending.due.take()
        {
            self.wake_ups.remove(&(due, number));
        }
    }

    /// The groups that calls on their way are about to join or leave.
    pub(super) fn memberships(&self) -> HashSet<GroupName> {
        let groups = self.pending.values().filter_map(|pending| {
            match &pending.frame {
                // It is not written again.
                ClientFrame::JoinGroup { .. } if pending.caller.is_cancelled() => None,
                ClientFrame::JoinGroup { group, .. } | ClientFrame::LeaveGroup { group, .. } => {
                    Some(group.clone())
                }
                _ => None,
            }
        });
        groups.collect()
    }
}

/// What is due for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    TimedOut,
    Repeat,
}

/// Ids that are not among those the service keeps in mind: it would take a new call for a repeat.
#[derive(Debug, Default)]
struct AckIds {
    last: u64,
    own: VecDeque<u64>,
}

impl AckIds {
    fn next(&mut self, in_use: &HashMap<u64, u64>) -> u64 {
        loop {
            self.last = self.last.wrapping_add(1);
            if !self.own.contains(&self.last) && !in_use.contains_key(&self.last) {
                return self.last;
            }
        }
    }

    /// The user chose this one.
    fn remember(&mut self, id: u64) {
        self.own.push_back(id);
        if self.own.len() > REMEMBERED_ACK_IDS {
            self.own.pop_front();
        }
    }
}
