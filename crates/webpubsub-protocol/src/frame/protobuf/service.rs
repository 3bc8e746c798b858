use bytes::Bytes;

use super::{
    content,
    wire::{Value, Writer, fields, text},
};
use crate::{
    Error, Metadata, Token,
    frame::{
        AckError, AckErrorName, Received, ServiceFrame,
        read::{optional, unexplained, without_data},
    },
};

/// The members of `DownstreamMessage`.
mod downstream {
    pub(super) const ACK: u64 = 1;
    pub(super) const DATA: u64 = 2;
    pub(super) const SYSTEM: u64 = 3;
    pub(super) const PONG: u64 = 4;
    pub(super) const GROUP_STATE_UPDATE: u64 = 9;
    pub(super) const GROUP_STATE_SNAPSHOT: u64 = 10;
}

/// The fields of `Ack`.
mod ack {
    pub(super) const ACK_ID: u64 = 1;
    pub(super) const SUCCESS: u64 = 2;
    pub(super) const ERROR: u64 = 3;
    pub(super) const ERROR_NAME: u64 = 1;
    pub(super) const ERROR_MESSAGE: u64 = 2;
}

/// The fields of `Data`. It does not say which user a message is from.
mod data {
    pub(super) const FROM: u64 = 1;
    pub(super) const GROUP: u64 = 2;
    pub(super) const DATA: u64 = 3;
    pub(super) const SEQUENCE_ID: u64 = 4;
    pub(super) const METADATA: u64 = 5;
}

/// The members of `System`.
mod system {
    pub(super) const CONNECTED: u64 = 1;
    pub(super) const CONNECTION_ID: u64 = 1;
    pub(super) const USER_ID: u64 = 2;
    pub(super) const RECONNECTION_TOKEN: u64 = 3;
    pub(super) const DISCONNECTED: u64 = 2;
    pub(super) const REASON: u64 = 2;
}

/// The field of `GroupStateUpdate` and `GroupStateSnapshot` that counts them.
const GROUP_STATE_SEQUENCE_ID: u64 = 3;

const FROM_GROUP: &str = "group";
const FROM_SERVER: &str = "server";

pub(in crate::frame) fn encode(frame: &ServiceFrame) -> Bytes {
    let mut downstream = Writer::default();
    match frame {
        ServiceFrame::Connected {
            connection_id,
            user_id,
            reconnection_token,
        } => downstream.message(downstream::SYSTEM, |writer| {
            writer.message(system::CONNECTED, |writer| {
                writer.text(system::CONNECTION_ID, connection_id.as_str());
                if let Some(user) = user_id {
                    writer.text(system::USER_ID, user.as_str());
                }
                if let Some(token) = reconnection_token {
                    writer.text(system::RECONNECTION_TOKEN, token.expose_secret());
                }
            });
        }),
        ServiceFrame::Disconnected { message } => {
            downstream.message(downstream::SYSTEM, |writer| {
                writer.message(system::DISCONNECTED, |writer| {
                    writer.text(system::REASON, message);
                });
            });
        }
        ServiceFrame::Ack { ack_id, result } => downstream.message(downstream::ACK, |writer| {
            writer.number(ack::ACK_ID, *ack_id);
            writer.number(ack::SUCCESS, u64::from(result.is_ok()));
            if let Err(error) = result {
                writer.message(ack::ERROR, |writer| {
                    writer.text(ack::ERROR_NAME, error.name.as_str());
                    writer.text(ack::ERROR_MESSAGE, &error.message);
                });
            }
        }),
        ServiceFrame::GroupMessage { group, message, .. } => {
            downstream.message(downstream::DATA, |writer| {
                writer.text(data::FROM, FROM_GROUP);
                writer.text(data::GROUP, group.as_str());
                content::write(message, data::DATA, writer);
                content::write_metadata(message.metadata(), data::METADATA, writer);
            });
        }
        ServiceFrame::ServerMessage { message } => {
            downstream.message(downstream::DATA, |writer| {
                writer.text(data::FROM, FROM_SERVER);
                content::write(message, data::DATA, writer);
                content::write_metadata(message.metadata(), data::METADATA, writer);
            });
        }
        ServiceFrame::Pong => downstream.message(downstream::PONG, |_| ()),
    }
    downstream.finish()
}

/// The same message, of `Data`, with a number behind its other fields.
pub(in crate::frame) fn with_sequence_id(message: &Bytes, sequence_id: u64) -> Bytes {
    let mut downstream = Writer::default();
    // What was written here is read without fail.
    let _ = fields(message, |field, value| {
        if let Value::Bytes(body) = value {
            downstream.message(field, |writer| {
                writer.raw(&body);
                writer.number(data::SEQUENCE_ID, sequence_id);
            });
        }
        Ok(())
    });
    downstream.finish()
}

pub(in crate::frame) fn decode(bytes: &Bytes) -> Result<Received, Error> {
    let unnumbered = |frame| Received {
        frame,
        sequence_id: None,
    };
    let mut received = unnumbered(None);
    fields(bytes, |field, value| {
        let Value::Bytes(body) = value else {
            return Ok(());
        };
        // Of several members of a oneof the last counts.
        received = match field {
            downstream::ACK => unnumbered(Some(read_ack(&body)?)),
            downstream::DATA => read_data(&body)?,
            downstream::SYSTEM => unnumbered(read_system(&body)?),
            downstream::PONG => unnumbered(Some(ServiceFrame::Pong)),
            downstream::GROUP_STATE_UPDATE | downstream::GROUP_STATE_SNAPSHOT => Received {
                frame: None,
                sequence_id: read_group_state(&body)?,
            },
            _ => return Ok(()),
        };
        Ok(())
    })?;
    Ok(received)
}

fn read_ack(body: &Bytes) -> Result<ServiceFrame, Error> {
    let (mut ack_id, mut is_success, mut error) = (0, false, None);
    fields(body, |field, value| {
        match (field, value) {
            (ack::ACK_ID, Value::Number(id)) => ack_id = id,
            (ack::SUCCESS, Value::Number(flag)) => is_success = flag != 0,
            (ack::ERROR, Value::Bytes(body)) => error = Some(read_ack_error(&body)?),
            _ => {}
        }
        Ok(())
    })?;
    let result = if is_success {
        Ok(())
    } else {
        Err(error.unwrap_or_else(unexplained))
    };
    Ok(ServiceFrame::Ack { ack_id, result })
}

fn read_ack_error(body: &Bytes) -> Result<AckError, Error> {
    let (mut name, mut message) = (Bytes::new(), Bytes::new());
    fields(body, |field, value| {
        match (field, value) {
            (ack::ERROR_NAME, Value::Bytes(bytes)) => name = bytes,
            (ack::ERROR_MESSAGE, Value::Bytes(bytes)) => message = bytes,
            _ => {}
        }
        Ok(())
    })?;
    Ok(AckError::new(
        AckErrorName::from(text(&name)?),
        text(&message)?,
    ))
}

fn read_data(body: &Bytes) -> Result<Received, Error> {
    let (mut from, mut group, mut data) = (Bytes::new(), Bytes::new(), None);
    let (mut sequence_id, mut metadata) = (None, Metadata::new());
    fields(body, |field, value| {
        match (field, value) {
            (data::FROM, Value::Bytes(bytes)) => from = bytes,
            (data::GROUP, Value::Bytes(bytes)) => group = bytes,
            (data::DATA, Value::Bytes(bytes)) => data = Some(bytes),
            (data::SEQUENCE_ID, Value::Number(id)) => sequence_id = Some(id),
            (data::METADATA, Value::Bytes(entry)) => {
                content::read_metadata(&entry, &mut metadata)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    let message = || {
        let Some(data) = &data else {
            return Ok(without_data(metadata));
        };
        let message = content::read(data)?;
        Ok::<_, Error>(message.map(|message| message.with_metadata(metadata)))
    };
    let frame = match text(&from)? {
        FROM_GROUP => {
            let group = text(&group)?.try_into()?;
            message()?.map(|message| ServiceFrame::GroupMessage {
                group,
                message,
                from_user_id: None,
            })
        }
        FROM_SERVER => message()?.map(|message| ServiceFrame::ServerMessage { message }),
        _ => None,
    };
    Ok(Received { frame, sequence_id })
}

fn read_system(body: &Bytes) -> Result<Option<ServiceFrame>, Error> {
    let mut frame = None;
    fields(body, |field, value| {
        match (field, value) {
            (system::CONNECTED, Value::Bytes(body)) => frame = Some(read_connected(&body)?),
            (system::DISCONNECTED, Value::Bytes(body)) => frame = Some(read_disconnected(&body)?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(frame)
}

fn read_connected(body: &Bytes) -> Result<ServiceFrame, Error> {
    let (mut connection, mut user, mut token) = (Bytes::new(), Bytes::new(), None);
    fields(body, |field, value| {
        match (field, value) {
            (system::CONNECTION_ID, Value::Bytes(bytes)) => connection = bytes,
            (system::USER_ID, Value::Bytes(bytes)) => user = bytes,
            (system::RECONNECTION_TOKEN, Value::Bytes(bytes)) => {
                token = Some(Token::new(text(&bytes)?));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(ServiceFrame::Connected {
        connection_id: text(&connection)?.try_into()?,
        user_id: optional(Some(text(&user)?))?,
        reconnection_token: token,
    })
}

fn read_disconnected(body: &Bytes) -> Result<ServiceFrame, Error> {
    let mut reason = Bytes::new();
    fields(body, |field, value| {
        if let (system::REASON, Value::Bytes(bytes)) = (field, value) {
            reason = bytes;
        }
        Ok(())
    })?;
    let message = text(&reason)?.to_owned();
    Ok(ServiceFrame::Disconnected { message })
}

fn read_group_state(body: &Bytes) -> Result<Option<u64>, Error> {
    let mut sequence_id = None;
    fields(body, |field, value| {
        if let (GROUP_STATE_SEQUENCE_ID, Value::Number(id)) = (field, value) {
            sequence_id = Some(id);
        }
        Ok(())
    })?;
    Ok(sequence_id)
}
