use super::*;
use crate::ErrorKind;

#[test]
fn it_has_started_when_the_service_has_greeted() {
    let mut stage = Stage::new(ClientOptions::default());
    let mut started = stage.start();
    stage.says(&["is connecting", "connect"]);
    stage.opens();
    stage.says(&[]);
    assert!(started.try_recv().is_err());
    stage.greets("c1", "t1");
    stage.says(&["is connected: c1", "Connected c1"]);
    assert!(started.try_recv().unwrap().is_ok());
}

#[test]
fn the_first_attempt_is_the_only_one() {
    let mut stage = Stage::new(ClientOptions::default());
    let mut started = stage.start();
    stage.fails();
    let error = started.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    stage.says(&["is connecting", "connect", "is stopped", "Stopped: Connect"]);
    assert!(stage.session.is_stopped());
    // It can be started again.
    let mut started = stage.start();
    stage.opens();
    stage.greets("c2", "t2");
    stage.said();
    assert!(started.try_recv().unwrap().is_ok());
}

#[test]
fn a_socket_that_closes_before_the_greeting_is_no_start() {
    let mut stage = Stage::new(ClientOptions::default());
    let mut started = stage.start();
    stage.opens();
    stage.closes(Some(1011));
    let error = started.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("1011"), "{error}");
}

#[test]
fn a_start_ends_in_time_wherever_it_hangs() {
    for opens in [false, true] {
        let mut stage = Stage::new(ClientOptions::default());
        let mut started = stage.start();
        if opens {
            stage.opens();
        }
        stage.waits(Duration::from_millis(9_999));
        assert!(started.try_recv().is_err());
        stage.waits(Duration::from_millis(1));
        let error = started.try_recv().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        stage.says(&[
            "is connecting",
            "connect",
            "drop",
            "is stopped",
            "Stopped: Timeout",
        ]);
    }
}

#[test]
fn who_gives_up_starting_has_it_stopped() {
    let mut stage = Stage::new(ClientOptions::default());
    drop(stage.start());
    stage.opens();
    stage.said();
    stage.greets("c1", "t1");
    stage.says(&["is connected: c1", "Connected c1", "close"]);
}

#[test]
fn what_is_sent_before_the_greeting_waits_for_it_and_goes_out_once() {
    let mut stage = Stage::new(ClientOptions::default());
    let _started = stage.start();
    let _join = stage.joins("g");
    let _send = stage.sends("early");
    stage.opens();
    stage.said();
    stage.greets("c1", "t1");
    stage.says(&[
        "is connected: c1",
        "Connected c1",
        "> join g #1",
        "> send early #2",
    ]);
}

#[test]
fn a_socket_that_comes_too_late_is_dropped() {
    let mut stage = Stage::new(ClientOptions::default());
    let _started = stage.start();
    stage.waits_seconds(10);
    stage.said();
    stage.opens();
    stage.says(&["drop"]);
}
