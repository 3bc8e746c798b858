use super::*;
use crate::ErrorKind;

/// A stage whose socket has broken.
fn broken() -> Stage {
    let mut stage = Stage::connected();
    stage.closes(None);
    stage.says(&["is recovering: c1", "Recovering c1", "recover c1 with t1"]);
    stage
}

#[test]
fn the_same_connection_goes_on_once_the_service_has_spoken() {
    let mut stage = Stage::connected();
    stage.receives_numbered(message("x"), Some(1));
    stage.said();
    stage.closes(None);
    stage.said();
    stage.opens();
    stage.says(&["> sequence ack 1", "> ping"]);
    stage.receives(ServiceFrame::Pong);
    stage.says(&["is connected: c1", "Recovered c1"]);
    stage.receives_numbered(message("y"), Some(2));
    stage.says(&["Message y"]);
}

#[test]
fn without_messages_there_is_nothing_to_acknowledge() {
    let mut stage = broken();
    stage.opens();
    stage.says(&["> ping"]);
}

#[test]
fn calls_without_an_answer_are_sent_again_with_their_ids_before_those_that_waited() {
    let mut stage = Stage::connected();
    let mut before = stage.sends("before");
    let cancelled = stage.sends("cancelled");
    stage.said();
    stage.closes(None);
    let mut meanwhile = stage.sends("meanwhile");
    drop(cancelled);
    drop(stage.sends("cancelled, too"));
    stage.said();
    stage.opens();
    stage.says(&["> ping"]);
    stage.receives(ServiceFrame::Pong);
    stage.says(&[
        "is connected: c1",
        "Recovered c1",
        "> send before #1",
        "> send meanwhile #3",
    ]);
    stage.acks(1, Err(AckErrorName::Duplicate));
    stage.acks(3, Ok(()));
    assert!(before.try_recv().unwrap().unwrap().is_duplicate);
    assert!(!meanwhile.try_recv().unwrap().unwrap().is_duplicate);
}

#[test]
fn a_message_is_as_good_a_sign_as_a_pong() {
    let mut stage = broken();
    stage.opens();
    stage.said();
    stage.receives_numbered(message("x"), Some(1));
    stage.says(&["is connected: c1", "Recovered c1", "Message x"]);
}

#[test]
fn a_greeting_for_the_same_connection_goes_on_with_its_token() {
    let mut stage = broken();
    stage.opens();
    stage.said();
    stage.greets("c1", "t2");
    stage.says(&["is connected: c1", "Recovered c1"]);
    stage.waits_seconds(5);
    stage.closes(None);
    stage.says(&["is recovering: c1", "Recovering c1", "recover c1 with t2"]);
}

#[test]
fn a_greeting_for_another_connection_is_a_new_one() {
    let mut stage = Stage::connected();
    let mut lost = stage.sends("lost");
    stage.closes(None);
    stage.said();
    stage.opens();
    stage.said();
    stage.greets("c2", "t2");
    stage.says(&[
        "Disconnected c1 without a code",
        "is connected: c2",
        "Connected c2",
    ]);
    assert!(
        lost.try_recv()
            .unwrap()
            .unwrap_err()
            .may_have_been_processed()
    );
}

#[test]
fn it_is_tried_again_for_as_long_as_the_service_keeps_the_connection() {
    let mut stage = broken();
    let start = stage.now;
    let mut attempts = 1;
    stage.fails();
    while stage.said().is_empty() {
        stage.now = stage.session.wake_up().unwrap();
        stage.session.tick(stage.now);
        stage.says(&["recover c1 with t1"]);
        attempts += 1;
        stage.fails();
    }
    let passed = stage.now - start;
    assert!(passed <= Duration::from_secs(30), "{passed:?}");
    assert!(passed >= Duration::from_secs(26), "{passed:?}");
    assert!((15..40).contains(&attempts), "{attempts}");
}

#[test]
fn what_breaks_again_at_once_is_not_recovered_at_once() {
    let mut stage = Stage::connected();
    let start = stage.now;
    for _ in 0..8 {
        stage.closes(None);
        while !stage.said().iter().any(|line| line.starts_with("recover")) {
            stage.now = stage.session.wake_up().unwrap();
            stage.session.tick(stage.now);
        }
        stage.opens();
        stage.receives(ServiceFrame::Pong);
        stage.said();
    }
    let passed = stage.now - start;
    assert!(passed > Duration::from_secs(5), "{passed:?}");
    // Once it has lasted, the next break is one like the first.
    stage.waits_seconds(5);
    stage.heard();
    stage.closes(None);
    assert_eq!(stage.said().last().unwrap(), "recover c1 with t1");
}

#[test]
fn an_attempt_that_hangs_does_not_outlive_the_window() {
    for opens in [false, true] {
        let mut stage = broken();
        let start = stage.now;
        let mut lost = Vec::new();
        while lost.is_empty() && stage.now < start + Duration::from_secs(60) {
            if opens {
                stage.opens();
            }
            stage.waits(Duration::from_millis(100));
            lost = stage.said();
            lost.retain(|line| line.starts_with("Disconnected"));
        }
        let passed = stage.now - start;
        assert!(passed <= Duration::from_millis(30_100), "{passed:?}");
    }
}

#[test]
fn gone_is_gone_and_an_ordinary_end_is_one() {
    let mut stage = broken();
    stage.opens();
    stage.said();
    stage.closes(Some(1008));
    stage.says(&["Disconnected c1 1008", "is reconnecting"]);
    for code in [1000, 1008] {
        let mut stage = Stage::connected();
        stage.closes(Some(code));
        stage.says(&[&format!("Disconnected c1 {code}"), "is reconnecting"]);
    }
}

#[test]
fn any_other_code_can_be_recovered_from() {
    for code in [None, Some(1001), Some(1006), Some(1011), Some(4000)] {
        let mut stage = Stage::connected();
        stage.closes(code);
        assert_eq!(stage.said()[1], "Recovering c1");
    }
}

#[test]
fn while_the_service_is_not_heard_nothing_new_counts_as_sent() {
    let mut stage = broken();
    let mut waiting = stage.sends("x");
    stage.opens();
    stage.said();
    stage.closes(Some(1008));
    stage.said();
    assert!(waiting.try_recv().is_err());
    stage.waits_seconds(1);
    stage.says(&["connect"]);
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&["is connected: c2", "Connected c2", "> send x #1"]);
}

#[test]
fn what_was_to_be_repeated_is_repeated_when_there_is_a_socket() {
    let mut stage = Stage::connected();
    let _x = stage.sends("x");
    stage.acks(1, Err(AckErrorName::InternalServerError));
    stage.closes(None);
    stage.said();
    stage.waits_seconds(3);
    stage.opens();
    stage.says(&["> ping"]);
    stage.receives(ServiceFrame::Pong);
    stage.says(&["is connected: c1", "Recovered c1", "> send x #1"]);
}

#[test]
fn a_client_that_is_not_reliable_does_not_recover() {
    let mut stage = Stage::connected_with(not_reliable());
    let mut outcome = stage.sends("x");
    stage.said();
    stage.closes(None);
    stage.says(&["Disconnected c1 without a code", "is reconnecting"]);
    let error = outcome.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.may_have_been_processed());
}
