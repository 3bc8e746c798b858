use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{content, parse, required, write};
use crate::{
    Error, Message, Metadata,
    frame::{ClientFrame, read},
};

/// Any frame of a client, field by field.
#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    group: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_echo: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_id: Option<u64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    data_type: Option<Cow<'a, str>>,
    #[serde(
        borrow,
        default,
        deserialize_with = "content::borrowed",
        skip_serializing_if = "Option::is_none"
    )]
    data: Option<Cow<'a, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Cow<'a, Metadata>>,
}

impl<'a> Wire<'a> {
    fn of_type(r#type: &'a str) -> Self {
        Self {
            r#type: r#type.into(),
            ..Self::default()
        }
    }

    fn is(&self, r#type: &str) -> bool {
        self.r#type.eq_ignore_ascii_case(r#type)
    }

    fn with_message(self, message: &'a Message) -> Self {
        let (data_type, data, metadata) = content::write(message);
        Self {
            data_type,
            data,
            metadata,
            ..self
        }
    }

    fn message(&self) -> Result<Message, Error> {
        let data_type = self.data_type.as_deref();
        let message = self.data.as_deref().map(|data| {
            let known = content::read(data_type, data)?;
            known.ok_or_else(|| Error::frame("`dataType` must be text, json, binary or protobuf"))
        });
        let metadata = self.metadata.as_deref().cloned().unwrap_or_default();
        read::client_message(message.transpose()?, metadata)
    }
}

pub(in crate::frame) fn encode(frame: &ClientFrame) -> String {
    let to_group = |r#type, group, ack_id| Wire {
        group: Some(Cow::Borrowed(group)),
        ack_id,
        ..Wire::of_type(r#type)
    };
    write(&match frame {
        ClientFrame::JoinGroup { group, ack_id } => to_group("joinGroup", group.as_str(), *ack_id),
        ClientFrame::LeaveGroup { group, ack_id } => {
            to_group("leaveGroup", group.as_str(), *ack_id)
        }
        ClientFrame::SendToGroup {
            group,
            message,
            no_echo,
            message_ttl,
            ack_id,
        } => Wire {
            no_echo: Some(*no_echo),
            ttl_seconds: message_ttl.map(|ttl| ttl.as_duration().as_secs()),
            ..to_group("sendToGroup", group.as_str(), *ack_id)
        }
        .with_message(message),
        ClientFrame::Event {
            event,
            message,
            ack_id,
        } => Wire {
            event: Some(event.as_str().into()),
            ack_id: *ack_id,
            ..Wire::of_type("event")
        }
        .with_message(message),
        ClientFrame::Ping => Wire::of_type("ping"),
        ClientFrame::SequenceAck { sequence_id } => Wire {
            sequence_id: Some(*sequence_id),
            ..Wire::of_type("sequenceAck")
        },
    })
}

pub(in crate::frame) fn decode(text: &str) -> Result<ClientFrame, Error> {
    let wire: Wire<'_> = parse(text)?;
    let group = || required("group", wire.group.as_deref());
    let ack_id = wire.ack_id;
    if wire.is("joinGroup") {
        Ok(ClientFrame::JoinGroup {
            group: group()?,
            ack_id,
        })
    } else if wire.is("leaveGroup") {
        Ok(ClientFrame::LeaveGroup {
            group: group()?,
            ack_id,
        })
    } else if wire.is("sendToGroup") {
        Ok(ClientFrame::SendToGroup {
            group: group()?,
            message: wire.message()?,
            no_echo: wire.no_echo.unwrap_or(false),
            message_ttl: read::message_ttl(wire.ttl_seconds)?,
            ack_id,
        })
    } else if wire.is("event") {
        Ok(ClientFrame::Event {
            event: required("event", wire.event.as_deref())?,
            message: wire.message()?,
            ack_id,
        })
    } else if wire.is("ping") {
        Ok(ClientFrame::Ping)
    } else if wire.is("sequenceAck") {
        let sequence_id = wire
            .sequence_id
            .ok_or_else(|| read::missing("sequenceId"))?;
        Ok(ClientFrame::SequenceAck { sequence_id })
    } else {
        Err(Error::frame("`type` is not one of this subprotocol"))
    }
}
