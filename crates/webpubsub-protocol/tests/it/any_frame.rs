//! Frames of every kind, for properties.

use std::time::Duration;

use proptest::{option, prelude::*};
use prost::Message as _;
use webpubsub_protocol::{
    ConnectionId, EventName, GroupName, Message, Metadata, Token, UserId,
    frame::{AckError, AckErrorName, ClientFrame, ServiceFrame},
};

use crate::protobuf::schema::Any;

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        any::<String>().prop_map(Message::text),
        any::<Vec<u8>>().prop_map(Message::binary),
        json().prop_map(|value| Message::json(&value).unwrap()),
        (any::<String>(), any::<Vec<u8>>()).prop_map(|(type_url, value)| {
            Message::protobuf(Any { type_url, value }.encode_to_vec())
        }),
    ]
}

/// A message with metadata, or without.
pub(crate) fn message_with_metadata() -> impl Strategy<Value = Message> {
    let entries = proptest::collection::vec(("[a-z]{1,8}", "[!-+.-~]{0,8}"), 0..3);
    (message(), entries).prop_map(|(message, entries)| {
        let metadata = entries
            .into_iter()
            .try_fold(Metadata::new(), |metadata, (key, value)| {
                metadata.with(&key, value)
            });
        message.with_metadata(metadata.unwrap())
    })
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

pub(crate) fn client_frame() -> impl Strategy<Value = ClientFrame> {
    let ack_id = || option::of(any::<u64>());
    prop_oneof![
        (group(), ack_id()).prop_map(|(group, ack_id)| ClientFrame::JoinGroup { group, ack_id }),
        (group(), ack_id()).prop_map(|(group, ack_id)| ClientFrame::LeaveGroup { group, ack_id }),
        (
            group(),
            message_with_metadata(),
            any::<bool>(),
            option::of(0..=300_u64),
            ack_id()
        )
            .prop_map(|(group, message, no_echo, ttl, ack_id)| {
                ClientFrame::SendToGroup {
                    group,
                    message,
                    no_echo,
                    message_ttl: ttl.map(|ttl| Duration::from_secs(ttl).try_into().unwrap()),
                    ack_id,
                }
            }),
        ("[a-z][a-z0-9_.-]{0,9}", message_with_metadata(), ack_id()).prop_map(
            |(event, message, ack_id)| {
                ClientFrame::Event {
                    event: EventName::new(event).unwrap(),
                    message,
                    ack_id,
                }
            }
        ),
        Just(ClientFrame::Ping),
        any::<u64>().prop_map(|sequence_id| ClientFrame::SequenceAck { sequence_id }),
    ]
}

pub(crate) fn service_frame() -> impl Strategy<Value = ServiceFrame> {
    let user = || option::of(".+".prop_map(|user| UserId::new(user).unwrap()));
    let error = (".+", any::<String>())
        .prop_map(|(name, message)| AckError::new(AckErrorName::from(name.as_str()), message));
    prop_oneof![
        (".+", user(), option::of(any::<String>())).prop_map(|(id, user_id, token)| {
            ServiceFrame::Connected {
                connection_id: ConnectionId::new(id).unwrap(),
                user_id,
                reconnection_token: token.map(Token::new),
            }
        }),
        any::<String>().prop_map(|message| ServiceFrame::Disconnected { message }),
        (any::<u64>(), proptest::result::maybe_ok(Just(()), error))
            .prop_map(|(ack_id, result)| ServiceFrame::Ack { ack_id, result }),
        (group(), message_with_metadata(), user()).prop_map(|(group, message, from_user_id)| {
            ServiceFrame::GroupMessage {
                group,
                message,
                from_user_id,
            }
        }),
        message_with_metadata().prop_map(|message| ServiceFrame::ServerMessage { message }),
        Just(ServiceFrame::Pong),
    ]
}

/// The frame as protobuf can tell it: not which user a message is from.
pub(crate) fn without_sender(mut frame: ServiceFrame) -> ServiceFrame {
    if let ServiceFrame::GroupMessage { from_user_id, .. } = &mut frame {
        *from_user_id = None;
    }
    frame
}
