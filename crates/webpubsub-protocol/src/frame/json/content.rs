use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Deserializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::{DataType, Error, Message, Metadata};

/// Leaves the payload where it lies in the frame's text.
pub(super) fn borrowed<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Cow<'de, RawValue>>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(deserializer)?.map(Cow::Borrowed))
}

/// What a frame has of a message: `dataType`, `data` and `metadata`.
type Fields<'m> = (
    Option<Cow<'m, str>>,
    Option<Cow<'m, RawValue>>,
    Option<Cow<'m, Metadata>>,
);

pub(super) fn write(message: &Message) -> Fields<'_> {
    let string =
        |text: &str| to_raw_value(text).map_or_else(|_| Cow::Borrowed(RawValue::NULL), Cow::Owned);
    let text = message.as_text().unwrap_or_default();
    let data = match message.data_type() {
        DataType::Text => string(text),
        DataType::Json => {
            serde_json::from_str(text).map_or(Cow::Borrowed(RawValue::NULL), Cow::Borrowed)
        }
        DataType::Binary | DataType::Protobuf => string(&STANDARD.encode(message.bytes())),
    };
    let metadata = Some(message.metadata()).filter(|metadata| !metadata.is_empty());
    (
        Some(name(message.data_type()).into()),
        Some(data),
        metadata.map(Cow::Borrowed),
    )
}

/// The payload of `dataType` (`json` when absent) and `data`; `None` is of a type that is not known.
pub(super) fn read(data_type: Option<&str>, data: &RawValue) -> Result<Option<Message>, Error> {
    let data_type = match data_type {
        None => Some(DataType::Json),
        Some(data_type) => {
            let mut known = DataType::ALL.into_iter();
            known.find(|known| name(*known).eq_ignore_ascii_case(data_type))
        }
    };
    let Some(data_type) = data_type else {
        return Ok(None);
    };
    let string = || {
        serde_json::from_str::<String>(data.get())
            .map_err(|_| Error::frame("`data` must be a string for this `dataType`"))
    };
    let bytes = || {
        let rule = "`data` must be base64 with padding for this `dataType`";
        STANDARD.decode(string()?).map_err(|_| Error::frame(rule))
    };
    let message = match data_type {
        DataType::Text => Message::text(string()?),
        DataType::Json => Message::from_bytes(
            DataType::Json,
            Bytes::copy_from_slice(data.get().as_bytes()),
        )?,
        DataType::Binary => Message::binary(bytes()?),
        DataType::Protobuf => Message::protobuf(bytes()?),
    };
    Ok(Some(message))
}

fn name(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Text => "text",
        DataType::Json => "json",
        DataType::Binary => "binary",
        DataType::Protobuf => "protobuf",
    }
}
