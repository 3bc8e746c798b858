use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Error, Metadata};

/// The largest message the service takes, in bytes: 1 MiB (the documents say "1 MB", the official emulator 1,048,576).
pub const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// What a payload is: it decides the `Content-Type` over REST, and the `dataType` or the field of a WebSocket frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// UTF-8 text: `text/plain`.
    Text,
    /// One JSON value: `application/json`.
    Json,
    /// Bytes: `application/octet-stream`.
    Binary,
    /// A serialized `google.protobuf.Any`: `application/x-protobuf`. Only WebSocket clients send it, REST does not take
    /// it.
    Protobuf,
}

impl DataType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Binary, Self::Protobuf];

    /// Those a REST request can send.
    pub(crate) const OF_REST: [Self; 3] = [Self::Text, Self::Json, Self::Binary];

    /// The media type of a REST body.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Binary => "application/octet-stream",
            Self::Protobuf => "application/x-protobuf",
        }
    }
}

/// A payload and its type.
///
/// The type is always explicit: the official SDKs disagree on what a bare string means (JSON in Python and
/// JavaScript, text in .NET).
///
/// ```
/// use serde_json::json;
/// use webpubsub_protocol::Message;
///
/// let text = Message::text("hello");
/// let json = Message::json(&json!({ "hello": "world" }))?;
/// let binary = Message::binary([0, 1, 2].as_slice());
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Message {
    data_type: DataType,
    /// UTF-8 for `Text` and `Json`.
    data: Bytes,
    metadata: Metadata,
}

impl Message {
    fn new(data_type: DataType, data: Bytes) -> Self {
        Self {
            data_type,
            data,
            metadata: Metadata::new(),
        }
    }

    /// A text message.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(DataType::Text, text.into().into())
    }

    /// A JSON message from anything serde can serialize.
    ///
    /// Fails only when the value has no JSON form, such as a map with keys that are not strings.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        let data = serde_json::to_vec(value).map_err(Error::serialize)?;
        Ok(Self::new(DataType::Json, data.into()))
    }

    /// A binary message.
    #[must_use]
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self::new(DataType::Binary, bytes.into())
    }

    /// A serialized `google.protobuf.Any`, which is not looked into. It is for WebSocket clients: protobuf clients receive
    /// it as such, JSON clients as base64, plain clients as bytes.
    #[must_use]
    pub fn protobuf(any: impl Into<Bytes>) -> Self {
        Self::new(DataType::Protobuf, any.into())
    }

    /// A message of the given type from the bytes of a body or frame, checked to be UTF-8 or JSON where the type says so.
    pub fn from_bytes(data_type: DataType, data: impl Into<Bytes>) -> Result<Self, Error> {
        let data = data.into();
        match data_type {
            DataType::Binary | DataType::Protobuf => {}
            DataType::Text => {
                std::str::from_utf8(&data)
                    .map_err(|_| Error::argument("message", "must be UTF-8 text"))?;
            }
            DataType::Json => {
                serde_json::from_slice::<&serde_json::value::RawValue>(&data)
                    .map_err(Error::json)?;
            }
        }
        Ok(Self::new(data_type, data))
    }

    /// A REST body, by its `Content-Type`; none means binary, as in the official emulator.
    pub(crate) fn from_body(content_type: Option<&str>, body: Bytes) -> Result<Self, Error> {
        let Some(content_type) = content_type else {
            return Ok(Self::binary(body));
        };
        let mut parts = content_type.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let data_type = DataType::OF_REST
            .into_iter()
            .find(|data_type| media_type.eq_ignore_ascii_case(data_type.content_type()))
            .ok_or_else(Error::content_type)?;
        let foreign_charset = parts
            .filter_map(|parameter| parameter.split_once('='))
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
            .map(|(_, charset)| charset.trim().trim_matches('"'))
            .any(|charset| {
                !["utf-8", "us-ascii"]
                    .iter()
                    .any(|known| charset.eq_ignore_ascii_case(known))
            });
        if foreign_charset && data_type != DataType::Binary {
            return Err(Error::content_type());
        }
        Self::from_bytes(data_type, body)
    }

    /// The value a JSON or text payload stands for, as any type serde can read.
    ///
    /// Text is read too, since a sender of JSON may have called it that. An error of kind
    /// [`InvalidJson`](crate::ErrorKind::InvalidJson) if the payload is no JSON, or not of this type.
    ///
    /// ```
    /// use webpubsub_protocol::Message;
    ///
    /// let numbers: Vec<u8> = Message::json(&[1, 2, 3])?.parse_json()?;
    /// assert_eq!(numbers, [1, 2, 3]);
    /// # Ok::<(), webpubsub_protocol::Error>(())
    /// ```
    pub fn parse_json<'m, T: Deserialize<'m>>(&'m self) -> Result<T, Error> {
        serde_json::from_slice(&self.data).map_err(|error| Error::other_json(&error))
    }

    /// The same payload with this metadata (preview).
    #[must_use]
    pub fn with_metadata(self, metadata: Metadata) -> Self {
        Self { metadata, ..self }
    }

    /// What the application says about the message beside its payload.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The type of the payload.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        self.data_type
    }

    /// The payload's bytes; a cheap clone of them is `bytes().clone()`.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.data
    }

    /// The payload as text; `None` for binary and protobuf.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.data_type {
            DataType::Binary | DataType::Protobuf => None,
            DataType::Text | DataType::Json => std::str::from_utf8(&self.data).ok(),
        }
    }
}

// Payloads and metadata are the user's data: only their type and size are printed.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Message({:?}, {} bytes)",
            self.data_type,
            self.data.len()
        )
    }
}
