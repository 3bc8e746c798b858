/// Why a client frame was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AckError {
    /// The kind of failure.
    pub name: AckErrorName,
    /// The service's text.
    pub message: String,
}

impl AckError {
    /// A failure and its text.
    #[must_use]
    pub fn new(name: AckErrorName, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
        }
    }
}

/// The kinds of failure an ack can carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AckErrorName {
    /// The client lacks the role.
    Forbidden,
    /// The ack id was processed before on this connection: the first frame took effect, this one did not.
    Duplicate,
    /// The frame breaks a rule.
    BadRequest,
    /// The service failed; the same frame with the same ack id may succeed later.
    InternalServerError,
    /// Any other name, as it stands in the frame.
    Other(String),
}

impl AckErrorName {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Forbidden => "Forbidden",
            Self::Duplicate => "Duplicate",
            Self::BadRequest => "BadRequest",
            Self::InternalServerError => "InternalServerError",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for AckErrorName {
    fn from(name: &str) -> Self {
        [
            Self::Forbidden,
            Self::Duplicate,
            Self::BadRequest,
            Self::InternalServerError,
        ]
        .into_iter()
        .find(|known| known.as_str() == name)
        .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}
