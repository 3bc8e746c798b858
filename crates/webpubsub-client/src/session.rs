//! The client as a state machine: it is told what happens and what time it is, and says what is to be done. It has no
//! socket, no clock and no task.

mod calls;
mod output;
mod sequence;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use fastrand::Rng;
use tokio::sync::oneshot;
use tracing::{debug, warn};
use webpubsub_protocol::{
    ConnectionId, GroupName, Token, UserId,
    frame::{AckError, ClientFrame, Received, ServiceFrame},
};

pub(crate) use self::{
    calls::{Ack, Call, Reply},
    output::{Goal, Output},
};
use self::{
    calls::{Answered, Caller, Calls, Due, Pending},
    sequence::Sequence,
};
use crate::{
    Backoff, ClientOptions, Closed, Connected, ConnectionState, Disconnected, Error, Event,
    GroupMessage, RejoinGroupFailed, ServerMessage, Stopped, WebPubSubResult,
};

/// How long the service keeps a connection whose socket broke.
const RECOVERY_WINDOW: Duration = Duration::from_secs(30);

/// How long a socket must have lasted for the next attempt to recover to come at once.
const STEADY: Duration = Duration::from_secs(5);

/// The close code of an ordinary end, after which the service keeps nothing.
const NORMAL: u16 = 1000;

/// The close code by which the service says that a connection cannot be recovered.
const GONE: u16 = 1008;

/// A client's state.
pub(crate) struct Session {
    options: ClientOptions,
    random: Rng,
    phase: Phase,
    connection: Option<Connection>,
    calls: Calls,
    /// The groups that were joined, by this client's calls.
    groups: HashSet<GroupName>,
    /// Who waits for the first connection.
    starting: Option<oneshot::Sender<Result<(), Error>>>,
    outputs: VecDeque<Output>,
}

/// Where a session stands between its socket and the service.
#[derive(Debug)]
enum Phase {
    Stopped,
    /// The next attempt is made at this time.
    Waiting {
        until: Instant,
        purpose: Purpose,
    },
    /// A socket is being made.
    Connecting {
        until: Instant,
        purpose: Purpose,
    },
    /// There is a socket; the service has not spoken on it.
    Opened {
        until: Instant,
        purpose: Purpose,
    },
    /// The service has spoken.
    Connected(Liveness),
    /// The goodbye is said.
    Closing {
        until: Instant,
    },
}

/// What an attempt to connect is for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// The first connection.
    Start,
    /// The same connection, which the service keeps until then.
    Recover { until: Instant, attempt: u32 },
    /// Another connection in place of one that was lost.
    Replace { attempt: u32 },
}

/// A connection as the service knows it: it can outlive its socket.
#[derive(Debug)]
struct Connection {
    id: ConnectionId,
    token: Option<Token>,
    sequence: Sequence,
    /// What the service said before it closed the socket.
    goodbye: Option<String>,
    /// How the socket closed.
    closed: Option<Closed>,
    /// Since when the service is heard on this socket.
    since: Instant,
    /// How often it was recovered without having lasted.
    recoveries: u32,
}

/// When something was heard from the service, and when it was asked for it.
#[derive(Debug, Clone, Copy)]
struct Liveness {
    heard: Instant,
    asked: Option<Instant>,
    /// Nothing is heard because nothing is read.
    is_deaf: bool,
}

impl Liveness {
    fn at(now: Instant) -> Self {
        Self {
            heard: now,
            asked: None,
            is_deaf: false,
        }
    }
}

/// What happens.
impl Session {
    pub(crate) fn new(options: ClientOptions, seed: u64) -> Self {
        Self {
            options,
            random: Rng::with_seed(seed),
            phase: Phase::Stopped,
            connection: None,
            calls: Calls::default(),
            groups: HashSet::new(),
            starting: None,
            outputs: VecDeque::new(),
        }
    }

    /// The client is started; only when it is stopped.
    pub(crate) fn start(&mut self, starting: oneshot::Sender<Result<(), Error>>, now: Instant) {
        self.starting = Some(starting);
        self.state(ConnectionState::Connecting);
        self.attempt(Purpose::Start, now);
    }

    /// The client is to stop.
    pub(crate) fn stop(&mut self, now: Instant) {
        match self.phase {
            Phase::Stopped | Phase::Closing { .. } => {}
            Phase::Waiting { .. } | Phase::Connecting { .. } => {
                self.outputs.push_back(Output::Drop);
                self.stopped(None);
            }
            Phase::Opened { .. } | Phase::Connected(_) => {
                self.outputs.push_back(Output::Close);
                self.phase = Phase::Closing {
                    until: now + self.options.close_timeout,
                };
                self.refuse_calls();
            }
        }
    }

    /// The user wants something sent.
    pub(crate) fn call(&mut self, call: Call, now: Instant) {
        let Call {
            frame,
            ack,
            timeout,
            reply,
        } = call;
        if matches!(self.phase, Phase::Stopped | Phase::Closing { .. }) {
            return reply.give(Err(Error::stopped(false)));
        }
        if reply.is_cancelled() {
            return;
        }
        let deadline = now + timeout.unwrap_or(self.options.ack_timeout);
        match self.calls.add(frame, ack, Caller::User(reply), deadline) {
            Ok(number) if self.is_connected() => self.write(number),
            Ok(_) => {}
            Err(caller) => caller.refuse(Error::ack_id_in_use()),
        }
    }

    /// There is a socket.
    pub(crate) fn opened(&mut self) {
        let Phase::Connecting { until, purpose } = self.phase else {
            return self.outputs.push_back(Output::Drop);
        };
        self.phase = Phase::Opened { until, purpose };
        if let (Purpose::Recover { .. }, Some(connection)) = (purpose, &mut self.connection) {
            // What is known to have arrived need not be sent again.
            let sequence_id = connection.sequence.acknowledge();
            if sequence_id > 0 {
                self.send(ClientFrame::SequenceAck { sequence_id });
            }
            // The service says nothing of its own accord when a connection goes on.
            self.send(ClientFrame::Ping);
        }
    }

    /// There will be no socket; finally so, if another attempt could not do better.
    pub(crate) fn failed(&mut self, error: Error, is_final: bool, now: Instant) {
        if let Phase::Connecting { purpose, .. } = self.phase {
            self.attempt_failed(purpose, error, is_final, now);
        }
    }

    /// The service sent a frame, of this many bytes.
    pub(crate) fn received(&mut self, received: Received, bytes: usize, now: Instant) {
        let Received { frame, sequence_id } = received;
        if let Some(ServiceFrame::Connected {
            connection_id,
            user_id,
            reconnection_token,
        }) = frame
        {
            return self.greeted(connection_id, user_id, reconnection_token, now);
        }
        self.heard(now);
        let (Phase::Connected(_), Some(connection)) = (&self.phase, &mut self.connection) else {
            return debug!("the service spoke before it greeted");
        };
        let is_new = sequence_id.is_none_or(|id| connection.sequence.arrived(id, bytes, now));
        match frame {
            Some(frame) if is_new => self.handle(frame, sequence_id, now),
            Some(_) => debug!(sequence_id, "skipped a message that had arrived before"),
            None => debug!(sequence_id, "skipped a frame of a kind that is not known"),
        }
        self.acknowledge(now);
    }

    /// The service gave a sign of life.
    pub(crate) fn heard(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Opened {
                purpose: Purpose::Recover { .. },
                ..
            } => self.recovered(now),
            Phase::Connected(liveness) => *liveness = Liveness::at(now),
            _ => {}
        }
    }

    /// The socket is read no further for now, or again.
    pub(crate) fn deafen(&mut self, is_deaf: bool, now: Instant) {
        if let Phase::Connected(liveness) = &mut self.phase
            && liveness.is_deaf != is_deaf
        {
            *liveness = Liveness {
                is_deaf,
                ..Liveness::at(now)
            };
        }
    }

    /// The socket has closed.
    pub(crate) fn closed(&mut self, closed: Closed, now: Instant) {
        debug!(%closed, "the socket has closed");
        let (phase, connection) = (&self.phase, &mut self.connection);
        match (phase, connection) {
            (Phase::Closing { .. }, connection) => {
                if let Some(connection) = connection {
                    connection.closed = Some(closed);
                }
                self.stopped(None);
            }
            (Phase::Connected(_), Some(connection)) => {
                let is_kept = !matches!(closed.code, Some(NORMAL | GONE));
                let recovers =
                    is_kept && connection.token.is_some() && self.options.subprotocol.is_reliable();
                connection.closed = Some(closed);
                if recovers {
                    let id = connection.id.clone();
                    self.recover(id, now);
                } else {
                    self.lost(now);
                }
            }
            (
                Phase::Opened {
                    purpose: Purpose::Recover { .. },
                    ..
                },
                Some(connection),
            ) if closed.code == Some(GONE) => {
                connection.closed = Some(closed);
                self.lost(now);
            }
            (Phase::Opened { purpose, .. }, _) => {
                self.attempt_failed(*purpose, Error::closed(&closed), false, now);
            }
            _ => {}
        }
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.tick_phase(now);
        for (number, due) in self.calls.due(now) {
            match due {
                Due::TimedOut => {
                    if let Some(pending) = self.calls.take(number) {
                        let error = Error::unanswered(pending.is_written());
                        self.finish(pending, Err(error));
                    }
                }
                Due::Repeat if self.is_connected() => self.write(number),
                Due::Repeat => self.calls.postpone(number),
            }
        }
        self.acknowledge(now);
    }
}

/// What the driver asks.
impl Session {
    /// What is to be done next.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`tick`](Self::tick) is to be called.
    pub(crate) fn wake_up(&self) -> Option<Instant> {
        let phase = match &self.phase {
            Phase::Stopped => None,
            Phase::Waiting { until, .. }
            | Phase::Connecting { until, .. }
            | Phase::Opened { until, .. }
            | Phase::Closing { until } => Some(*until),
            Phase::Connected(liveness) if liveness.is_deaf => self.acknowledgement_due(),
            Phase::Connected(liveness) => {
                let ask = self.options.keep_alive_interval;
                let ask = ask.filter(|_| liveness.asked.is_none());
                let silences = [ask, self.options.keep_alive_timeout];
                let silences = silences.into_iter().flatten();
                let ends = silences.map(|silence| liveness.heard + silence);
                ends.chain(self.acknowledgement_due()).min()
            }
        };
        phase.into_iter().chain(self.calls.next_wake_up()).min()
    }

    /// Whether all is over.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.phase, Phase::Stopped) && self.outputs.is_empty()
    }

    /// Whether a call waits for its answer.
    pub(crate) fn has_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    fn acknowledgement_due(&self) -> Option<Instant> {
        self.connection.as_ref()?.sequence.due()
    }

    /// Whether the service has spoken on this socket.
    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.phase, Phase::Connected(_))
    }
}

/// Making connections, and losing them.
impl Session {
    fn attempt(&mut self, purpose: Purpose, now: Instant) {
        let mut until = now + self.options.connect_timeout;
        let mut goal = Goal::New;
        if let Purpose::Recover { until: window, .. } = purpose {
            until = until.min(window);
            if let Some(Connection {
                id,
                token: Some(token),
                ..
            }) = &self.connection
            {
                goal = Goal::Recover {
                    connection_id: id.clone(),
                    token: token.clone(),
                };
            }
        }
        self.phase = Phase::Connecting { until, purpose };
        self.outputs.push_back(Output::Connect(goal));
    }

    fn attempt_failed(&mut self, purpose: Purpose, error: Error, is_final: bool, now: Instant) {
        debug!(%error, is_final, "an attempt to connect failed");
        match purpose {
            Purpose::Start => self.stopped(Some(error)),
            Purpose::Recover { until, attempt } => {
                let attempt = attempt + 1;
                let again = now + recovery_backoff().wait(attempt, self.random.f64());
                if again < until {
                    let purpose = Purpose::Recover { until, attempt };
                    self.phase = Phase::Waiting {
                        until: again,
                        purpose,
                    };
                } else {
                    self.lost(now);
                }
            }
            Purpose::Replace { .. } if is_final => self.stopped(Some(error)),
            Purpose::Replace { attempt } => self.replace(attempt + 1, error, now),
        }
    }

    /// Waits for the next attempt to make another connection, unless there were enough.
    fn replace(&mut self, attempt: u32, error: Error, now: Instant) {
        let backoff = &self.options.reconnect;
        if backoff.max_attempts.is_some_and(|max| attempt >= max) {
            return self.stopped(Some(error));
        }
        let wait = backoff.wait(attempt, self.random.f64());
        debug!(attempt, ?wait, "will make another connection");
        self.phase = Phase::Waiting {
            until: now + wait,
            purpose: Purpose::Replace { attempt },
        };
    }

    /// The service greeted: on a new connection, or to give another reconnection token.
    fn greeted(
        &mut self,
        id: ConnectionId,
        user_id: Option<UserId>,
        token: Option<Token>,
        now: Instant,
    ) {
        if !matches!(self.phase, Phase::Opened { .. } | Phase::Connected(_)) {
            return;
        }
        if let Some(connection) = &mut self.connection {
            if connection.id == id {
                connection.token = token.or(connection.token.take());
                return self.heard(now);
            }
            warn!("the service made a new connection where the old one was to be recovered");
            self.disconnected();
        }
        self.phase = Phase::Connected(Liveness::at(now));
        self.connection = Some(Connection {
            id: id.clone(),
            token,
            sequence: Sequence::default(),
            goodbye: None,
            closed: None,
            since: now,
            recoveries: 0,
        });
        self.state(ConnectionState::Connected {
            connection_id: id.clone(),
        });
        self.deliver(Event::Connected(Connected {
            connection_id: id,
            user_id,
        }));
        match self.starting.take() {
            // Whoever started it does not wait any more.
            Some(starting) if starting.is_closed() => return self.stop(now),
            // After the state and the event, which one looks at then.
            Some(starting) => self.outputs.push_back(Output::Started(starting)),
            None => {}
        }
        let waiting = self.calls.to_write();
        self.rejoin(now);
        self.write_all(waiting);
    }

    /// Joins the groups again that no call of the user is about to join or leave.
    fn rejoin(&mut self, now: Instant) {
        if !self.options.auto_rejoin_groups {
            return;
        }
        let concerned = self.calls.memberships();
        let groups: Vec<_> = self.groups.difference(&concerned).cloned().collect();
        for group in groups {
            let frame = ClientFrame::JoinGroup {
                group: group.clone(),
                ack_id: None,
            };
            let deadline = now + self.options.ack_timeout;
            let added = self
                .calls
                .add(frame, Ack::Next, Caller::Rejoin(group), deadline);
            if let Ok(number) = added {
                self.write(number);
            }
        }
    }

    /// The socket broke, but the service keeps the connection.
    fn recover(&mut self, connection_id: ConnectionId, now: Instant) {
        self.state(ConnectionState::Recovering {
            connection_id: connection_id.clone(),
        });
        self.deliver(Event::Recovering(connection_id));
        let until = now + RECOVERY_WINDOW;
        let Some(connection) = &mut self.connection else {
            return;
        };
        let has_lasted = now.saturating_duration_since(connection.since) >= STEADY;
        let attempt = if has_lasted { 0 } else { connection.recoveries };
        connection.recoveries = attempt + 1;
        let purpose = Purpose::Recover { until, attempt };
        if attempt == 0 {
            return self.attempt(purpose, now);
        }
        let wait = recovery_backoff().wait(attempt, self.random.f64());
        self.phase = Phase::Waiting {
            until: now + wait,
            purpose,
        };
    }

    /// The connection goes on, over another socket.
    fn recovered(&mut self, now: Instant) {
        self.phase = Phase::Connected(Liveness::at(now));
        let Some(connection) = &mut self.connection else {
            return;
        };
        connection.closed = None;
        connection.goodbye = None;
        connection.since = now;
        let id = connection.id.clone();
        self.state(ConnectionState::Connected {
            connection_id: id.clone(),
        });
        self.deliver(Event::Recovered(id));
        let waiting = self.calls.to_write();
        self.write_all(waiting);
    }

    /// The connection is over; another takes its place, if the user wants that.
    fn lost(&mut self, now: Instant) {
        self.disconnected();
        if self.options.auto_reconnect {
            self.state(ConnectionState::Reconnecting);
            self.replace(0, Error::ended(), now);
        } else {
            self.stopped(Some(Error::ended()));
        }
    }

    /// Says that the connection is over, and answers those whose call went down with it.
    fn disconnected(&mut self) {
        for pending in self.calls.lost() {
            let error = Error::lost(pending.is_written());
            pending.caller.refuse(error);
        }
        if let Some(connection) = self.connection.take() {
            let unknown = || Closed::new(None, "");
            self.deliver(Event::Disconnected(Disconnected {
                connection_id: connection.id,
                closed: connection.closed.unwrap_or_else(unknown),
                message: connection.goodbye,
            }));
        }
    }

    /// All is over.
    fn stopped(&mut self, error: Option<Error>) {
        self.phase = Phase::Stopped;
        self.refuse_calls();
        self.disconnected();
        self.groups.clear();
        self.state(ConnectionState::Stopped);
        self.deliver(Event::Stopped(Stopped {
            error: error.clone(),
        }));
        if let Some(starting) = self.starting.take() {
            // Nobody listens when the start was given up.
            let _ = starting.send(Err(error.unwrap_or_else(|| Error::stopped(false))));
        }
    }

    fn tick_phase(&mut self, now: Instant) {
        match self.phase {
            Phase::Waiting { until, purpose } if until <= now => self.attempt(purpose, now),
            Phase::Connecting { until, purpose } | Phase::Opened { until, purpose }
                if until <= now =>
            {
                self.outputs.push_back(Output::Drop);
                let error = Error::timeout("connect_timeout", self.options.connect_timeout);
                self.attempt_failed(purpose, error, false, now);
            }
            Phase::Closing { until } if until <= now => {
                self.outputs.push_back(Output::Drop);
                self.closed(Closed::new(None, "the service did not say goodbye"), now);
            }
            Phase::Connected(liveness) if !liveness.is_deaf => self.keep_alive(liveness, now),
            _ => {}
        }
    }

    fn keep_alive(&mut self, liveness: Liveness, now: Instant) {
        let silent = now.saturating_duration_since(liveness.heard);
        let is_over = |limit: Option<Duration>| limit.is_some_and(|limit| silent >= limit);
        if is_over(self.options.keep_alive_timeout) {
            self.outputs.push_back(Output::Drop);
            let reason = format!("nothing was received for {silent:?}");
            self.closed(Closed::new(None, reason), now);
        } else if is_over(self.options.keep_alive_interval) && liveness.asked.is_none() {
            self.send(ClientFrame::Ping);
            self.phase = Phase::Connected(Liveness {
                asked: Some(now),
                ..liveness
            });
        }
    }
}

/// Frames.
impl Session {
    fn handle(&mut self, frame: ServiceFrame, sequence_id: Option<u64>, now: Instant) {
        match frame {
            ServiceFrame::Ack { ack_id, result } => self.answered(ack_id, result, now),
            ServiceFrame::GroupMessage {
                group,
                message,
                from_user_id,
            } => self.deliver(Event::GroupMessage(GroupMessage {
                group,
                message,
                from_user_id,
                sequence_id,
            })),
            ServiceFrame::ServerMessage { message } => {
                self.deliver(Event::ServerMessage(ServerMessage {
                    message,
                    sequence_id,
                }));
            }
            ServiceFrame::Disconnected { message } => {
                if let Some(connection) = &mut self.connection {
                    connection.goodbye = Some(message);
                }
            }
            _ => {}
        }
    }

    fn answered(&mut self, ack_id: u64, result: Result<(), AckError>, now: Instant) {
        let max_repeats = self.options.max_retries;
        match self.calls.answered(ack_id, result, max_repeats, now) {
            Answered::Done(pending, outcome) => self.finish(pending, outcome),
            Answered::Repeated => debug!(ack_id, "the service failed; will repeat"),
            Answered::Unknown => debug!(ack_id, "an answer nobody waits for"),
        }
    }

    fn finish(&mut self, pending: Pending, outcome: Result<WebPubSubResult, Error>) {
        match &pending.frame {
            ClientFrame::JoinGroup { group, .. } if outcome.is_ok() => {
                self.groups.insert(group.clone());
            }
            ClientFrame::LeaveGroup { group, .. } if outcome.is_ok() => {
                self.groups.remove(group);
                self.calls.forget_rejoin(group);
            }
            _ => {}
        }
        match (pending.caller, outcome) {
            (Caller::User(reply), outcome) => reply.give(outcome),
            (Caller::Rejoin(group), Err(error)) => {
                self.deliver(Event::RejoinGroupFailed(RejoinGroupFailed { group, error }));
            }
            (Caller::Rejoin(_), Ok(_)) => {}
        }
    }

    fn refuse_calls(&mut self) {
        for pending in self.calls.drain() {
            let error = Error::stopped(pending.is_written());
            pending.caller.refuse(error);
        }
    }

    fn write_all(&mut self, numbers: Vec<u64>) {
        for number in numbers {
            self.write(number);
        }
    }

    fn write(&mut self, number: u64) {
        let Some(pending) = self.calls.write(number) else {
            return;
        };
        if pending.frame.ack_id().is_some() {
            let frame = pending.frame.clone();
            return self.send(frame);
        }
        if let Some(Pending {
            frame,
            caller: Caller::User(reply),
            ..
        }) = self.calls.take(number)
        {
            self.outputs.push_back(Output::WriteOnly(frame, reply));
        }
    }

    fn send(&mut self, frame: ClientFrame) {
        self.outputs.push_back(Output::Write(frame));
    }

    /// Tells the service what has arrived, if it is time.
    fn acknowledge(&mut self, now: Instant) {
        let (Phase::Connected(_), Some(connection)) = (&self.phase, &mut self.connection) else {
            return;
        };
        if connection.sequence.due().is_some_and(|due| due <= now) {
            let sequence_id = connection.sequence.acknowledge();
            self.send(ClientFrame::SequenceAck { sequence_id });
        }
    }

    fn deliver(&mut self, event: Event) {
        self.outputs.push_back(Output::Deliver(event));
    }

    fn state(&mut self, state: ConnectionState) {
        self.outputs.push_back(Output::State(state));
    }
}

/// The waits between attempts to take up a connection, of which the service keeps no count.
fn recovery_backoff() -> Backoff {
    Backoff {
        base_delay: Duration::from_millis(200),
        max_delay: Duration::from_secs(2),
        max_attempts: None,
    }
}
