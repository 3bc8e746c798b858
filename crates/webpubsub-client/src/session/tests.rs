//! Dialogues with a session: what happens, and what it wants done then. Time passes when a test says so.

mod answers;
mod closing;
mod liveness;
mod messages;
mod properties;
mod recovering;
mod replacing;
mod starting;

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use webpubsub_protocol::{
    ConnectionId, GroupName, Message, Token,
    frame::{AckError, AckErrorName, ClientFrame, Received, ServiceFrame, Subprotocol},
};

use super::{Ack, Call, Goal, Output, Reply, Session};
use crate::{ClientOptions, Closed, ConnectionState, Error, Event, WebPubSubResult};

/// A session and its time.
struct Stage {
    session: Session,
    now: Instant,
}

type Outcome = oneshot::Receiver<Result<WebPubSubResult, Error>>;

impl Stage {
    fn new(options: ClientOptions) -> Self {
        Self {
            session: Session::new(options, 7),
            now: Instant::now(),
        }
    }

    /// Started, and greeted by the service.
    fn connected() -> Self {
        Self::connected_with(ClientOptions::default())
    }

    fn connected_with(options: ClientOptions) -> Self {
        let mut stage = Self::new(options);
        let mut started = stage.start();
        stage.opens();
        stage.greets("c1", "t1");
        stage.said();
        assert!(started.try_recv().unwrap().is_ok());
        stage
    }

    fn start(&mut self) -> oneshot::Receiver<Result<(), Error>> {
        let (starting, started) = oneshot::channel();
        self.session.start(starting, self.now);
        started
    }

    /// All it wants done, in words.
    fn said(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(output) = self.session.poll() {
            match output {
                Output::Started(starting) => starting.send(Ok(())).unwrap(),
                output => lines.push(in_words(&output)),
            }
        }
        lines
    }

    fn says(&mut self, expected: &[&str]) {
        assert_eq!(self.said(), expected);
    }

    fn opens(&mut self) {
        self.session.opened();
    }

    fn fails(&mut self) {
        self.session
            .failed(Error::connect("refused"), false, self.now);
    }

    fn closes(&mut self, code: Option<u16>) {
        self.session.closed(Closed::new(code, "bye"), self.now);
    }

    fn receives(&mut self, frame: ServiceFrame) {
        self.receives_numbered(frame, None);
    }

    fn receives_numbered(&mut self, frame: ServiceFrame, sequence_id: Option<u64>) {
        let received = Received {
            frame: Some(frame),
            sequence_id,
        };
        self.session.received(received, 100, self.now);
    }

    fn greets(&mut self, id: &str, token: &str) {
        self.receives(ServiceFrame::Connected {
            connection_id: ConnectionId::new(id).unwrap(),
            user_id: None,
            reconnection_token: Some(Token::new(token)),
        });
    }

    fn acks(&mut self, ack_id: u64, result: Result<(), AckErrorName>) {
        let result = result.map_err(|name| AckError::new(name, "why"));
        self.receives(ServiceFrame::Ack { ack_id, result });
    }

    /// Time passes, in the steps in which the session wants to be told.
    fn waits(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.session.wake_up().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.session.tick(self.now);
        }
        self.now = end;
        self.session.tick(self.now);
    }

    fn waits_seconds(&mut self, seconds: u64) {
        self.waits(Duration::from_secs(seconds));
    }

    fn calls(&mut self, frame: ClientFrame, ack: Ack) -> Outcome {
        let (sender, outcome) = oneshot::channel();
        let call = Call {
            frame,
            ack,
            deadline: self.now + Duration::from_secs(30),
            reply: Reply::new(sender),
        };
        self.session.call(call);
        outcome
    }

    fn sends(&mut self, text: &str) -> Outcome {
        self.calls(send(text), Ack::Next)
    }

    fn joins(&mut self, name: &str) -> Outcome {
        self.calls(join(name), Ack::Next)
    }

    /// Has joined a group.
    fn is_in(&mut self, name: &str) {
        let mut joined = self.joins(name);
        let written = self.said();
        let id = written[0].rsplit('#').next().unwrap().parse().unwrap();
        self.acks(id, Ok(()));
        assert!(joined.try_recv().unwrap().is_ok());
    }
}

impl Session {
    fn pending_calls(&self) -> usize {
        self.calls.len()
    }
}

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

fn join(name: &str) -> ClientFrame {
    ClientFrame::JoinGroup {
        group: group(name),
        ack_id: None,
    }
}

fn leave(name: &str) -> ClientFrame {
    ClientFrame::LeaveGroup {
        group: group(name),
        ack_id: None,
    }
}

fn send(text: &str) -> ClientFrame {
    ClientFrame::SendToGroup {
        group: group("g"),
        message: Message::text(text),
        no_echo: true,
        message_ttl: None,
        ack_id: None,
    }
}

fn event(text: &str) -> ClientFrame {
    ClientFrame::Event {
        event: "e".try_into().unwrap(),
        message: Message::text(text),
        ack_id: None,
    }
}

fn message(text: &str) -> ServiceFrame {
    ServiceFrame::ServerMessage {
        message: Message::text(text),
    }
}

fn options(change: impl FnOnce(&mut ClientOptions)) -> ClientOptions {
    let mut options = ClientOptions::default();
    change(&mut options);
    options
}

fn not_reliable() -> ClientOptions {
    options(|options| options.subprotocol = Subprotocol::Json)
}

fn in_words(output: &Output) -> String {
    match output {
        Output::Connect(Goal::New) => "connect".to_owned(),
        Output::Connect(Goal::Recover {
            connection_id,
            token,
        }) => format!("recover {connection_id} with {}", token.expose_secret()),
        Output::Write(frame) | Output::WriteOnly(frame, _) => frame_in_words(frame),
        Output::Close => "close".to_owned(),
        Output::Drop => "drop".to_owned(),
        Output::Started(_) => unreachable!("it was told"),
        Output::Deliver(event) => event_in_words(event),
        Output::State(state) => match state {
            ConnectionState::Connected { connection_id } => {
                format!("is connected: {connection_id}")
            }
            ConnectionState::Recovering { connection_id } => {
                format!("is recovering: {connection_id}")
            }
            other => format!("is {}", format!("{other:?}").to_lowercase()),
        },
    }
}

fn frame_in_words(frame: &ClientFrame) -> String {
    let id = frame.ack_id().map_or(String::new(), |id| format!(" #{id}"));
    match frame {
        ClientFrame::JoinGroup { group, .. } => format!("> join {group}{id}"),
        ClientFrame::LeaveGroup { group, .. } => format!("> leave {group}{id}"),
        ClientFrame::SendToGroup { message, .. } => {
            format!("> send {}{id}", message.as_text().unwrap())
        }
        ClientFrame::Event { message, .. } => format!("> event {}{id}", message.as_text().unwrap()),
        ClientFrame::Ping => "> ping".to_owned(),
        ClientFrame::SequenceAck { sequence_id } => format!("> sequence ack {sequence_id}"),
        other => panic!("a frame nobody knows: {other:?}"),
    }
}

fn event_in_words(event: &Event) -> String {
    match event {
        Event::Connected(connected) => format!("Connected {}", connected.connection_id),
        Event::Disconnected(end) => {
            let message = end.message.as_deref();
            let message = message.map_or(String::new(), |message| format!(", {message}"));
            let code = end.closed.code;
            let code = code.map_or("without a code".to_owned(), |code| code.to_string());
            format!("Disconnected {} {code}{message}", end.connection_id)
        }
        Event::ServerMessage(message) => {
            format!("Message {}", message.message.as_text().unwrap())
        }
        Event::GroupMessage(message) => format!("Group message {}", message.group),
        Event::Recovering(id) => format!("Recovering {id}"),
        Event::Recovered(id) => format!("Recovered {id}"),
        Event::RejoinGroupFailed(failed) => {
            format!(
                "RejoinGroupFailed {}: {:?}",
                failed.group,
                failed.error.kind()
            )
        }
        Event::Stopped(stopped) => match &stopped.error {
            Some(error) => format!("Stopped: {:?}", error.kind()),
            None => "Stopped".to_owned(),
        },
    }
}
