//! The client as a state machine: it is told what happens and what time it is, and says what is to be done. It has no
//! socket, no clock and no task.

mod calls;
mod connecting;
mod frames;
mod liveness;
mod output;
mod sequence;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashSet, VecDeque},
    time::Instant,
};

use fastrand::Rng;
use tokio::sync::oneshot;
use tracing::debug;
use webpubsub_protocol::{
    ConnectionId, GroupName, Token,
    connection::{CLOSE_POLICY, ends_with},
    frame::{ClientFrame, Received, ServiceFrame},
};

pub(crate) use self::{
    calls::{Ack, Call, Reply},
    output::{Goal, Output},
};
use self::{
    calls::{Caller, Calls, Due},
    liveness::Liveness,
    sequence::Sequence,
};
use crate::{ClientOptions, Closed, ConnectionState, Error, Event};

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
    pub(crate) fn call(&mut self, call: Call) {
        let Call {
            frame,
            ack,
            deadline,
            reply,
        } = call;
        if matches!(self.phase, Phase::Stopped | Phase::Closing { .. }) {
            return reply.give(Err(Error::stopped(false)));
        }
        if reply.is_cancelled() {
            return;
        }
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
                let is_kept = !closed.code.is_some_and(ends_with);
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
            ) if closed.code == Some(CLOSE_POLICY) => {
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
                Due::Repeat => self.calls.no_longer_due(number),
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

/// What is to be done.
impl Session {
    fn send(&mut self, frame: ClientFrame) {
        self.outputs.push_back(Output::Write(frame));
    }

    fn deliver(&mut self, event: Event) {
        self.outputs.push_back(Output::Deliver(event));
    }

    fn state(&mut self, state: ConnectionState) {
        self.outputs.push_back(Output::State(state));
    }
}
