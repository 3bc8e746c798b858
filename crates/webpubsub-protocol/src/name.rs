use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::Error;

/// A hub: 1 to 128 characters, a letter first, then letters, digits and ``_ ` , . [ ]``.
///
/// The service compares hub names without regard to case; the case that was given is kept on the wire.
pub type HubName = Name<kind::Hub>;

/// A group: 1 to 1,024 characters on one line, not only white space. Case-sensitive.
pub type GroupName = Name<kind::Group>;

/// A user id: at least one character. Case-sensitive.
pub type UserId = Name<kind::User>;

/// A connection id, as the service gave it: at least one character.
pub type ConnectionId = Name<kind::Connection>;

/// A user event of the WebSocket subprotocols: a letter, then up to 127 letters, digits and `_ . -`.
///
/// The rule is the official emulator's; no public document states one.
pub type EventName = Name<kind::Event>;

/// What is named, and the rule for its names.
pub trait NameKind {
    /// The parameter as errors name it.
    const PARAMETER: &'static str;

    /// The rule in words, for errors.
    const RULE: &'static str;

    /// Whether a name keeps the rule.
    fn allows(name: &str) -> bool;
}

/// The kinds of names.
pub mod kind {
    /// See [`HubName`](super::HubName).
    #[derive(Debug, Clone, Copy)]
    pub struct Hub;

    /// See [`GroupName`](super::GroupName).
    #[derive(Debug, Clone, Copy)]
    pub struct Group;

    /// See [`GroupPattern`](crate::GroupPattern).
    #[derive(Debug, Clone, Copy)]
    pub struct GroupPattern;

    /// See [`UserId`](super::UserId).
    #[derive(Debug, Clone, Copy)]
    pub struct User;

    /// See [`ConnectionId`](super::ConnectionId).
    #[derive(Debug, Clone, Copy)]
    pub struct Connection;

    /// See [`EventName`](super::EventName).
    #[derive(Debug, Clone, Copy)]
    pub struct Event;
}

impl NameKind for kind::Hub {
    const PARAMETER: &'static str = "hub";
    const RULE: &'static str =
        "must be 1 to 128 characters, a letter first, then letters, digits, _ ` , . [ ]";

    fn allows(name: &str) -> bool {
        name.len() <= 128
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_`,.[]".contains(c))
    }
}

impl NameKind for kind::Group {
    const PARAMETER: &'static str = "group";
    const RULE: &'static str = "must be 1 to 1,024 characters on one line, not only white space";

    fn allows(name: &str) -> bool {
        name.chars().count() <= 1024 && !name.trim().is_empty() && !name.contains(['\n', '\r'])
    }
}

impl NameKind for kind::User {
    const PARAMETER: &'static str = "userId";
    const RULE: &'static str = "must not be empty";

    fn allows(name: &str) -> bool {
        !name.is_empty()
    }
}

impl NameKind for kind::Connection {
    const PARAMETER: &'static str = "connectionId";
    const RULE: &'static str = "must not be empty";

    fn allows(name: &str) -> bool {
        !name.is_empty()
    }
}

impl NameKind for kind::Event {
    const PARAMETER: &'static str = "event";
    const RULE: &'static str =
        "must be 1 to 128 characters, a letter first, then letters, digits, _ . -";

    fn allows(name: &str) -> bool {
        name.len() <= 128
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    }
}

/// A checked name of one kind; cheap to clone. Use it through [`HubName`], [`GroupName`], [`UserId`],
/// [`ConnectionId`] and [`EventName`].
///
/// ```
/// use webpubsub_protocol::{GroupName, HubName};
///
/// assert_eq!(GroupName::new("room")?.as_str(), "room");
/// assert_eq!(HubName::new("1x").unwrap_err().parameter(), Some("hub"));
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
pub struct Name<K> {
    text: Arc<str>,
    kind: PhantomData<fn() -> K>,
}

impl<K: NameKind> Name<K> {
    /// Checks a name; the error names the parameter and its rule.
    pub fn new(name: impl Into<Arc<str>>) -> Result<Self, Error> {
        let text = name.into();
        if K::allows(&text) {
            Ok(Self {
                text,
                kind: PhantomData,
            })
        } else {
            Err(Error::argument(K::PARAMETER, K::RULE))
        }
    }
}

impl<K> Name<K> {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K> Clone for Name<K> {
    fn clone(&self) -> Self {
        Self {
            text: Arc::clone(&self.text),
            kind: PhantomData,
        }
    }
}

impl<K> PartialEq for Name<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Name<K> {}

impl<K> std::hash::Hash for Name<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

// Lets a map keyed by names be asked with a `&str`; `Hash` and `Eq` are those of the text.
impl<K> std::borrow::Borrow<str> for Name<K> {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl<K> AsRef<str> for Name<K> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<K> fmt::Debug for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<K> fmt::Display for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> Serialize for Name<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: NameKind> Deserialize<'de> for Name<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<K: NameKind> FromStr for Name<K> {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl<K: NameKind> TryFrom<&str> for Name<K> {
    type Error = Error;

    fn try_from(name: &str) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl<K: NameKind> TryFrom<String> for Name<K> {
    type Error = Error;

    fn try_from(name: String) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl<K: NameKind> TryFrom<&String> for Name<K> {
    type Error = Error;

    fn try_from(name: &String) -> Result<Self, Error> {
        Self::new(name.as_str())
    }
}

impl<K: NameKind> TryFrom<&&str> for Name<K> {
    type Error = Error;

    fn try_from(name: &&str) -> Result<Self, Error> {
        Self::new(*name)
    }
}

impl<K: NameKind> TryFrom<Cow<'_, str>> for Name<K> {
    type Error = Error;

    fn try_from(name: Cow<'_, str>) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl<K> From<&Name<K>> for Name<K> {
    fn from(name: &Name<K>) -> Self {
        name.clone()
    }
}
