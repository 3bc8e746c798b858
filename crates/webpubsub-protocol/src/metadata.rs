use std::{collections::BTreeMap, fmt};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::Error;

/// What of a header's name stands before a key of the metadata.
const HEADER_PREFIX: &str = "x-webpubsub-metadata-";

/// What an application says about a message beside its payload: JSON and protobuf clients receive it with the message,
/// plain clients do not.
///
/// Preview: the official emulator documents it, the service's public contract does not yet. Its rules: a key is 1 to
/// 256 characters of ``a-z 0-9 ! # $ % & ' * + - . ^ _ ` | ~`` (upper case is lowered), a value is up to 1,024 visible
/// ASCII characters and spaces, all together are at most 8 KiB. Since a value travels in a header, it has no comma, and
/// no space at either end. What the service sent is not checked, until it is sent on. `Debug` shows no entry.
///
/// ```
/// use webpubsub_protocol::{Message, Metadata};
///
/// let metadata = Metadata::new().with("trace-id", "4bf92f35")?;
/// let message = Message::text("hello").with_metadata(metadata);
/// assert_eq!(message.metadata().get("trace-id"), Some("4bf92f35"));
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// The longest key, in bytes.
    pub const MAX_KEY_BYTES: usize = 256;
    /// The longest value, in bytes.
    pub const MAX_VALUE_BYTES: usize = 1024;
    /// The most all keys and values may have together, in bytes.
    pub const MAX_BYTES: usize = 8 * 1024;

    const PARAMETER: &str = "metadata";

    /// No metadata.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The metadata with one more entry; a key that is there already gets the new value.
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Result<Self, Error> {
        let value = value.into();
        let rule = |rule: &'static str| Err(Error::argument(Self::PARAMETER, rule));
        if !(1..=Self::MAX_KEY_BYTES).contains(&key.len()) || !key.bytes().all(is_token) {
            return rule(
                "must have keys of 1 to 256 characters a-z 0-9 ! # $ % & ' * + - . ^ _ ` | ~",
            );
        }
        let is_value = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b',';
        if value.len() > Self::MAX_VALUE_BYTES
            || !value.bytes().all(is_value)
            || value.trim() != value
        {
            return rule(
                "must have values of up to 1,024 visible ASCII characters and inner spaces, without commas",
            );
        }
        self.0.insert(key.to_ascii_lowercase(), value);
        if self
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum::<usize>()
            > Self::MAX_BYTES
        {
            return rule("must not exceed 8 KiB, keys and values together");
        }
        Ok(self)
    }

    /// The value of a key, whatever its case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut entries = self.iter();
        let found = entries.find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value)
    }

    /// All entries, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same, if all of it keeps the rules: what was deserialized was not checked.
    pub(crate) fn check(self) -> Result<Self, Error> {
        self.0
            .into_iter()
            .try_fold(Self::new(), |checked, (key, value)| {
                checked.with(&key, value)
            })
    }

    /// What the service sent is not checked.
    pub(crate) fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (key, value) in &self.0 {
            // Both were checked to fit a header.
            let name = HeaderName::try_from(format!("{HEADER_PREFIX}{key}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
    }

    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Error> {
        let mut metadata = Self::new();
        for (name, value) in headers {
            let Some(key) = name.as_str().strip_prefix(HEADER_PREFIX) else {
                continue;
            };
            let value = String::from_utf8_lossy(value.as_bytes());
            // Of a list the last value counts, as in the official emulator.
            let last = value.rsplit(',').next().unwrap_or_default().trim();
            metadata = metadata.with(key, last)?;
        }
        Ok(metadata)
    }
}

// Values can be personal data: only their number is printed.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metadata({} entries)", self.0.len())
    }
}

/// The characters of an HTTP token (RFC 9110, section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
