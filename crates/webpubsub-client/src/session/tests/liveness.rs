use super::*;

#[test]
fn after_a_silence_the_service_is_asked_and_then_given_up() {
    let mut stage = Stage::connected();
    stage.waits(Duration::from_millis(9_999));
    stage.says(&[]);
    stage.waits(Duration::from_millis(1));
    stage.says(&["> ping"]);
    stage.waits(Duration::from_millis(9_999));
    stage.says(&[]);
    stage.waits(Duration::from_millis(1));
    stage.says(&[
        "drop",
        "is recovering: c1",
        "Recovering c1",
        "recover c1 with t1",
    ]);
}

#[test]
fn whatever_is_heard_ends_the_silence() {
    let mut stage = Stage::connected();
    for _ in 0..10 {
        stage.waits_seconds(9);
        stage.heard();
    }
    stage.says(&[]);
    stage.waits_seconds(15);
    stage.says(&["> ping"]);
    stage.receives(ServiceFrame::Pong);
    stage.waits_seconds(9);
    stage.says(&[]);
}

#[test]
fn who_does_not_listen_does_not_miss_the_service() {
    let mut stage = Stage::connected();
    stage.session.deafen(true, stage.now);
    stage.waits_seconds(1_000);
    stage.says(&[]);
    stage.session.deafen(false, stage.now);
    stage.waits_seconds(9);
    stage.says(&[]);
    stage.waits_seconds(1);
    stage.says(&["> ping"]);
}

#[test]
fn both_can_be_switched_off() {
    let mut stage = Stage::connected_with(options(|options| {
        options.keep_alive_interval = None;
        options.keep_alive_timeout = None;
    }));
    stage.waits_seconds(1_000_000);
    stage.says(&[]);
    assert_eq!(stage.session.wake_up(), None);
}

impl Stage {
    pub(super) fn heard(&mut self) {
        self.session.heard(self.now);
    }
}
