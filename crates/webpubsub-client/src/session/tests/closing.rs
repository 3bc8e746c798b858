use super::*;
use crate::ErrorKind;

#[test]
fn it_says_goodbye_and_waits_for_the_services() {
    let mut stage = Stage::connected();
    let mut unanswered = stage.sends("x");
    stage.said();
    stage.session.stop(stage.now);
    stage.says(&["close"]);
    let error = unanswered.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stopped);
    assert!(error.may_have_been_processed());
    // Nobody wants to hear this any more.
    stage.receives_numbered(message("x"), Some(1));
    stage.says(&[]);
    stage.closes(Some(1000));
    stage.says(&["Disconnected c1 1000", "is stopped", "Stopped"]);
    assert!(stage.session.is_stopped());
}

#[test]
fn it_does_not_wait_for_ever() {
    let mut stage = Stage::connected();
    stage.session.stop(stage.now);
    stage.says(&["close"]);
    stage.waits_seconds(5);
    stage.says(&[
        "drop",
        "Disconnected c1 without a code",
        "is stopped",
        "Stopped",
    ]);
}

#[test]
fn without_a_socket_there_is_nothing_to_say() {
    // Connecting.
    let mut stage = Stage::new(ClientOptions::default());
    let mut started = stage.start();
    stage.said();
    stage.session.stop(stage.now);
    stage.says(&["drop", "is stopped", "Stopped"]);
    let error = started.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stopped);
    // Recovering.
    let mut stage = Stage::connected();
    stage.closes(None);
    stage.said();
    stage.session.stop(stage.now);
    stage.says(&[
        "drop",
        "Disconnected c1 without a code",
        "is stopped",
        "Stopped",
    ]);
    // Waiting for the next attempt.
    let mut stage = Stage::connected_with(not_reliable());
    stage.closes(None);
    stage.said();
    let mut waiting = stage.sends("x");
    stage.session.stop(stage.now);
    stage.says(&["drop", "is stopped", "Stopped"]);
    let error = waiting.try_recv().unwrap().unwrap_err();
    assert!(!error.may_have_been_processed());
    stage.waits_seconds(100);
    stage.says(&[]);
}

#[test]
fn a_greeting_during_the_goodbye_changes_nothing() {
    let mut stage = Stage::connected();
    stage.session.stop(stage.now);
    stage.said();
    stage.greets("c2", "t2");
    stage.says(&[]);
    stage.closes(Some(1000));
    stage.says(&["Disconnected c1 1000", "is stopped", "Stopped"]);
}

#[test]
fn it_forgets_its_groups() {
    let mut stage = Stage::connected();
    stage.is_in("a");
    stage.session.stop(stage.now);
    stage.closes(Some(1000));
    stage.said();
    let _started = stage.start();
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&[
        "is connecting",
        "connect",
        "is connected: c2",
        "Connected c2",
    ]);
}

#[test]
fn what_the_service_says_before_it_closes_is_told() {
    let mut stage = Stage::connected();
    stage.receives(ServiceFrame::Disconnected {
        message: "Service reload".to_owned(),
    });
    stage.closes(Some(1000));
    stage.says(&["Disconnected c1 1000, Service reload", "is reconnecting"]);
}
