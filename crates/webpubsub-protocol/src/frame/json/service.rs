use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{content, parse, required, write};
use crate::{
    Error, Message, Metadata, Token,
    frame::{
        AckError, AckErrorName, Received, ServiceFrame,
        read::{missing, optional, unexplained, without_data},
    },
};

/// Any frame of the service, field by field.
#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(skip_serializing)]
    sequence_id: Option<u64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    from: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    user_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    connection_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    reconnection_token: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    from_user_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    group: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    error: Option<WireError<'a>>,
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

#[derive(Serialize, Deserialize)]
struct WireError<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
}

impl<'a> Wire<'a> {
    fn of_type(r#type: &'a str) -> Self {
        Self {
            r#type: r#type.into(),
            ..Self::default()
        }
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

    /// The message; `None` is one without data, or of a type that is not known.
    fn read_message(&self) -> Result<Option<Message>, Error> {
        let metadata = self.metadata.as_deref().cloned().unwrap_or_default();
        let Some(data) = self.data.as_deref() else {
            return Ok(without_data(metadata));
        };
        let message = content::read(self.data_type.as_deref(), data)?;
        Ok(message.map(|message| message.with_metadata(metadata)))
    }
}

pub(in crate::frame) fn encode(frame: &ServiceFrame) -> String {
    write(&match frame {
        ServiceFrame::Connected {
            connection_id,
            user_id,
            reconnection_token,
        } => Wire {
            event: Some("connected".into()),
            user_id: user_id.as_ref().map(|user| user.as_str().into()),
            connection_id: Some(connection_id.as_str().into()),
            reconnection_token: reconnection_token
                .as_ref()
                .map(|token| token.expose_secret().into()),
            ..Wire::of_type("system")
        },
        ServiceFrame::Disconnected { message } => Wire {
            event: Some("disconnected".into()),
            message: Some(message.into()),
            ..Wire::of_type("system")
        },
        ServiceFrame::Ack { ack_id, result } => Wire {
            ack_id: Some(*ack_id),
            success: Some(result.is_ok()),
            error: result.as_ref().err().map(|error| WireError {
                name: error.name.as_str().into(),
                message: Some(error.message.as_str().into()),
            }),
            ..Wire::of_type("ack")
        },
        ServiceFrame::GroupMessage {
            group,
            message,
            from_user_id,
        } => Wire {
            from: Some("group".into()),
            from_user_id: from_user_id.as_ref().map(|user| user.as_str().into()),
            group: Some(group.as_str().into()),
            ..Wire::of_type("message")
        }
        .with_message(message),
        ServiceFrame::ServerMessage { message } => Wire {
            from: Some("server".into()),
            ..Wire::of_type("message")
        }
        .with_message(message),
        ServiceFrame::Pong => Wire::of_type("pong"),
    })
}

pub(in crate::frame) fn decode(text: &str) -> Result<Received, Error> {
    let wire: Wire<'_> = parse(text)?;
    let frame = match (&*wire.r#type, wire.event.as_deref(), wire.from.as_deref()) {
        ("system", Some("connected"), _) => Some(ServiceFrame::Connected {
            connection_id: required("connectionId", wire.connection_id.as_deref())?,
            user_id: optional(wire.user_id.as_deref())?,
            reconnection_token: wire.reconnection_token.as_deref().map(Token::new),
        }),
        ("system", Some("disconnected"), _) => Some(ServiceFrame::Disconnected {
            message: wire.message.unwrap_or_default().into_owned(),
        }),
        ("ack", ..) => Some(ServiceFrame::Ack {
            ack_id: wire.ack_id.ok_or_else(|| missing("ackId"))?,
            result: read_ack(&wire)?,
        }),
        ("message", _, Some("group")) => {
            let group = required("group", wire.group.as_deref())?;
            let from_user_id = optional(wire.from_user_id.as_deref())?;
            wire.read_message()?
                .map(|message| ServiceFrame::GroupMessage {
                    group,
                    message,
                    from_user_id,
                })
        }
        ("message", _, Some("server")) => wire
            .read_message()?
            .map(|message| ServiceFrame::ServerMessage { message }),
        ("pong", ..) => Some(ServiceFrame::Pong),
        _ => None,
    };
    Ok(Received {
        frame,
        sequence_id: wire.sequence_id,
    })
}

fn read_ack(wire: &Wire<'_>) -> Result<Result<(), AckError>, Error> {
    if wire.success.ok_or_else(|| missing("success"))? {
        return Ok(Ok(()));
    }
    Ok(Err(wire.error.as_ref().map_or_else(unexplained, |error| {
        let message = error.message.as_deref().unwrap_or_default();
        AckError::new(AckErrorName::from(&*error.name), message)
    })))
}
