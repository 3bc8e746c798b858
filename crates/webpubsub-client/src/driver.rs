use std::{collections::VecDeque, future::pending, pin::Pin, sync::Arc, time::SystemTime};

use http::HeaderMap;
use tokio::{
    select,
    sync::{mpsc, oneshot, watch},
    time::{Instant, Sleep, sleep_until},
};
use tracing::debug;
use webpubsub_auth::BoxFuture;
use webpubsub_transport::Upgrader;

use crate::{
    ClientOptions, ClientUrl, Closed, ConnectionState, Error, ErrorKind, Event,
    WebPubSubClientCredential,
    session::{Call, Goal, Output, Session},
    socket::{Activity, Socket},
};

/// How many events may wait, beyond twice the user's queue, until no more connections are tried for: each brings a few.
const MAX_BACKLOG: usize = 16;

/// How many starts and stops may wait for the driver; further ones wait to wait.
const MAX_COMMANDS: usize = 16;

/// What a user's handle asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Start(oneshot::Sender<Result<(), Error>>),
    Stop(oneshot::Sender<()>),
}

/// A driver's ears. Calls have their own, so that they can wait while the socket takes nothing in.
#[derive(Debug, Clone)]
pub(crate) struct Ears {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) calls: mpsc::Sender<Call>,
}

/// How connections are made.
#[derive(Debug, Clone)]
pub(crate) struct Dialing {
    pub(crate) credential: WebPubSubClientCredential,
    pub(crate) upgrader: Arc<Upgrader>,
    pub(crate) headers: HeaderMap,
    pub(crate) options: ClientOptions,
}

/// Does what a session wants done, and tells it what happens.
pub(crate) struct Driver {
    session: Session,
    dialing: Dialing,
    commands: mpsc::Receiver<Command>,
    calls: mpsc::Receiver<Call>,
    /// No handle is left.
    is_abandoned: bool,
    socket: Option<Socket>,
    attempt: Option<BoxFuture<'static, Result<Box<Dialed>, Failure>>>,
    /// The URL of the connection, where it can be taken up again.
    url: Option<ClientUrl>,
    /// Who waits until the client has stopped.
    stopping: Vec<oneshot::Sender<()>>,
    events: mpsc::Sender<Event>,
    /// The events for which there is no room yet.
    backlog: VecDeque<Event>,
    state: watch::Sender<ConnectionState>,
    timer: Pin<Box<Sleep>>,
}

enum Happening {
    Command(Option<Command>),
    Call(Call),
    Activity(Activity),
    Dialed(Result<Box<Dialed>, Failure>),
    /// There is room in the user's queue.
    Room,
    /// The timer has run out.
    Time,
}

struct Dialed {
    socket: Socket,
    url: ClientUrl,
}

struct Failure {
    error: Error,
    /// Another attempt would fail like this one.
    is_final: bool,
}

impl Driver {
    pub(crate) fn new(
        dialing: Dialing,
        events: mpsc::Sender<Event>,
        state: watch::Sender<ConnectionState>,
    ) -> (Self, Ears) {
        let (command_ear, commands) = mpsc::channel(MAX_COMMANDS);
        let (call_ear, calls) = mpsc::channel(dialing.options.max_pending);
        let ears = Ears {
            commands: command_ear,
            calls: call_ear,
        };
        let driver = Self {
            session: Session::new(dialing.options.clone(), fastrand::u64(..)),
            dialing,
            commands,
            calls,
            is_abandoned: false,
            socket: None,
            attempt: None,
            url: None,
            stopping: Vec::new(),
            events,
            backlog: VecDeque::new(),
            state,
            timer: Box::pin(sleep_until(Instant::now())),
        };
        (driver, ears)
    }

    /// Runs until every handle is gone and the connection is closed.
    pub(crate) async fn run(mut self) {
        loop {
            self.perform();
            if self.is_abandoned && self.session.is_stopped() && self.backlog.is_empty() {
                return;
            }
            self.wait().await;
        }
    }

    fn perform(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Connect(goal) => self.attempt = Some(self.dial(goal)),
                Output::Write(frame) => {
                    if let Some(socket) = &mut self.socket {
                        socket.push(&frame, None);
                    }
                }
                Output::WriteOnly(frame, reply) => {
                    if let Some(socket) = &mut self.socket {
                        socket.push(&frame, Some(reply));
                    }
                }
                Output::Close => {
                    if let Some(socket) = &mut self.socket {
                        socket.close();
                    }
                }
                Output::Drop => {
                    self.socket = None;
                    self.attempt = None;
                }
                Output::Started(starting) => {
                    // It was given up just now.
                    if starting.send(Ok(())).is_err() {
                        self.session.stop(now());
                    }
                }
                Output::Deliver(event) => self.backlog.push_back(event),
                Output::State(state) => {
                    self.state.send_replace(state);
                }
            }
        }
        self.catch_up();
        if self.session.is_stopped() {
            for stopping in self.stopping.drain(..) {
                // Nobody listens when the wait was given up.
                let _ = stopping.send(());
            }
        }
    }

    /// Waits for what happens next, and tells the session.
    async fn wait(&mut self) {
        match self.next().await {
            Happening::Command(Some(command)) => self.obey(command),
            Happening::Command(None) => {
                self.is_abandoned = true;
                self.session.stop(now());
            }
            Happening::Call(call) => {
                // A start that was asked for before it comes before it.
                while let Ok(command) = self.commands.try_recv() {
                    self.obey(command);
                }
                self.session.call(call);
            }
            Happening::Activity(activity) => self.hear(activity),
            Happening::Dialed(outcome) => self.dialed(outcome),
            Happening::Room => self.catch_up(),
            Happening::Time => self.session.tick(now()),
        }
    }

    async fn next(&mut self) -> Happening {
        let may_read = self.may_read();
        let may_dial = self.backlog.len() <= self.dialing.options.event_capacity + MAX_BACKLOG;
        // What waits here can still be taken back; what waits in a socket goes out.
        let may_take = self.socket.as_ref().is_none_or(Socket::takes_more);
        self.session.deafen(!may_read, now());
        self.set_timer();
        let is_timed = self.session.wake_up().is_some();
        let socket = async {
            match &mut self.socket {
                Some(socket) => socket.next(may_read).await,
                None => pending().await,
            }
        };
        let attempt = async {
            match &mut self.attempt {
                Some(attempt) if may_dial => attempt.await,
                _ => pending().await,
            }
        };
        select! {
            command = self.commands.recv(), if !self.is_abandoned => Happening::Command(command),
            Some(call) = self.calls.recv(), if may_take => Happening::Call(call),
            activity = socket => Happening::Activity(activity),
            outcome = attempt => Happening::Dialed(outcome),
            _ = self.events.reserve(), if !self.backlog.is_empty() => Happening::Room,
            () = &mut self.timer, if is_timed => Happening::Time,
        }
    }

    /// Whether there is room for what might be read.
    fn may_read(&self) -> bool {
        let room = match self.backlog.len() {
            0 => return true,
            // Who takes events may be waiting for an answer meanwhile, which comes behind them.
            _ if self.session.has_calls() => self.dialing.options.event_capacity,
            _ => 0,
        };
        // Before the session is connected it makes few events of what it reads.
        self.backlog.len() < room || !self.session.is_connected()
    }

    /// Moves events for which there was no room into the user's queue.
    fn catch_up(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(event)) => {
                    return self.backlog.push_front(event);
                }
                Err(mpsc::error::TrySendError::Closed(_)) => self.backlog.clear(),
            }
        }
    }

    /// A timer that ends too early does no harm, and setting it costs.
    fn set_timer(&mut self) {
        if let Some(wake_up) = self.session.wake_up().map(Instant::from_std)
            && (wake_up < self.timer.deadline() || self.timer.is_elapsed())
        {
            self.timer.as_mut().reset(wake_up);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Start(starting) if self.session.is_stopped() => {
                self.session.start(starting, now());
            }
            Command::Start(starting) => {
                let _ = starting.send(Err(Error::already_started()));
            }
            Command::Stop(stopping) => {
                self.stopping.push(stopping);
                self.session.stop(now());
            }
        }
    }

    fn hear(&mut self, activity: Activity) {
        match activity {
            Activity::Received(received, bytes) => self.session.received(received, bytes, now()),
            Activity::Heard => self.session.heard(now()),
            Activity::Closed(closed) => {
                self.socket = None;
                self.session.closed(closed, now());
            }
        }
    }

    fn dialed(&mut self, outcome: Result<Box<Dialed>, Failure>) {
        self.attempt = None;
        match outcome {
            Ok(dialed) => {
                self.socket = Some(dialed.socket);
                self.url = Some(dialed.url);
                self.session.opened();
            }
            Err(Failure { error, is_final }) => self.session.failed(error, is_final, now()),
        }
    }

    fn dial(&self, goal: Goal) -> BoxFuture<'static, Result<Box<Dialed>, Failure>> {
        let dialing = self.dialing.clone();
        let url = self.url.clone();
        Box::pin(async move {
            match (goal, url) {
                (
                    Goal::Recover {
                        connection_id,
                        token,
                    },
                    Some(url),
                ) => {
                    let there = url.recovering(&connection_id, &token);
                    let socket = dialing.connect(&there).await;
                    let socket = socket.map_err(Failure::passing)?;
                    Ok(Box::new(Dialed { socket, url }))
                }
                _ => dialing.dial().await,
            }
        })
    }
}

// Else nobody would hear that the runtime shut down.
impl Drop for Driver {
    fn drop(&mut self) {
        if !self.session.is_stopped() {
            self.session.stop(now());
            let closed = Closed::new(None, "the runtime of the client is gone");
            self.session.closed(closed, now());
            self.perform();
        }
    }
}

impl Dialing {
    /// Makes a new connection.
    async fn dial(&self) -> Result<Box<Dialed>, Failure> {
        let is_fixed = self.credential.is_fixed();
        let url = self.credential.url().await.map_err(Failure::passing)?;
        debug!(?url, subprotocol = %self.options.subprotocol, "connecting");
        match self.connect(&url).await {
            Ok(socket) => Ok(Box::new(Dialed { socket, url })),
            Err(error) if error.kind() == ErrorKind::Unauthorized && is_fixed => Err(Failure {
                error: match error.status() {
                    Some(status) if self.credential.has_expired(SystemTime::now()) => {
                        Error::expired(status)
                    }
                    _ => error,
                },
                is_final: true,
            }),
            Err(error) => Err(Failure {
                is_final: error.kind() == ErrorKind::Config,
                error,
            }),
        }
    }

    async fn connect(&self, url: &ClientUrl) -> Result<Socket, Error> {
        let subprotocol = self.options.subprotocol;
        Socket::connect(&self.upgrader, url, subprotocol, &self.headers).await
    }
}

impl Failure {
    fn passing(error: Error) -> Self {
        Self {
            error,
            is_final: false,
        }
    }
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}
