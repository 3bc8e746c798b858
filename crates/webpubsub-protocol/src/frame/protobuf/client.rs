use bytes::Bytes;

use super::{
    content,
    wire::{Value, Writer, fields, text},
};
use crate::{
    Error, GroupName, Metadata,
    frame::{ClientFrame, read},
};

/// The members of `UpstreamMessage`.
mod upstream {
    pub(super) const SEND_TO_GROUP: u64 = 1;
    pub(super) const EVENT: u64 = 5;
    pub(super) const JOIN_GROUP: u64 = 6;
    pub(super) const LEAVE_GROUP: u64 = 7;
    pub(super) const SEQUENCE_ACK: u64 = 8;
    pub(super) const PING: u64 = 9;
}

/// The fields of `SendToGroup`.
mod send_to_group {
    pub(super) const GROUP: u64 = 1;
    pub(super) const ACK_ID: u64 = 2;
    pub(super) const DATA: u64 = 3;
    pub(super) const NO_ECHO: u64 = 4;
    pub(super) const TTL_SECONDS: u64 = 5;
    pub(super) const METADATA: u64 = 6;
}

/// The fields of `Event`.
mod event {
    pub(super) const EVENT: u64 = 1;
    pub(super) const DATA: u64 = 2;
    pub(super) const ACK_ID: u64 = 3;
    pub(super) const METADATA: u64 = 4;
}

/// The fields of `JoinGroup` and `LeaveGroup`.
mod membership {
    pub(super) const GROUP: u64 = 1;
    pub(super) const ACK_ID: u64 = 2;
}

/// The field of `SequenceAck`.
const SEQUENCE_ID: u64 = 1;

pub(in crate::frame) fn encode(frame: &ClientFrame) -> Bytes {
    let mut upstream = Writer::default();
    match frame {
        ClientFrame::JoinGroup { group, ack_id } => {
            upstream.message(upstream::JOIN_GROUP, membership(group, *ack_id));
        }
        ClientFrame::LeaveGroup { group, ack_id } => {
            upstream.message(upstream::LEAVE_GROUP, membership(group, *ack_id));
        }
        ClientFrame::SendToGroup {
            group,
            message,
            no_echo,
            message_ttl,
            ack_id,
        } => upstream.message(upstream::SEND_TO_GROUP, |writer| {
            writer.text(send_to_group::GROUP, group.as_str());
            if let Some(ack_id) = ack_id {
                writer.number(send_to_group::ACK_ID, *ack_id);
            }
            content::write(message, send_to_group::DATA, writer);
            writer.number(send_to_group::NO_ECHO, u64::from(*no_echo));
            if let Some(ttl) = message_ttl {
                writer.number(send_to_group::TTL_SECONDS, ttl.as_duration().as_secs());
            }
            content::write_metadata(message.metadata(), send_to_group::METADATA, writer);
        }),
        ClientFrame::Event {
            event,
            message,
            ack_id,
        } => upstream.message(upstream::EVENT, |writer| {
            writer.text(event::EVENT, event.as_str());
            content::write(message, event::DATA, writer);
            if let Some(ack_id) = ack_id {
                writer.number(event::ACK_ID, *ack_id);
            }
            content::write_metadata(message.metadata(), event::METADATA, writer);
        }),
        ClientFrame::Ping => upstream.message(upstream::PING, |_| ()),
        ClientFrame::SequenceAck { sequence_id } => {
            upstream.message(upstream::SEQUENCE_ACK, |writer| {
                writer.number(SEQUENCE_ID, *sequence_id);
            });
        }
    }
    upstream.finish()
}

fn membership(group: &GroupName, ack_id: Option<u64>) -> impl FnOnce(&mut Writer) {
    move |writer| {
        writer.text(membership::GROUP, group.as_str());
        if let Some(ack_id) = ack_id {
            writer.number(membership::ACK_ID, ack_id);
        }
    }
}

pub(in crate::frame) fn decode(bytes: &Bytes) -> Result<ClientFrame, Error> {
    let mut frame = None;
    fields(bytes, |field, value| {
        let Value::Bytes(body) = value else {
            return Ok(());
        };
        frame = Some(match field {
            upstream::SEND_TO_GROUP => read_send_to_group(&body)?,
            upstream::EVENT => read_event(&body)?,
            upstream::JOIN_GROUP => {
                let (group, ack_id) = read_membership(&body)?;
                ClientFrame::JoinGroup { group, ack_id }
            }
            upstream::LEAVE_GROUP => {
                let (group, ack_id) = read_membership(&body)?;
                ClientFrame::LeaveGroup { group, ack_id }
            }
            upstream::SEQUENCE_ACK => read_sequence_ack(&body)?,
            upstream::PING => ClientFrame::Ping,
            _ => return Ok(()),
        });
        Ok(())
    })?;
    frame.ok_or_else(|| Error::frame("the message is not one of this subprotocol"))
}

fn read_send_to_group(body: &Bytes) -> Result<ClientFrame, Error> {
    let (mut group, mut message, mut metadata) = (Bytes::new(), None, Metadata::new());
    let (mut ack_id, mut no_echo, mut seconds) = (None, false, None);
    fields(body, |field, value| {
        match (field, value) {
            (send_to_group::GROUP, Value::Bytes(bytes)) => group = bytes,
            (send_to_group::ACK_ID, Value::Number(id)) => ack_id = Some(id),
            (send_to_group::DATA, Value::Bytes(data)) => message = content::read(&data)?,
            (send_to_group::NO_ECHO, Value::Number(flag)) => no_echo = flag != 0,
            (send_to_group::TTL_SECONDS, Value::Number(number)) => seconds = Some(number),
            (send_to_group::METADATA, Value::Bytes(entry)) => {
                content::read_metadata(&entry, &mut metadata)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(ClientFrame::SendToGroup {
        group: text(&group)?.try_into()?,
        message: read::client_message(message, metadata)?,
        no_echo,
        message_ttl: read::message_ttl(seconds)?,
        ack_id,
    })
}

fn read_event(body: &Bytes) -> Result<ClientFrame, Error> {
    let (mut event, mut message, mut metadata) = (Bytes::new(), None, Metadata::new());
    let mut ack_id = None;
    fields(body, |field, value| {
        match (field, value) {
            (event::EVENT, Value::Bytes(bytes)) => event = bytes,
            (event::DATA, Value::Bytes(data)) => message = content::read(&data)?,
            (event::ACK_ID, Value::Number(id)) => ack_id = Some(id),
            (event::METADATA, Value::Bytes(entry)) => {
                content::read_metadata(&entry, &mut metadata)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(ClientFrame::Event {
        event: text(&event)?.try_into()?,
        message: read::client_message(message, metadata)?,
        ack_id,
    })
}

fn read_membership(body: &Bytes) -> Result<(GroupName, Option<u64>), Error> {
    let (mut group, mut ack_id) = (Bytes::new(), None);
    fields(body, |field, value| {
        match (field, value) {
            (membership::GROUP, Value::Bytes(bytes)) => group = bytes,
            (membership::ACK_ID, Value::Number(id)) => ack_id = Some(id),
            _ => {}
        }
        Ok(())
    })?;
    Ok((text(&group)?.try_into()?, ack_id))
}

fn read_sequence_ack(body: &Bytes) -> Result<ClientFrame, Error> {
    let mut sequence_id = 0;
    fields(body, |field, value| {
        if let (SEQUENCE_ID, Value::Number(id)) = (field, value) {
            sequence_id = id;
        }
        Ok(())
    })?;
    Ok(ClientFrame::SequenceAck { sequence_id })
}
