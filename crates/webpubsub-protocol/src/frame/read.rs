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

/// As in the official emulator, metadata can be all there is to say.
pub(super) fn without_data(metadata: Metadata) -> Option<Message> {
    (!metadata.is_empty()).then(|| Message::text("").with_metadata(metadata))
}

/// What a client sends is checked.
pub(super) fn client_message(
    message: Option<Message>,
    metadata: Metadata,
) -> Result<Message, Error> {
    let metadata = metadata.check()?;
    match message {
        Some(message) => Ok(message.with_metadata(metadata)),
        None => without_data(metadata).ok_or_else(|| missing("data")),
    }
}

pub(super) fn message_ttl(seconds: Option<u64>) -> Result<Option<MessageTtl>, Error> {
    seconds
        .map(|seconds| MessageTtl::try_from(Duration::from_secs(seconds)))
        .transpose()
}
