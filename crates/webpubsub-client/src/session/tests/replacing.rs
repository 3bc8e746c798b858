use super::*;
use crate::ErrorKind;

/// A stage whose connection is gone, and about to be replaced.
fn lost(stage: &mut Stage) {
    stage.closes(Some(1008));
    stage.said();
    stage.waits_seconds(1);
    stage.says(&["connect"]);
}

#[test]
fn on_a_new_connection_the_groups_are_joined_again_once() {
    let mut stage = Stage::connected();
    stage.is_in("a");
    stage.is_in("b");
    stage.is_in("b");
    let _left = stage.calls(leave("b"), Ack::Next);
    stage.acks(4, Ok(()));
    // One that was refused is not one that was joined.
    let _refused = stage.joins("c");
    stage.acks(5, Err(AckErrorName::Forbidden));
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&["is connected: c2", "Connected c2", "> join a #6"]);
    stage.acks(6, Ok(()));
    stage.says(&[]);
}

#[test]
fn a_group_that_a_call_is_about_to_join_or_leave_is_left_to_that() {
    let mut stage = Stage::connected();
    for name in ["a", "b"] {
        stage.is_in(name);
    }
    let (_join, _leave) = (stage.joins("a"), stage.calls(leave("b"), Ack::Next));
    stage.said();
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&[
        "is connected: c2",
        "Connected c2",
        "> join a #3",
        "> leave b #4",
    ]);
}

#[test]
fn a_join_that_was_given_up_does_not_keep_its_group_from_being_joined_again() {
    let mut stage = Stage::connected();
    stage.is_in("a");
    drop(stage.joins("a"));
    stage.said();
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&["is connected: c2", "Connected c2", "> join a #3"]);
}

#[test]
fn the_groups_come_before_what_waited() {
    let mut stage = Stage::connected();
    stage.is_in("a");
    lost(&mut stage);
    let _waiting = stage.sends("x");
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&[
        "is connected: c2",
        "Connected c2",
        "> join a #3",
        "> send x #2",
    ]);
}

#[test]
fn a_group_that_cannot_be_joined_again_is_told_of() {
    let mut stage = Stage::connected();
    for name in ["a", "b"] {
        stage.is_in(name);
    }
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    let ids: Vec<u64> = stage
        .said()
        .iter()
        .filter_map(|line| line.rsplit_once('#')?.1.parse().ok())
        .collect();
    let [forbidden, unanswered] = ids[..] else {
        panic!("two groups are joined")
    };
    stage.acks(forbidden, Err(AckErrorName::Forbidden));
    assert!(stage.said()[0].ends_with(": Rejected"));
    let _ = unanswered;
    for _ in 0..6 {
        stage.heard();
        stage.waits_seconds(5);
    }
    let said = stage.said();
    assert!(
        said.iter().any(|line| line.ends_with(": Timeout")),
        "{said:?}"
    );
}

#[test]
fn a_group_that_was_left_meanwhile_is_not_joined_again() {
    let mut stage = Stage::connected();
    stage.is_in("a");
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    stage.acks(2, Err(AckErrorName::InternalServerError));
    let _leave = stage.calls(leave("a"), Ack::Next);
    stage.acks(3, Ok(()));
    stage.said();
    stage.waits_seconds(5);
    stage.says(&[]);
}

#[test]
fn groups_are_not_joined_again_where_that_is_not_wanted() {
    let mut stage = Stage::connected_with(options(|options| options.auto_rejoin_groups = false));
    stage.is_in("a");
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&["is connected: c2", "Connected c2"]);
}

#[test]
fn what_may_have_been_done_is_not_done_again_but_for_what_does_no_harm_twice() {
    let mut stage = Stage::connected();
    let mut sent = stage.sends("sent");
    let mut event = stage.calls(event("event"), Ack::Next);
    let mut join = stage.joins("a");
    stage.said();
    lost(&mut stage);
    for outcome in [&mut sent, &mut event] {
        let error = outcome.try_recv().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert!(error.may_have_been_processed());
    }
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&["is connected: c2", "Connected c2", "> join a #3"]);
    stage.acks(3, Ok(()));
    assert!(join.try_recv().unwrap().is_ok());
}

#[test]
fn numbers_begin_anew_on_a_new_connection() {
    let mut stage = Stage::connected();
    stage.receives_numbered(message("x"), Some(9));
    stage.waits_seconds(1);
    lost(&mut stage);
    stage.opens();
    stage.greets("c2", "t2");
    stage.said();
    stage.receives_numbered(message("y"), Some(1));
    stage.waits_seconds(1);
    stage.says(&["Message y", "> sequence ack 1"]);
}

#[test]
fn the_waits_between_attempts_grow_and_are_not_all_the_same() {
    let mut stage = Stage::connected_with(not_reliable());
    stage.closes(None);
    stage.said();
    let mut waits = Vec::new();
    for _ in 0..12 {
        let wake_up = stage.session.wake_up().unwrap();
        waits.push((wake_up - stage.now).as_secs_f64());
        stage.now = wake_up;
        stage.session.tick(stage.now);
        stage.says(&["connect"]);
        stage.fails();
    }
    let bounds = [
        1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0, 30.0,
    ];
    for (number, (wait, bound)) in waits.iter().zip(bounds).enumerate() {
        let least = if number == 0 { 0.0 } else { bound / 2.0 };
        assert!((least..=bound).contains(wait), "{number}: {wait}");
    }
    let last = &waits[6..];
    assert!(
        last.iter().any(|wait| (wait - last[0]).abs() > 0.1),
        "{waits:?}"
    );
}

#[test]
fn it_never_gives_up_unless_told_to() {
    let mut stage = Stage::connected_with(not_reliable());
    stage.closes(None);
    for _ in 0..1_000 {
        stage.waits_seconds(30);
        stage.fails();
    }
    assert!(!stage.session.is_stopped());
    assert!(!stage.said().iter().any(|line| line.starts_with("Stopped")));

    let few = options(|options| {
        options.subprotocol = Subprotocol::Json;
        options.reconnect.max_attempts = Some(2);
    });
    let mut stage = Stage::connected_with(few);
    stage.closes(None);
    stage.said();
    for _ in 0..2 {
        stage.waits_seconds(2);
        stage.says(&["connect"]);
        stage.fails();
    }
    stage.says(&["is stopped", "Stopped: Connect"]);
}

#[test]
fn what_fails_for_good_ends_it() {
    let mut stage = Stage::connected();
    lost(&mut stage);
    let error = Error::expired(http::StatusCode::UNAUTHORIZED);
    stage.session.failed(error, true, stage.now);
    stage.says(&["is stopped", "Stopped: Unauthorized"]);
}

#[test]
fn without_reconnecting_a_lost_connection_is_the_end() {
    let mut stage = Stage::connected_with(options(|options| options.auto_reconnect = false));
    stage.closes(None);
    // Recovering is not reconnecting.
    assert_eq!(stage.said()[2], "recover c1 with t1");
    stage.opens();
    stage.said();
    stage.closes(Some(1008));
    stage.says(&[
        "Disconnected c1 1008",
        "is stopped",
        "Stopped: ConnectionLost",
    ]);
}
