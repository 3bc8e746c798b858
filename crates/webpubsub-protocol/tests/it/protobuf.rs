//! The protobuf frames beside those of an independent encoder, which has the field numbers of the service's schema.

pub(crate) mod schema;

use std::collections::HashMap;

use bytes::{BufMut as _, Bytes, BytesMut};
use proptest::prelude::*;
use prost::{Message as _, encoding::encode_varint};
use webpubsub_protocol::{
    DataType, GroupName, Message, Metadata,
    frame::{ClientFrame, Data, Format, Received, ServiceFrame},
};

use self::schema::{
    Any, Downstream, DownstreamMessage, Empty, GroupStateItem, GroupStates, InvokeEvent,
    InvokeResponse, MessageData, Payload, SequenceAck, StreamAck, StreamClosed, StreamData,
    StreamInfo, StreamNack, System, SystemMessage, Upstream, UpstreamMessage,
};
use crate::any_frame::{client_frame, service_frame, without_sender};

fn read_client(bytes: impl Into<Bytes>) -> Result<ClientFrame, webpubsub_protocol::Error> {
    Format::Protobuf.decode_client(Data::Binary(&bytes.into()))
}

fn read_service(bytes: impl Into<Bytes>) -> Result<Received, webpubsub_protocol::Error> {
    Format::Protobuf.decode_service(Data::Binary(&bytes.into()))
}

fn upstream(message: Upstream) -> UpstreamMessage {
    let message = Some(message);
    UpstreamMessage { message }
}

fn downstream(message: Downstream) -> DownstreamMessage {
    let message = Some(message);
    DownstreamMessage { message }
}

#[allow(clippy::unnecessary_wraps, reason = "as the field has it")]
fn data(message: &Message) -> Option<MessageData> {
    let text = || message.as_text().unwrap().to_owned();
    let data = match message.data_type() {
        DataType::Text => Payload::Text(text()),
        DataType::Json => Payload::Json(text()),
        DataType::Protobuf => Payload::Protobuf(Any::decode(message.bytes().clone()).unwrap()),
        _ => Payload::Binary(message.bytes().to_vec()),
    };
    Some(MessageData { data: Some(data) })
}

fn metadata(message: &Message) -> HashMap<String, String> {
    let entries = message.metadata().iter();
    entries
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// A client's frame as the schema has it.
fn as_upstream(frame: &ClientFrame) -> UpstreamMessage {
    upstream(match frame {
        ClientFrame::JoinGroup { group, ack_id } => Upstream::JoinGroup(schema::Membership {
            group: group.to_string(),
            ack_id: *ack_id,
        }),
        ClientFrame::LeaveGroup { group, ack_id } => Upstream::LeaveGroup(schema::Membership {
            group: group.to_string(),
            ack_id: *ack_id,
        }),
        ClientFrame::SendToGroup {
            group,
            message,
            no_echo,
            message_ttl,
            ack_id,
        } => Upstream::SendToGroup(schema::SendToGroup {
            group: group.to_string(),
            ack_id: *ack_id,
            data: data(message),
            no_echo: Some(*no_echo),
            ttl_seconds: message_ttl.map(|ttl| ttl.as_duration().as_secs().try_into().unwrap()),
            metadata: metadata(message),
            stream: None,
        }),
        ClientFrame::Event {
            event,
            message,
            ack_id,
        } => Upstream::Event(schema::Event {
            event: event.to_string(),
            data: data(message),
            ack_id: *ack_id,
            metadata: metadata(message),
            stream: None,
        }),
        ClientFrame::Ping => Upstream::Ping(Empty {}),
        ClientFrame::SequenceAck { sequence_id } => Upstream::SequenceAck(SequenceAck {
            sequence_id: *sequence_id,
        }),
        other => panic!("a kind this test does not know: {other:?}"),
    })
}

/// The service's frame as the schema has it.
fn as_downstream(frame: &ServiceFrame, sequence_id: Option<u64>) -> DownstreamMessage {
    let message = |from: &str, group: Option<&GroupName>, message: &Message| {
        Downstream::Data(schema::Data {
            from: from.to_owned(),
            group: group.map(ToString::to_string),
            data: data(message),
            sequence_id,
            metadata: metadata(message),
            stream: None,
        })
    };
    downstream(match frame {
        ServiceFrame::Connected {
            connection_id,
            user_id,
            reconnection_token,
        } => Downstream::System(System {
            message: Some(SystemMessage::Connected(schema::Connected {
                connection_id: connection_id.to_string(),
                user_id: user_id
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                reconnection_token: reconnection_token
                    .as_ref()
                    .map(|token| token.expose_secret().to_owned()),
            })),
        }),
        ServiceFrame::Disconnected { message } => Downstream::System(System {
            message: Some(SystemMessage::Disconnected(schema::Disconnected {
                reason: message.clone(),
            })),
        }),
        ServiceFrame::Ack { ack_id, result } => Downstream::Ack(schema::Ack {
            ack_id: *ack_id,
            success: result.is_ok(),
            error: result.as_ref().err().map(|error| schema::Error {
                name: error.name.as_str().to_owned(),
                message: error.message.clone(),
            }),
        }),
        ServiceFrame::GroupMessage {
            group, message: m, ..
        } => message("group", Some(group), m),
        ServiceFrame::ServerMessage { message: m } => message("server", None, m),
        ServiceFrame::Pong => Downstream::Pong(Empty {}),
        other => panic!("a kind this test does not know: {other:?}"),
    })
}

/// The bytes with a field of every wire type that no schema of ours knows.
fn with_unknown_fields(message: &impl prost::Message) -> Bytes {
    let mut bytes = BytesMut::new();
    encode_varint(1000 << 3, &mut bytes);
    encode_varint(u64::MAX, &mut bytes);
    encode_varint(1001 << 3 | 1, &mut bytes);
    bytes.put_u64_le(1);
    message.encode(&mut bytes).unwrap();
    encode_varint(1002 << 3 | 2, &mut bytes);
    encode_varint(3, &mut bytes);
    bytes.put_slice(b"abc");
    encode_varint(1003 << 3 | 5, &mut bytes);
    bytes.put_u32_le(1);
    bytes.freeze()
}

proptest! {
    #[test]
    fn a_client_frame_has_the_fields_of_the_schema(frame in client_frame()) {
        let theirs = as_upstream(&frame);
        let ours = Format::Protobuf.encode_client(&frame);
        let Data::Binary(ours) = ours.as_data() else { panic!("protobuf is binary") };
        prop_assert_eq!(&UpstreamMessage::decode(ours.clone()).unwrap(), &theirs);
        prop_assert_eq!(&read_client(theirs.encode_to_vec()).unwrap(), &frame);
        prop_assert_eq!(&read_client(with_unknown_fields(&theirs)).unwrap(), &frame);
    }

    #[test]
    fn a_service_frame_has_the_fields_of_the_schema(
        frame in service_frame().prop_map(without_sender),
        id in any::<u64>(),
    ) {
        let is_message = matches!(
            frame,
            ServiceFrame::GroupMessage { .. } | ServiceFrame::ServerMessage { .. }
        );
        let sequence_id = is_message.then_some(id);
        let ours = Format::Protobuf.encode_service(&frame);
        let ours = match sequence_id {
            Some(id) => ours.with_sequence_id(id),
            None => ours,
        };
        let theirs = as_downstream(&frame, sequence_id);
        let Data::Binary(ours) = ours.as_data() else { panic!("protobuf is binary") };
        prop_assert_eq!(&DownstreamMessage::decode(ours.clone()).unwrap(), &theirs);
        let received = Received { frame: Some(frame), sequence_id };
        prop_assert_eq!(&read_service(theirs.encode_to_vec()).unwrap(), &received);
        prop_assert_eq!(&read_service(with_unknown_fields(&theirs)).unwrap(), &received);
    }
}

#[test]
fn an_any_is_passed_on_as_it_is() {
    let any = Any {
        type_url: "type.googleapis.com/google.protobuf.Duration".to_owned(),
        value: vec![8, 1],
    };
    let frame = ServiceFrame::ServerMessage {
        message: Message::protobuf(any.encode_to_vec()),
    };
    let theirs = as_downstream(&frame, None);
    let Some(Downstream::Data(data)) = &theirs.message else {
        panic!("it is data");
    };
    assert_eq!(
        data.data.as_ref().unwrap().data,
        Some(Payload::Protobuf(any))
    );
    assert_eq!(
        read_service(theirs.encode_to_vec()).unwrap().frame,
        Some(frame)
    );
}

#[test]
fn kinds_of_a_newer_service_are_skipped_and_those_with_a_number_keep_it() {
    let id = || "s".to_owned();
    let states = |sequence_id| GroupStates {
        group: "g".to_owned(),
        items: vec![GroupStateItem {
            connection_id: "c".to_owned(),
            user_id: None,
            state: None,
            updated_at: -1,
        }],
        sequence_id,
    };
    let unknown_payload = schema::Data {
        from: "server".to_owned(),
        group: None,
        data: Some(MessageData { data: None }),
        sequence_id: Some(7),
        metadata: HashMap::new(),
        stream: None,
    };
    let end_of_stream = schema::Data {
        data: None,
        ..unknown_payload.clone()
    };
    let from_elsewhere = schema::Data {
        from: "elsewhere".to_owned(),
        ..unknown_payload.clone()
    };
    let cases = [
        (
            Downstream::InvokeResponse(InvokeResponse {
                invocation_id: id(),
                success: true,
            }),
            None,
        ),
        (
            Downstream::StreamAck(StreamAck {
                stream_id: id(),
                expected_sequence_id: 1,
            }),
            None,
        ),
        (
            Downstream::StreamNack(StreamNack {
                stream_id: id(),
                name: id(),
                message: id(),
                expected_sequence_id: 1,
            }),
            None,
        ),
        (
            Downstream::StreamClosed(StreamClosed {
                stream_id: id(),
                error: None,
            }),
            None,
        ),
        (Downstream::GroupStateUpdate(states(Some(7))), Some(7)),
        (Downstream::GroupStateSnapshot(states(Some(8))), Some(8)),
        (Downstream::GroupStateUpdate(states(None)), None),
        (Downstream::Data(end_of_stream), Some(7)),
        (Downstream::Data(unknown_payload), Some(7)),
        (Downstream::Data(from_elsewhere), Some(7)),
        (Downstream::System(System { message: None }), None),
    ];
    for (message, sequence_id) in cases {
        let skipped = Received {
            frame: None,
            sequence_id,
        };
        let bytes = downstream(message.clone()).encode_to_vec();
        assert_eq!(read_service(bytes).unwrap(), skipped, "{message:?}");
    }
    // A part of a stream is a group's message with something more.
    let part = schema::Data {
        from: "group".to_owned(),
        group: Some("g".to_owned()),
        data: data(&Message::text("part")),
        sequence_id: None,
        metadata: HashMap::new(),
        stream: Some(StreamInfo {
            stream_id: id(),
            stream_sequence_id: 1,
            end_of_stream: None,
        }),
    };
    let received = read_service(downstream(Downstream::Data(part)).encode_to_vec()).unwrap();
    assert_eq!(
        received.frame,
        Some(ServiceFrame::GroupMessage {
            group: GroupName::new("g").unwrap(),
            message: Message::text("part"),
            from_user_id: None,
        })
    );
}

#[test]
fn json_may_come_as_text() {
    let payloads = [
        Payload::Text("[1]".to_owned()),
        Payload::Json("[1]".to_owned()),
    ];
    for payload in payloads {
        let data = schema::Data {
            from: "server".to_owned(),
            group: None,
            data: Some(MessageData {
                data: Some(payload),
            }),
            sequence_id: None,
            metadata: HashMap::new(),
            stream: None,
        };
        let received = read_service(downstream(Downstream::Data(data)).encode_to_vec()).unwrap();
        let Some(ServiceFrame::ServerMessage { message }) = received.frame else {
            panic!("it is a message");
        };
        assert_eq!(message.parse_json::<Vec<u8>>().unwrap(), [1]);
    }
}

#[test]
fn what_an_encoder_leaves_out_has_its_default() {
    // proto3 leaves out numbers that are 0, flags that are off, and empty texts.
    for error in [None, Some(schema::Error::default())] {
        let ack = schema::Ack {
            ack_id: 0,
            success: false,
            error,
        };
        let received = read_service(downstream(Downstream::Ack(ack)).encode_to_vec()).unwrap();
        let Some(ServiceFrame::Ack { ack_id: 0, result }) = received.frame else {
            panic!("it is the ack of 0: {received:?}");
        };
        assert_eq!(result.unwrap_err().name.as_str(), "");
    }

    let zero = upstream(Upstream::SequenceAck(SequenceAck { sequence_id: 0 }));
    let read = read_client(zero.encode_to_vec()).unwrap();
    assert_eq!(read, ClientFrame::SequenceAck { sequence_id: 0 });

    let bare = upstream(Upstream::SendToGroup(schema::SendToGroup {
        group: "g".to_owned(),
        data: data(&Message::text("")),
        ..schema::SendToGroup::default()
    }));
    let read = read_client(bare.encode_to_vec()).unwrap();
    assert_eq!(
        read,
        ClientFrame::SendToGroup {
            group: GroupName::new("g").unwrap(),
            message: Message::text(""),
            no_echo: false,
            message_ttl: None,
            ack_id: None,
        }
    );
}

#[test]
fn of_what_stands_twice_the_last_counts() {
    let join = |group: &str, ack_id| {
        let group = group.to_owned();
        upstream(Upstream::JoinGroup(schema::Membership { group, ack_id })).encode_to_vec()
    };
    let twice = [join("a", Some(1)), join("b", None)].concat();
    let read = read_client(twice).unwrap();
    assert_eq!(
        read,
        ClientFrame::JoinGroup {
            group: GroupName::new("b").unwrap(),
            ack_id: None,
        }
    );

    let states = GroupStates {
        sequence_id: Some(7),
        ..GroupStates::default()
    };
    let (numbered, pong) = (
        downstream(Downstream::GroupStateUpdate(states)).encode_to_vec(),
        downstream(Downstream::Pong(Empty {})).encode_to_vec(),
    );
    let received = Received {
        frame: Some(ServiceFrame::Pong),
        sequence_id: None,
    };
    assert_eq!(read_service([numbered, pong].concat()).unwrap(), received);
}

#[test]
fn metadata_can_be_all_a_client_says() {
    let event = upstream(Upstream::Event(schema::Event {
        event: "e".to_owned(),
        metadata: HashMap::from([("k".to_owned(), "v".to_owned())]),
        ..schema::Event::default()
    }));
    let ClientFrame::Event { message, .. } = read_client(event.encode_to_vec()).unwrap() else {
        panic!("it is an event");
    };
    let expected = Metadata::new().with("k", "v").unwrap();
    assert_eq!(message, Message::text("").with_metadata(expected));
}

#[test]
fn what_is_no_frame_says_why() {
    let group = |group: &str| schema::SendToGroup {
        group: group.to_owned(),
        data: data(&Message::text("x")),
        ..schema::SendToGroup::default()
    };
    let send = |send| upstream(Upstream::SendToGroup(send)).encode_to_vec();
    let payload = |data| {
        send(schema::SendToGroup {
            data: Some(MessageData { data: Some(data) }),
            ..group("g")
        })
    };
    let whole = send(group("g"));
    let cases: [(&str, Vec<u8>); 14] = [
        ("nothing", vec![]),
        (
            "an unknown kind",
            upstream(Upstream::StreamData(StreamData::default())).encode_to_vec(),
        ),
        (
            "an invocation",
            upstream(Upstream::InvokeEvent(InvokeEvent::default())).encode_to_vec(),
        ),
        ("no group", send(group(""))),
        (
            "no data",
            send(schema::SendToGroup {
                data: None,
                ..group("g")
            }),
        ),
        (
            "no payload",
            send(schema::SendToGroup {
                data: Some(MessageData { data: None }),
                ..group("g")
            }),
        ),
        ("JSON that is none", payload(Payload::Json("{".to_owned()))),
        (
            "a ttl too long",
            send(schema::SendToGroup {
                ttl_seconds: Some(301),
                ..group("g")
            }),
        ),
        ("cut short", whole[..whole.len() - 1].to_vec()),
        ("a number cut short", vec![0x80]),
        (
            "a number too large",
            [vec![8], vec![0xff; 9], vec![2]].concat(),
        ),
        ("a length too large", vec![10, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        ("a group of proto2", vec![0x0b, 0x0c]),
        (
            "text that is not UTF-8",
            vec![10, 9, 10, 1, b'g', 26, 4, 10, 2, 0xff, 0xff],
        ),
    ];
    let errors =
        cases.map(|(what, bytes)| format!("{what}\n    {}", read_client(bytes).unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"));
}
