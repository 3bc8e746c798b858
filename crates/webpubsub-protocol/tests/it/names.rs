use std::{borrow::Cow, time::Duration};

use webpubsub_protocol::{
    ConnectionId, Error, ErrorKind, EventName, GroupName, HubName, Message, UserId,
    operation::MessageTtl,
};

#[test]
fn names_on_the_edge_of_their_rules_are_taken() {
    HubName::new("a").unwrap();
    HubName::new(format!("a{}", "_`,.[]0".repeat(18))).unwrap();
    GroupName::new("ü".repeat(1024)).unwrap();
    GroupName::new(" a ").unwrap();
    UserId::new(" ").unwrap();
    ConnectionId::new("-_").unwrap();
    EventName::new("a_.-9").unwrap();
}

#[test]
fn a_name_is_made_from_whatever_holds_a_text() {
    let name = GroupName::new("room").unwrap();
    let text = String::from("room");
    let made: [Result<GroupName, Error>; 5] = [
        "room".try_into(),
        (&"room").try_into(),
        (&text).try_into(),
        Cow::Borrowed(text.as_str()).try_into(),
        text.clone().try_into(),
    ];
    assert!(made.into_iter().all(|made| made.unwrap() == name));
    assert_eq!(GroupName::from(&name), name);
}

#[test]
fn values_beyond_their_rules_name_the_parameter_and_the_rule() {
    fn said<T: std::fmt::Debug>(what: &str, result: Result<T, Error>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        format!("{what}: {error}")
    }
    let lines = [
        said("hub empty", HubName::new("")),
        said("hub 1x", HubName::new("1x")),
        said("hub with a slash", HubName::new("a/b")),
        said("hub of 129", HubName::new("a".repeat(129))),
        said("group empty", GroupName::new("")),
        said("group blank", GroupName::new(" \t")),
        said("group of two lines", GroupName::new("a\nb")),
        said("group of 1,025", GroupName::new("ü".repeat(1025))),
        said("user empty", UserId::new("")),
        said("connection empty", ConnectionId::new("")),
        said("event with a space", EventName::new("a b")),
        said("TTL 301", MessageTtl::try_from(Duration::from_secs(301))),
        said(
            "TTL half a second",
            MessageTtl::try_from(Duration::from_millis(500)),
        ),
        said("TTL huge", MessageTtl::try_from(Duration::MAX)),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_map_without_string_keys_is_no_json_message() {
    let map = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert_eq!(
        Message::json(&map).unwrap_err().kind(),
        ErrorKind::Serialize
    );
}

#[test]
fn debug_shows_no_payload() {
    assert_eq!(
        format!("{:?}", Message::text("CANARY")),
        "Message(Text, 6 bytes)"
    );
}
