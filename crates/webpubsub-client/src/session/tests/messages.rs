use super::*;

#[test]
fn what_arrives_is_acknowledged_after_a_second() {
    let mut stage = Stage::connected();
    for number in 1..=3 {
        stage.receives_numbered(message("x"), Some(number));
    }
    stage.says(&["Message x", "Message x", "Message x"]);
    stage.waits(Duration::from_millis(999));
    stage.says(&[]);
    stage.waits(Duration::from_millis(1));
    stage.says(&["> sequence ack 3"]);
    stage.waits_seconds(5);
    stage.says(&[]);
}

#[test]
fn many_messages_are_acknowledged_at_once_and_so_are_large_ones() {
    let mut stage = Stage::connected();
    for number in 1..=128 {
        stage.receives_numbered(message("x"), Some(number));
    }
    let said = stage.said();
    assert_eq!(said.len(), 129);
    assert_eq!(said[128], "> sequence ack 128");

    for number in 129..=132 {
        let received = Received {
            frame: Some(message("x")),
            sequence_id: Some(number),
        };
        stage.session.received(received, 256 * 1024, stage.now);
    }
    assert_eq!(stage.said().last().unwrap(), "> sequence ack 132");
}

#[test]
fn what_arrives_twice_is_delivered_once_and_acknowledged_again() {
    let mut stage = Stage::connected();
    stage.receives_numbered(message("one"), Some(1));
    stage.waits_seconds(1);
    stage.says(&["Message one", "> sequence ack 1"]);
    stage.receives_numbered(message("one"), Some(1));
    stage.receives_numbered(message("two"), Some(2));
    stage.receives_numbered(message("old"), Some(2));
    stage.waits_seconds(1);
    stage.says(&["Message two", "> sequence ack 2"]);
}

#[test]
fn what_is_not_known_is_skipped_and_acknowledged() {
    let mut stage = Stage::connected();
    let unknown = Received {
        frame: None,
        sequence_id: Some(1),
    };
    stage.session.received(unknown, 10, stage.now);
    stage.waits_seconds(1);
    stage.says(&["> sequence ack 1"]);
}

#[test]
fn messages_without_a_number_are_not_acknowledged() {
    let mut stage = Stage::connected_with(not_reliable());
    stage.receives(message("x"));
    stage.waits_seconds(5);
    stage.says(&["Message x"]);
}

#[test]
fn a_greeting_in_between_brings_a_newer_token_and_nothing_else() {
    let mut stage = Stage::connected();
    stage.greets("c1", "t2");
    stage.says(&[]);
    stage.closes(None);
    stage.says(&["is recovering: c1", "Recovering c1", "recover c1 with t2"]);
}
