use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use webpubsub_protocol::{
    ConnectionId, EventName, GroupName, Message, Token, UserId,
    frame::{AckError, AckErrorName, ClientFrame, Data, Encoded, Format, Received, ServiceFrame},
};

use crate::any_frame::{client_frame, message_with_metadata, service_frame, without_sender};

const FORMATS: [Format; 2] = [Format::Json, Format::Protobuf];

proptest! {
    #[test]
    fn a_client_frame_survives_the_wire(frame in client_frame()) {
        for format in FORMATS {
            let written = format.encode_client(&frame);
            prop_assert_eq!(&format.decode_client(written.as_data()).unwrap(), &frame);
        }
    }

    #[test]
    fn a_service_frame_survives_the_wire(frame in service_frame()) {
        for format in FORMATS {
            let written = format.encode_service(&frame);
            let expected = match format {
                Format::Protobuf => without_sender(frame.clone()),
                _ => frame.clone(),
            };
            let received = Received { frame: Some(expected), sequence_id: None };
            prop_assert_eq!(format.decode_service(written.as_data()).unwrap(), received);
        }
    }

    #[test]
    fn a_message_gets_its_number_after_it_was_written(
        message in message_with_metadata(),
        sequence_id in any::<u64>(),
    ) {
        let frame = ServiceFrame::ServerMessage { message };
        for format in FORMATS {
            let written = format.encode_service(&frame).with_sequence_id(sequence_id);
            let received = Received { frame: Some(frame.clone()), sequence_id: Some(sequence_id) };
            prop_assert_eq!(format.decode_service(written.as_data()).unwrap(), received);
        }
    }

    #[test]
    fn no_text_panics_the_codec(text in any::<String>(), fields in "[\\{\\}\\[\\]\":,a-zA-Z0-9]{0,60}") {
        for text in [text, fields.clone(), format!(r#"{{"type":"sendToGroup",{fields}}}"#)] {
            let data = Data::Text(&text);
            let _ = (Format::Json.decode_client(data), Format::Json.decode_service(data));
        }
    }

    #[test]
    fn no_bytes_panic_the_codec(bytes in any::<Vec<u8>>()) {
        let bytes = Bytes::from(bytes);
        let data = Data::Binary(&bytes);
        let _ = (Format::Protobuf.decode_client(data), Format::Protobuf.decode_service(data));
    }

    #[test]
    fn bytes_that_are_almost_a_frame_do_not_panic_the_codec(
        frames in (client_frame(), service_frame()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (client, service) = (
            Format::Protobuf.encode_client(&frames.0),
            Format::Protobuf.encode_service(&frames.1),
        );
        for written in [client, service] {
            let Data::Binary(bytes) = written.as_data() else { panic!("protobuf is binary") };
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len() + 1));
            let bytes = Bytes::from(bytes);
            let data = Data::Binary(&bytes);
            let _ = (Format::Protobuf.decode_client(data), Format::Protobuf.decode_service(data));
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
            message_ttl: Duration::from_secs(60).try_into().ok(),
            ack_id: Some(u64::MAX),
        },
        ClientFrame::SequenceAck { sequence_id: 7 },
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
            reconnection_token: Some(Token::new("t")),
        },
        ServiceFrame::Connected {
            connection_id: ConnectionId::new("c").unwrap(),
            user_id: UserId::new("u").ok(),
            reconnection_token: None,
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
    let json = |written: Encoded| written.as_text().unwrap().to_owned();
    let client = client
        .iter()
        .map(|frame| json(Format::Json.encode_client(frame)));
    let service = service
        .iter()
        .map(|frame| json(Format::Json.encode_service(frame)));
    let numbered = Format::Json.encode_service(&ServiceFrame::ServerMessage {
        message: Message::text("x"),
    });
    let lines = client
        .chain(service)
        .chain([json(numbered.with_sequence_id(7))]);
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_other_writers_send_is_read() {
    let read = |text| Format::Json.decode_client(Data::Text(text)).unwrap();
    let read_service = |text| Format::Json.decode_service(Data::Text(text)).unwrap();
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
            message_ttl: None,
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
            message_ttl: None,
            ack_id: None
        }
    );
    let unexplained = ServiceFrame::Ack {
        ack_id: 1,
        result: Err(AckError::new(AckErrorName::Other(String::new()), "")),
    };
    assert_eq!(
        read_service(r#"{"type":"ack","ackId":1,"success":false}"#).frame,
        Some(unexplained)
    );
    // Fields of other frames may be anything.
    assert_eq!(
        read(r#"{"type":"ping","connectionId":5,"success":"x"}"#),
        ClientFrame::Ping
    );
    // Metadata can be all there is to say.
    let ClientFrame::Event { message, .. } =
        read(r#"{"type":"event","event":"e","metadata":{"k":"v"}}"#)
    else {
        panic!("it is an event");
    };
    assert_eq!(message.metadata().get("k"), Some("v"));
    assert_eq!(
        read_service(r#"{"type":"system","event":"connected","userId":null,"connectionId":"c","reconnectionToken":"t"}"#).frame,
        Some(ServiceFrame::Connected {
            connection_id: ConnectionId::new("c").unwrap(),
            user_id: None,
            reconnection_token: Some(Token::new("t")),
        })
    );
}

#[test]
fn what_is_not_known_is_skipped_but_keeps_its_number() {
    for text in [
        r#"{"type":"streamAck","streamId":"s","sequenceId":7}"#,
        r#"{"type":"groupStateUpdate","group":"g","items":[{"connectionId":"c"}],"sequenceId":7}"#,
        r#"{"type":"system","event":"new","sequenceId":7}"#,
        r#"{"type":"message","from":"elsewhere","sequenceId":7}"#,
        r#"{"type":"message","from":"group","group":"g","stream":{"streamId":"s","endOfStream":true},"sequenceId":7}"#,
        r#"{"type":"message","from":"server","dataType":"new","data":1,"sequenceId":7}"#,
        r#"{"type":"message","from":"group","group":"g","dataType":"new","data":1,"sequenceId":7}"#,
    ] {
        let received = Format::Json.decode_service(Data::Text(text)).unwrap();
        let skipped = Received {
            frame: None,
            sequence_id: Some(7),
        };
        assert_eq!(received, skipped, "{text}");
    }
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
        r#"{"type":"sendToGroup","group":"g","dataType":"protobuf","data":"AP8"}"#,
        r#"{"type":"sendToGroup","group":"g","dataType":"new","data":""}"#,
        r#"{"type":"sendToGroup","group":"g","data":1,"ttlSeconds":301}"#,
        r#"{"type":"sequenceAck","sequenceId":"1"}"#,
        r#"{"type":"sequenceAck"}"#,
        r#"{"type":"event","event":"a b","data":1}"#,
        r#"{"type":"fly"}"#,
        r#"{"type":"ping"} {"type":"ping"}"#,
    ];
    let errors = texts.map(|text| {
        format!(
            "{text}\n    {}",
            Format::Json.decode_client(Data::Text(text)).unwrap_err()
        )
    });
    insta::assert_snapshot!(errors.join("\n"));
}
