use proptest::prelude::*;

use super::*;

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Start,
    Stop,
    Call(ClientFrame, Ack),
    Open,
    Fail(bool),
    Greet(u8),
    Message(u64),
    Ack(u64, Result<(), AckErrorName>),
    Pong,
    Close(Option<u16>),
    Wait(Duration),
    Deafen(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let frame = prop_oneof![
        Just(join("a")),
        Just(leave("a")),
        Just(send("x")),
        Just(event("x"))
    ];
    let ack = prop_oneof![
        6 => Just(Ack::Next),
        1 => (1..6_u64).prop_map(Ack::Own),
        1 => Just(Ack::None)
    ];
    let result = prop_oneof![
        4 => Just(Ok(())),
        1 => Just(Err(AckErrorName::Duplicate)),
        1 => Just(Err(AckErrorName::Forbidden)),
        1 => Just(Err(AckErrorName::InternalServerError)),
    ];
    let code = prop_oneof![
        Just(None),
        Just(Some(1000)),
        Just(Some(1001)),
        Just(Some(1008))
    ];
    let wait = prop_oneof![0..2_000_u64, 0..60_000_u64];
    prop_oneof![
        1 => Just(Step::Start),
        1 => Just(Step::Stop),
        6 => (frame, ack).prop_map(|(frame, ack)| Step::Call(frame, ack)),
        6 => Just(Step::Open),
        1 => any::<bool>().prop_map(Step::Fail),
        6 => (1..4_u8).prop_map(Step::Greet),
        4 => (1..8_u64).prop_map(Step::Message),
        6 => (1..8_u64, result).prop_map(|(id, result)| Step::Ack(id, result)),
        2 => Just(Step::Pong),
        2 => code.prop_map(Step::Close),
        4 => wait.prop_map(|wait| Step::Wait(Duration::from_millis(wait))),
        1 => any::<bool>().prop_map(Step::Deafen),
    ]
}

/// What a driver has, and what it saw.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are what is checked")]
struct Driver {
    attempt: bool,
    socket: bool,
    connected: bool,
    recovering: bool,
}

impl Driver {
    fn obey(&mut self, output: Output) {
        match output {
            Output::Connect(_) => {
                assert!(!self.socket && !self.attempt, "one connection at a time");
                self.attempt = true;
            }
            Output::Drop => (self.attempt, self.socket) = (false, false),
            Output::Write(_) | Output::Close => {
                assert!(self.socket, "there is a socket to write to");
            }
            Output::WriteOnly(_, reply) => {
                assert!(self.socket, "there is a socket to write to");
                reply.give(Ok(WebPubSubResult::unacknowledged()));
            }
            Output::State(_) => {}
            Output::Started(starting) => drop(starting.send(Ok(()))),
            Output::Deliver(event) => self.see(&event),
        }
    }

    fn see(&mut self, event: &Event) {
        match event {
            Event::Connected(_) => {
                assert!(!self.connected);
                (self.connected, self.recovering) = (true, false);
            }
            Event::Disconnected(_) => {
                assert!(self.connected);
                (self.connected, self.recovering) = (false, false);
            }
            Event::Recovering(_) => {
                assert!(self.connected && !self.recovering);
                self.recovering = true;
            }
            Event::Recovered(_) => {
                assert!(self.recovering);
                self.recovering = false;
            }
            Event::ServerMessage(_) | Event::GroupMessage(_) => {
                assert!(self.connected && !self.recovering);
            }
            // While the connection recovers its answer can be overdue.
            Event::RejoinGroupFailed(_) => assert!(self.connected),
            Event::Stopped(_) => assert!(!self.connected),
        }
    }
}

/// Lets it happen, if it can.
fn take(stage: &mut Stage, driver: &mut Driver, outcomes: &mut Vec<Outcome>, step: Step) {
    match step {
        Step::Start if stage.session.is_stopped() => drop(stage.start()),
        Step::Stop => stage.session.stop(stage.now),
        Step::Call(frame, ack) => outcomes.push(stage.calls(frame, ack)),
        Step::Open if driver.attempt => {
            (driver.attempt, driver.socket) = (false, true);
            stage.opens();
        }
        Step::Fail(is_final) if driver.attempt => {
            driver.attempt = false;
            let error = Error::connect("refused");
            stage.session.failed(error, is_final, stage.now);
        }
        Step::Close(code) if driver.socket => {
            driver.socket = false;
            stage.closes(code);
        }
        Step::Greet(id) if driver.socket => stage.greets(&format!("c{id}"), "t"),
        Step::Message(number) if driver.socket => {
            stage.receives_numbered(message("x"), Some(number));
        }
        Step::Ack(id, result) if driver.socket => stage.acks(id, result),
        Step::Pong if driver.socket => stage.receives(ServiceFrame::Pong),
        Step::Wait(time) => stage.now += time,
        Step::Deafen(is_deaf) => stage.session.deafen(is_deaf, stage.now),
        _ => {}
    }
    stage.session.tick(stage.now);
    while let Some(output) = stage.session.poll() {
        driver.obey(output);
    }
}

proptest! {
    #[test]
    fn whatever_happens_each_call_is_answered_once_and_events_are_in_order(
        steps in proptest::collection::vec(step(), 1..60),
        is_reliable in any::<bool>(),
    ) {
        let options = if is_reliable { ClientOptions::default() } else { not_reliable() };
        let mut stage = Stage::new(options);
        let (mut driver, mut outcomes) = (Driver::default(), Vec::new());
        // Held, or else each start would be given up.
        let starting = stage.start();
        for step in steps {
            take(&mut stage, &mut driver, &mut outcomes, step);
        }
        drop(starting);
        take(&mut stage, &mut driver, &mut outcomes, Step::Stop);
        take(&mut stage, &mut driver, &mut outcomes, Step::Wait(Duration::from_secs(60)));
        prop_assert!(stage.session.is_stopped());
        prop_assert!(!driver.socket && !driver.attempt && !driver.connected);
        for outcome in &mut outcomes {
            prop_assert!(outcome.try_recv().is_ok(), "each call was answered");
        }
    }
}
