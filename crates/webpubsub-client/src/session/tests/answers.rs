use super::*;
use crate::ErrorKind;

#[test]
fn an_ack_answers_its_call_and_a_duplicate_says_so() {
    let mut stage = Stage::connected();
    let (mut one, mut two) = (stage.sends("one"), stage.sends("two"));
    stage.says(&["> send one #1", "> send two #2"]);
    stage.acks(2, Err(AckErrorName::Duplicate));
    stage.acks(1, Ok(()));
    let answers = [one.try_recv(), two.try_recv()].map(|answer| answer.unwrap().unwrap());
    assert_eq!(answers.map(|answer| answer.ack_id), [Some(1), Some(2)]);
    assert_eq!(answers.map(|answer| answer.is_duplicate), [false, true]);
}

#[test]
fn what_the_service_refuses_for_good_is_not_repeated() {
    for name in ["Forbidden", "BadRequest", "NotFound", "SomethingNew"] {
        let mut stage = Stage::connected();
        let mut outcome = stage.sends("x");
        stage.acks(1, Err(AckErrorName::from(name)));
        let error = outcome.try_recv().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert_eq!(error.ack_error().unwrap().name.as_str(), name);
        assert!(!error.may_have_been_processed());
        stage.waits_seconds(5);
        stage.says(&["> send x #1"]);
    }
}

#[test]
fn what_failed_for_a_moment_is_repeated_with_the_same_ack_id() {
    let mut stage = Stage::connected();
    let mut outcome = stage.sends("x");
    for _ in 0..3 {
        stage.says(&["> send x #1"]);
        stage.acks(1, Err(AckErrorName::InternalServerError));
        stage.says(&[]);
        stage.waits_seconds(2);
    }
    stage.says(&["> send x #1"]);
    assert!(outcome.try_recv().is_err());
    stage.acks(1, Err(AckErrorName::InternalServerError));
    let error = outcome.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    stage.waits_seconds(5);
    stage.says(&[]);
}

#[test]
fn a_failure_that_is_told_twice_is_repeated_once() {
    let mut stage = Stage::connected();
    let _outcome = stage.sends("x");
    stage.said();
    for _ in 0..2 {
        stage.acks(1, Err(AckErrorName::InternalServerError));
    }
    stage.waits_seconds(1);
    stage.says(&["> send x #1"]);
    stage.acks(1, Ok(()));
    // Nothing is left that would wake it up at once, for ever.
    let wake_up = stage.session.wake_up().unwrap();
    assert!(wake_up > stage.now + Duration::from_secs(5));
}

#[test]
fn a_call_that_is_dropped_is_not_repeated() {
    let mut stage = Stage::connected();
    let dropped = stage.sends("x");
    stage.acks(1, Err(AckErrorName::InternalServerError));
    drop(dropped);
    stage.waits_seconds(5);
    stage.says(&["> send x #1"]);
}

#[test]
fn calls_that_were_dropped_do_not_pile_up() {
    let mut stage = Stage::connected_with(not_reliable());
    stage.closes(None);
    let kept = stage.sends("kept");
    for _ in 0..10_000 {
        drop(stage.sends("dropped"));
    }
    // One that was dropped as soon as it was made is not even taken in: these are.
    for _ in 0..10_000 {
        let dropped = stage.sends("dropped");
        assert!(stage.session.pending_calls() <= 1_002);
        drop(dropped);
    }
    stage.said();
    stage.waits_seconds(1);
    stage.opens();
    stage.greets("c2", "t2");
    stage.says(&[
        "connect",
        "is connected: c2",
        "Connected c2",
        "> send kept #1",
    ]);
    drop(kept);
}

#[test]
fn an_event_is_not_repeated_since_its_handler_may_have_run() {
    let mut stage = Stage::connected();
    let mut outcome = stage.calls(event("x"), Ack::Next);
    stage.acks(1, Err(AckErrorName::InternalServerError));
    assert!(outcome.try_recv().unwrap().is_err());
    stage.waits_seconds(5);
    stage.says(&["> event x #1"]);
}

#[test]
fn an_answer_that_does_not_come_is_not_waited_for_for_ever() {
    let mut stage = Stage::connected();
    let mut outcome = stage.sends("x");
    stage.waits(Duration::from_millis(29_999));
    assert!(outcome.try_recv().is_err());
    stage.said();
    stage.heard();
    stage.waits(Duration::from_millis(1));
    let error = outcome.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.may_have_been_processed());
    stage.said();
    // It is of no use any more.
    stage.acks(1, Ok(()));
    stage.says(&[]);
}

#[test]
fn a_call_that_never_went_out_certainly_did_nothing() {
    let mut stage = Stage::connected_with(not_reliable());
    stage.closes(None);
    let mut outcome = stage.sends("x");
    stage.waits_seconds(30);
    let error = outcome.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.may_have_been_processed());
}

#[test]
fn without_an_ack_a_call_is_done_when_it_is_written() {
    let mut stage = Stage::connected();
    let mut outcome = stage.calls(send("x"), Ack::None);
    let Some(Output::WriteOnly(frame, reply)) = stage.session.poll() else {
        panic!("it is written");
    };
    assert_eq!(frame.ack_id(), None);
    assert!(outcome.try_recv().is_err());
    reply.give(Ok(WebPubSubResult::unacknowledged()));
    assert_eq!(outcome.try_recv().unwrap().unwrap().ack_id, None);
}

#[test]
fn an_ack_id_of_the_users_is_kept_and_never_taken_for_another_call() {
    let mut stage = Stage::connected();
    let _two = stage.calls(send("mine"), Ack::Own(2));
    stage.acks(2, Ok(()));
    let _others = [stage.sends("a"), stage.sends("b"), stage.sends("c")];
    stage.says(&[
        "> send mine #2",
        "> send a #1",
        "> send b #3",
        "> send c #4",
    ]);
    // What was answered may be asked for again; what was not may not.
    let _again = stage.calls(send("mine"), Ack::Own(2));
    // An id that is waited for is not forgotten, however many others were chosen since.
    let mut others: Vec<_> = (0..1_000)
        .map(|n| stage.calls(send("x"), Ack::Own(5_000 + n)))
        .collect();
    others.push(stage.calls(send("x"), Ack::Own(5)));
    others.extend((0..1_000).map(|n| stage.calls(send("x"), Ack::Own(10_000 + n))));
    stage.said();
    let _next = stage.sends("d");
    stage.says(&["> send d #6"]);
    stage.said();
    let mut twice = stage.calls(send("other"), Ack::Own(2));
    let error = twice.try_recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("ackId"), "{error}");
    stage.says(&[]);
}

#[test]
fn before_the_start_and_after_the_stop_a_call_fails() {
    let mut stage = Stage::new(ClientOptions::default());
    let mut early = stage.sends("x");
    assert_eq!(
        early.try_recv().unwrap().unwrap_err().kind(),
        ErrorKind::Stopped
    );
    let mut stage = Stage::connected();
    stage.session.stop(stage.now);
    let mut late = stage.sends("x");
    assert_eq!(
        late.try_recv().unwrap().unwrap_err().kind(),
        ErrorKind::Stopped
    );
}
