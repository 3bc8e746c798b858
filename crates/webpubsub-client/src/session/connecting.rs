use std::time::{Duration, Instant};

use tracing::{debug, warn};
use webpubsub_protocol::{
    ConnectionId, Token, UserId, connection::RECOVERY_WINDOW, frame::ClientFrame,
};

use super::{
    Ack, Connection, Goal, Output, Phase, Purpose, Session, calls::Caller, liveness::Liveness,
    sequence::Sequence,
};
use crate::{Backoff, Closed, Connected, ConnectionState, Disconnected, Error, Event, Stopped};

/// How long a socket must have lasted for the next attempt to recover to come at once.
const STEADY: Duration = Duration::from_secs(5);

/// Making connections, and losing them.
impl Session {
    pub(super) fn attempt(&mut self, purpose: Purpose, now: Instant) {
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

    pub(super) fn attempt_failed(
        &mut self,
        purpose: Purpose,
        error: Error,
        is_final: bool,
        now: Instant,
    ) {
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
    pub(super) fn replace(&mut self, attempt: u32, error: Error, now: Instant) {
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
    pub(super) fn greeted(
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
    pub(super) fn rejoin(&mut self, now: Instant) {
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
    pub(super) fn recover(&mut self, connection_id: ConnectionId, now: Instant) {
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
    pub(super) fn recovered(&mut self, now: Instant) {
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
    pub(super) fn lost(&mut self, now: Instant) {
        self.disconnected();
        if self.options.auto_reconnect {
            self.state(ConnectionState::Reconnecting);
            self.replace(0, Error::ended(), now);
        } else {
            self.stopped(Some(Error::ended()));
        }
    }

    /// Says that the connection is over, and answers those whose call went down with it.
    pub(super) fn disconnected(&mut self) {
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
    pub(super) fn stopped(&mut self, error: Option<Error>) {
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

    pub(super) fn tick_phase(&mut self, now: Instant) {
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
}

/// The waits between attempts to take up a connection, of which the service keeps no count.
fn recovery_backoff() -> Backoff {
    Backoff {
        base_delay: Duration::from_millis(200),
        max_delay: Duration::from_secs(2),
        max_attempts: None,
    }
}
