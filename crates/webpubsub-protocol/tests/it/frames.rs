use bytes::Bytes;
use proptest::{option, prelude::*};
use webpubsub_protocol::{
    ConnectionId, EventName, GroupName, Message, UserId,
    frame::{
        AckError, AckErrorName, ClientFrame, ServiceFrame,
        json::{decode_client, decode_service, encode_client, encode_service},
    },
};

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        any::<String>().prop_map(Message::text),
        any::<Vec<u8>>().prop_map(Message::binary),
        json().prop_map(|value| Message::json(&value).unwrap()),
    ]
}

// A frame with `"data":null` is not valid, so the outermost value is not null.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn group() -> impl Strategy<Value = GroupName> {
    "[^\\s][^\\r\\n]{0,20}".prop_map(|name| GroupName::new(name).unwrap())
}

fn client_frame() -> impl Strategy<Value = ClientFrame> {
    let ack_id = || option::of(any::<u64>());
    prop_oneof![
        (group(), ack_id()).prop_map(|(group, ack_id)| ClientFrame::JoinGroup { group, ack_id }),
        (group(), ack_id()).prop_map(|(group, ack_id)| ClientFrame::LeaveGroup { group, ack_id }),
        (group(), message(), any::<bool>(), ack_id()).prop_map(
            |(group, message, no_echo, ack_id)| {
                ClientFrame::SendToGroup {
                    group,
                    message,
                    no_echo,
                    ack_id,
                }
            }
        ),
        ("[a-z][a-z0-9_.-]{0,9}", message(), ack_id()).prop_map(|(event, message, ack_id)| {
            ClientFrame::Event {
                event: EventName::new(event).unwrap(),
                message,
                ack_id,
            }
        }),
        Just(ClientFrame::Ping),
    ]
}

fn service_frame() -> impl Strategy<Value = ServiceFrame> {
    let user = || option::of(".+".prop_map(|user| UserId::new(user).unwrap()));
    let error = (".+", any::<String>())
        .prop_map(|(name, message)| AckError::new(AckErrorName::from(name.as_str()), message));
    prop_oneof![
        (".+", user()).prop_map(|(id, user_id)| ServiceFrame::Connected {
            connection_id: ConnectionId::new(id).unwrap(),
            user_id,
        }),
        any::<String>().prop_map(|message| ServiceFrame::Disconnected { message }),
        (any::<u64>(), proptest::result::maybe_ok(Just(()), error))
            .prop_map(|(ack_id, result)| ServiceFrame::Ack { ack_id, result }),
        (group(), message(), user()).prop_map(|(group, message, from_user_id)| {
            ServiceFrame::GroupMessage {
                group,
                message,
                from_user_id,
            }
        }),
        message().prop_map(|message| ServiceFrame::ServerMessage { message }),
        Just(ServiceFrame::Pong),
    ]
}

proptest! {
    #[test]
    fn a_client_frame_survives_the_wire(frame in client_frame()) {
        prop_assert_eq!(decode_client(&encode_client(&frame)).unwrap(), frame);
    }

    #[test]
    fn a_service_frame_survives_the_wire(frame in service_frame()) {
        prop_assert_eq!(decode_service(&encode_service(&frame)).unwrap(), Some(frame));
    }

    #[test]
    fn no_text_panics_the_codec(text in any::<String>(), fields in "[\\{\\}\\[\\]\":,a-zA-Z0-9]{0,60}") {
        for text in [text, fields.clone(), format!(r#"{{"type":"sendToGroup",{fields}}}"#)] {
            let _ = (decode_client(&text), decode_service(&text));
        }
    }
}

#[test]
fn frames_on_the_wire() {
    let group = || GroupName::new("room").unwrap();
    let json = Message::json(&serde_json::json!({ "a": "\"<é>\n" })).unwrap();
    let client = [
        ClientFrame::JoinGroup {
            group: group(),
            ack_id: Some(1),
        },
        ClientFrame::LeaveGroup {
            group: group(),
            ack_id: None,
        },
        ClientFrame::SendToGroup {
            group: group(),
            message: json.clone(),
            no_echo: true,
            ack_id: Some(u64::MAX),
        },
        ClientFrame::Event {
            event: EventName::new("e").unwrap(),
            message: Message::text("\"x\""),
            ack_id: Some(0),
        },
        ClientFrame::Ping,
    ];
    let service = [
        ServiceFrame::Connected {
            connection_id: ConnectionId::new("c").unwrap(),
            user_id: None,
        },
        ServiceFrame::Connected {
            connection_id: ConnectionId::new("c").unwrap(),
            user_id: UserId::new("u").ok(),
        },
        ServiceFrame::Disconnected {
            message: "bye".into(),
        },
        ServiceFrame::Ack {
            ack_id: 1,
            result: Ok(()),
        },
        ServiceFrame::Ack {
            ack_id: 1,
            result: Err(AckError::new(AckErrorName::Forbidden, "no")),
        },
        ServiceFrame::GroupMessage {
            group: group(),
            message: json,
            from_user_id: UserId::new("u").ok(),
        },
        ServiceFrame::GroupMessage {
            group: group(),
            message: Message::binary(Bytes::from_static(&[0, 255])),
            from_user_id: None,
        },
        ServiceFrame::ServerMessage {
            message: Message::text("é\u{1}"),
        },
        ServiceFrame::Pong,
    ];
    let lines = client
        .iter()
        .map(encode_client)
        .chain(service.iter().map(encode_service));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_other_writers_send_is_read() {
    let read = |text| decode_client(text).unwrap();
    let group = GroupName::new("g").unwrap();
    // Letter case, unknown fields, the default `dataType` and a fragment of JSON as it was written.
    assert_eq!(
        read(
            r#" {"TYPE":1,"type":"SENDTOGROUP","group":"g","data":{"b": 1,"a":[ ]},"future":{"x":null}} "#
        ),
        ClientFrame::SendToGroup {
            group: group.clone(),
            message: Message::from_bytes(webpubsub_protocol::DataType::Json, r#"{"b": 1,"a":[ ]}"#)
                .unwrap(),
            no_echo: false,
            ack_id: None,
        }
    );
    assert_eq!(
        read(
            r#"{"type":"sendToGroup","group":"g","dataType":"Binary","data":"AP8=","noEcho":true}"#
        ),
        ClientFrame::SendToGroup {
            group,
            message: Message::binary(vec![0, 255]),
            no_echo: true,
            ack_id: None
        }
    );
    assert_eq!(
        decode_service(r#"{"type":"streamAck","streamId":"s"}"#).unwrap(),
        None
    );
    assert_eq!(
        decode_service(r#"{"type":"system","event":"connected","userId":null,"connectionId":"c","reconnectionToken":"t"}"#).unwrap(),
        Some(ServiceFrame::Connected { connection_id: ConnectionId::new("c").unwrap(), user_id: None })
    );
}

#[test]
fn what_is_no_frame_says_why() {
    let texts = [
        "",
        "[]",
        "{}",
        r#"{"type":"joinGroup"}"#,
        r#"{"type":"joinGroup","group":""}"#,
        r#"{"type":"joinGroup","group":"g","ackId":-1}"#,
        r#"{"type":"joinGroup","group":"g","ackId":"1"}"#,
        r#"{"type":"sendToGroup","group":"g"}"#,
        r#"{"type":"sendToGroup","group":"g","data":null}"#,
        r#"{"type":"sendToGroup","group":"g","dataType":"text","data":1}"#,
        r#"{"type":"sendToGroup","group":"g","dataType":"binary","data":"AP8"}"#,
        r#"{"type":"sendToGroup","group":"g","dataType":"protobuf","data":""}"#,
        r#"{"type":"event","event":"a b","data":1}"#,
        r#"{"type":"fly"}"#,
        r#"{"type":"ping"} {"type":"ping"}"#,
    ];
    let errors = texts.map(|text| format!("{text}\n    {}", decode_client(text).unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"));
}
