//! The rules of what is read that do not depend on how it is written.

use std::time::Duration;

use super::{AckError, AckErrorName};
use crate::{Error, Message, Metadata, operation::MessageTtl};

pub(super) fn missing(field: &'static str) -> Error {
    Error::frame(format!("`{field}` is missing"))
}

/// An optional name; the service writes `null` or nothing for an anonymous user, and some writers an empty text.
pub(super) fn optional<T>(value: Option<&str>) -> Result<Option<T>, Error>
where
    T: for<'t> TryFrom<&'t str, Error = Error>,
{
    value
        .filter(|text| !text.is_empty())
        .map(TryInto::try_into)
        .transpose()
}

/// Of a failure that does not say why.
pub(super) fn unexplained() -> AckError {
    AckError::new(AckErrorName::from(""), "")
}

/// What a client sends is checked. As in the official emulator, metadata can be all it has to say.
pub(super) fn client_message(
    message: Option<Message>,
    metadata: Metadata,
) -> Result<Message, Error> {
    let metadata = metadata.check()?;
    match message {
        Some(message) => Ok(message.with_metadata(metadata)),
        None if !metadata.is_empty() => Ok(Message::text("").with_metadata(metadata)),
        None => Err(missing("data")),
    }
}

pub(super) fn message_ttl(seconds: Option<u64>) -> Result<Option<MessageTtl>, Error> {
    seconds
        .map(|seconds| MessageTtl::try_from(Duration::from_secs(seconds)))
        .transpose()
}
