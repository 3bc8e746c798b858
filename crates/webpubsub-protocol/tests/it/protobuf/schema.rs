//! The service's `webpubsub.v1.proto`, for an encoder that is not ours.
#![allow(clippy::struct_field_names, reason = "they are the schema's")]

use std::collections::HashMap;

use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Message)]
pub(crate) struct UpstreamMessage {
    #[prost(
        oneof = "Upstream",
        tags = "1, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17"
    )]
    pub(crate) message: Option<Upstream>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Upstream {
    #[prost(message, tag = "1")]
    SendToGroup(SendToGroup),
    #[prost(message, tag = "5")]
    Event(Event),
    #[prost(message, tag = "6")]
    JoinGroup(Membership),
    #[prost(message, tag = "7")]
    LeaveGroup(Membership),
    #[prost(message, tag = "8")]
    SequenceAck(SequenceAck),
    #[prost(message, tag = "9")]
    Ping(Empty),
    #[prost(message, tag = "10")]
    InvokeEvent(InvokeEvent),
    #[prost(message, tag = "11")]
    CancelInvocation(CancelInvocation),
    #[prost(message, tag = "13")]
    StreamData(StreamData),
    #[prost(message, tag = "14")]
    StreamEnd(StreamEnd),
    #[prost(message, tag = "15")]
    SetGroupState(SetGroupState),
    #[prost(message, tag = "16")]
    SubscribeGroupState(Membership),
    #[prost(message, tag = "17")]
    UnsubscribeGroupState(Membership),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Empty {}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct SendToGroup {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) ack_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
    #[prost(bool, optional, tag = "4")]
    pub(crate) no_echo: Option<bool>,
    #[prost(uint32, optional, tag = "5")]
    pub(crate) ttl_seconds: Option<u32>,
    #[prost(map = "string, string", tag = "6")]
    pub(crate) metadata: HashMap<String, String>,
    #[prost(message, optional, tag = "7")]
    pub(crate) stream: Option<StreamStartInfo>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Event {
    #[prost(string, tag = "1")]
    pub(crate) event: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) data: Option<MessageData>,
    #[prost(uint64, optional, tag = "3")]
    pub(crate) ack_id: Option<u64>,
    #[prost(map = "string, string", tag = "4")]
    pub(crate) metadata: HashMap<String, String>,
    #[prost(message, optional, tag = "5")]
    pub(crate) stream: Option<StreamStartInfo>,
}

/// `JoinGroup`, `LeaveGroup`, `SubscribeGroupState` and `UnsubscribeGroupState`, which are alike.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Membership {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) ack_id: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct SequenceAck {
    #[prost(uint64, tag = "1")]
    pub(crate) sequence_id: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct InvokeEvent {
    #[prost(string, tag = "1")]
    pub(crate) event: String,
    #[prost(string, tag = "2")]
    pub(crate) invocation_id: String,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct CancelInvocation {
    #[prost(string, tag = "1")]
    pub(crate) invocation_id: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamStartInfo {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint32, optional, tag = "2")]
    pub(crate) idle_timeout_ms: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamData {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) stream_sequence_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamEnd {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct SetGroupState {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) ack_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(crate) state: Option<GroupState>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct GroupState {
    #[prost(map = "string, string", tag = "1")]
    pub(crate) entries: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct DownstreamMessage {
    #[prost(oneof = "Downstream", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10")]
    pub(crate) message: Option<Downstream>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Downstream {
    #[prost(message, tag = "1")]
    Ack(Ack),
    #[prost(message, tag = "2")]
    Data(Data),
    #[prost(message, tag = "3")]
    System(System),
    #[prost(message, tag = "4")]
    Pong(Empty),
    #[prost(message, tag = "5")]
    InvokeResponse(InvokeResponse),
    #[prost(message, tag = "6")]
    StreamAck(StreamAck),
    #[prost(message, tag = "7")]
    StreamNack(StreamNack),
    #[prost(message, tag = "8")]
    StreamClosed(StreamClosed),
    #[prost(message, tag = "9")]
    GroupStateUpdate(GroupStates),
    #[prost(message, tag = "10")]
    GroupStateSnapshot(GroupStates),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Ack {
    #[prost(uint64, tag = "1")]
    pub(crate) ack_id: u64,
    #[prost(bool, tag = "2")]
    pub(crate) success: bool,
    #[prost(message, optional, tag = "3")]
    pub(crate) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Error {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Data {
    #[prost(string, tag = "1")]
    pub(crate) from: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) group: Option<String>,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
    #[prost(uint64, optional, tag = "4")]
    pub(crate) sequence_id: Option<u64>,
    #[prost(map = "string, string", tag = "5")]
    pub(crate) metadata: HashMap<String, String>,
    #[prost(message, optional, tag = "6")]
    pub(crate) stream: Option<StreamInfo>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamInfo {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint64, tag = "2")]
    pub(crate) stream_sequence_id: u64,
    #[prost(bool, optional, tag = "3")]
    pub(crate) end_of_stream: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct System {
    #[prost(oneof = "SystemMessage", tags = "1, 2")]
    pub(crate) message: Option<SystemMessage>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum SystemMessage {
    #[prost(message, tag = "1")]
    Connected(Connected),
    #[prost(message, tag = "2")]
    Disconnected(Disconnected),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Connected {
    #[prost(string, tag = "1")]
    pub(crate) connection_id: String,
    #[prost(string, tag = "2")]
    pub(crate) user_id: String,
    #[prost(string, optional, tag = "3")]
    pub(crate) reconnection_token: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Disconnected {
    #[prost(string, tag = "2")]
    pub(crate) reason: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct InvokeResponse {
    #[prost(string, tag = "1")]
    pub(crate) invocation_id: String,
    #[prost(bool, tag = "2")]
    pub(crate) success: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamAck {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint64, tag = "2")]
    pub(crate) expected_sequence_id: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamNack {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(string, tag = "2")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) message: String,
    #[prost(uint64, tag = "4")]
    pub(crate) expected_sequence_id: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamClosed {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) error: Option<Error>,
}

/// `GroupStateUpdate` and `GroupStateSnapshot`, which are alike.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GroupStates {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) items: Vec<GroupStateItem>,
    #[prost(uint64, optional, tag = "3")]
    pub(crate) sequence_id: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct GroupStateItem {
    #[prost(string, tag = "1")]
    pub(crate) connection_id: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) user_id: Option<String>,
    #[prost(message, optional, tag = "3")]
    pub(crate) state: Option<GroupState>,
    #[prost(int64, tag = "4")]
    pub(crate) updated_at: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct MessageData {
    #[prost(oneof = "Payload", tags = "1, 2, 3, 4")]
    pub(crate) data: Option<Payload>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Payload {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bytes, tag = "2")]
    Binary(Vec<u8>),
    #[prost(message, tag = "3")]
    Protobuf(Any),
    #[prost(string, tag = "4")]
    Json(String),
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Any {
    #[prost(string, tag = "1")]
    pub(crate) type_url: String,
    #[prost(bytes, tag = "2")]
    pub(crate) value: Vec<u8>,
}
