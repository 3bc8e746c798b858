//! The codec of the `json.webpubsub.azure.v1` subprotocol: one frame is one text message holding one JSON object.
//!
//! Unknown fields are ignored; `type` and `dataType` are read without regard to case.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{AckError, AckErrorName, ClientFrame, ServiceFrame};
use crate::{DataType, Error, Message, Metadata, error::json_problem};

/// The name in `Sec-WebSocket-Protocol`.
pub const SUBPROTOCOL: &str = "json.webpubsub.azure.v1";

/// Any frame of either direction, field by field.
#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    from: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    user_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    connection_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    from_user_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    group: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_echo: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    error: Option<WireError<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    data_type: Option<Cow<'a, str>>,
    #[serde(
        borrow,
        default,
        deserialize_with = "borrowed",
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

/// Leaves the payload where it lies in the frame's text.
fn borrowed<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Cow<'de, RawValue>>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(deserializer)?.map(Cow::Borrowed))
}

impl<'a> Wire<'a> {
    fn of_type(r#type: &'a str) -> Self {
        Self {
            r#type: r#type.into(),
            ..Self::default()
        }
    }

    fn parse(text: &'a str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::frame(json_problem(&error)))
    }

    fn is(&self, r#type: &str) -> bool {
        self.r#type.eq_ignore_ascii_case(r#type)
    }

    fn with_message(self, message: &'a Message) -> Self {
        let (data_type, data) = write_data(message);
        Self {
            data_type: Some(data_type.into()),
            data: Some(data),
            metadata: (!message.metadata().is_empty()).then(|| Cow::Borrowed(message.metadata())),
            ..self
        }
    }

    fn read_message(&self) -> Result<Message, Error> {
        let data = self.data.as_deref().ok_or_else(|| missing("data"))?;
        let message = read_data(self.data_type.as_deref(), data)?;
        let metadata = self.metadata.as_deref().cloned().unwrap_or_default();
        Ok(message.with_metadata(metadata))
    }

    /// What a client sends is checked; what the service sends is taken as it is.
    fn read_checked_message(&self) -> Result<Message, Error> {
        let message = self.read_message()?;
        let metadata = message.metadata().clone().check()?;
        Ok(message.with_metadata(metadata))
    }

    fn to_text(&self) -> String {
        // Strings, numbers and checked JSON always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn missing(field: &'static str) -> Error {
    Error::frame(format!("`{field}` is missing"))
}

/// A required field as its checked type; the error of the check names field and rule.
fn required<T>(field: &'static str, value: Option<&str>) -> Result<T, Error>
where
    T: for<'t> TryFrom<&'t str, Error = Error>,
{
    value.ok_or_else(|| missing(field))?.try_into()
}

/// An optional name; the service writes `null` or nothing for an anonymous user, and some writers an empty text.
fn optional<T>(value: Option<&str>) -> Result<Option<T>, Error>
where
    T: for<'t> TryFrom<&'t str, Error = Error>,
{
    value
        .filter(|text| !text.is_empty())
        .map(TryInto::try_into)
        .transpose()
}

fn write_data(message: &Message) -> (&'static str, Cow<'_, RawValue>) {
    let string =
        |text: &str| to_raw_value(text).map_or_else(|_| Cow::Borrowed(RawValue::NULL), Cow::Owned);
    let text = message.as_text().unwrap_or_default();
    match message.data_type() {
        DataType::Text => ("text", string(text)),
        DataType::Json => (
            "json",
            serde_json::from_str(text).map_or(Cow::Borrowed(RawValue::NULL), Cow::Borrowed),
        ),
        DataType::Binary => ("binary", string(&STANDARD.encode(message.bytes()))),
    }
}

fn read_data(data_type: Option<&str>, data: &RawValue) -> Result<Message, Error> {
    let data_type = data_type.unwrap_or("json").to_ascii_lowercase();
    let string = || {
        serde_json::from_str::<String>(data.get())
            .map_err(|_| Error::frame("`data` must be a string for this `dataType`"))
    };
    match data_type.as_str() {
        "text" => Ok(Message::text(string()?)),
        "json" => Message::from_bytes(
            DataType::Json,
            Bytes::copy_from_slice(data.get().as_bytes()),
        ),
        "binary" => STANDARD
            .decode(string()?)
            .map(Message::binary)
            .map_err(|_| Error::frame("`data` must be base64 with padding for `dataType` binary")),
        _ => Err(Error::frame("`dataType` must be text, json or binary")),
    }
}

/// Writes a client's frame.
#[must_use]
pub fn encode_client(frame: &ClientFrame) -> String {
    let group = |r#type, group, ack_id| Wire {
        group: Some(Cow::Borrowed(group)),
        ack_id,
        ..Wire::of_type(r#type)
    };
    match frame {
        ClientFrame::JoinGroup {
            group: name,
            ack_id,
        } => group("joinGroup", name.as_str(), *ack_id),
        ClientFrame::LeaveGroup {
            group: name,
            ack_id,
        } => group("leaveGroup", name.as_str(), *ack_id),
        ClientFrame::SendToGroup {
            group: name,
            message,
            no_echo,
            ack_id,
        } => Wire {
            no_echo: Some(*no_echo),
            ..group("sendToGroup", name.as_str(), *ack_id)
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
    }
    .to_text()
}

/// Reads a client's frame.
pub fn decode_client(text: &str) -> Result<ClientFrame, Error> {
    let wire = Wire::parse(text)?;
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
            message: wire.read_checked_message()?,
            no_echo: wire.no_echo.unwrap_or(false),
            ack_id,
        })
    } else if wire.is("event") {
        Ok(ClientFrame::Event {
            event: required("event", wire.event.as_deref())?,
            message: wire.read_checked_message()?,
            ack_id,
        })
    } else if wire.is("ping") {
        Ok(ClientFrame::Ping)
    } else {
        Err(Error::frame("`type` is not one of this subprotocol"))
    }
}

/// Writes the service's frame.
#[must_use]
pub fn encode_service(frame: &ServiceFrame) -> String {
    match frame {
        ServiceFrame::Connected {
            connection_id,
            user_id,
        } => Wire {
            event: Some("connected".into()),
            user_id: user_id.as_ref().map(|user| user.as_str().into()),
            connection_id: Some(connection_id.as_str().into()),
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
    }
    .to_text()
}

/// Reads the service's frame; `Ok(None)` is a kind this crate does not know, which a client skips.
pub fn decode_service(text: &str) -> Result<Option<ServiceFrame>, Error> {
    let wire = Wire::parse(text)?;
    let frame = match (&*wire.r#type, wire.event.as_deref(), wire.from.as_deref()) {
        ("system", Some("connected"), _) => ServiceFrame::Connected {
            connection_id: required("connectionId", wire.connection_id.as_deref())?,
            user_id: optional(wire.user_id.as_deref())?,
        },
        ("system", Some("disconnected"), _) => ServiceFrame::Disconnected {
            message: wire.message.unwrap_or_default().into_owned(),
        },
        ("ack", ..) => ServiceFrame::Ack {
            ack_id: wire.ack_id.ok_or_else(|| missing("ackId"))?,
            result: read_ack(&wire)?,
        },
        ("message", _, Some("group")) => ServiceFrame::GroupMessage {
            group: required("group", wire.group.as_deref())?,
            message: wire.read_message()?,
            from_user_id: optional(wire.from_user_id.as_deref())?,
        },
        ("message", _, Some("server")) => ServiceFrame::ServerMessage {
            message: wire.read_message()?,
        },
        ("pong", ..) => ServiceFrame::Pong,
        _ => return Ok(None),
    };
    Ok(Some(frame))
}

fn read_ack(wire: &Wire<'_>) -> Result<Result<(), AckError>, Error> {
    if wire.success.ok_or_else(|| missing("success"))? {
        return Ok(Ok(()));
    }
    let error = wire.error.as_ref().ok_or_else(|| missing("error"))?;
    let name = AckErrorName::from(&*error.name);
    Ok(Err(AckError::new(
        name,
        error.message.as_deref().unwrap_or_default(),
    )))
}
