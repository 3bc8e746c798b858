use std::{borrow::Cow, fmt, sync::Arc};

use http::StatusCode;

use crate::ServiceError;

/// What kept a value from being built, written or read.
///
/// The text names the parameter and the rule, never the value: names, filters and payloads can be personal data.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct Error(Arc<Inner>);

#[derive(Debug, thiserror::Error)]
enum Inner {
    #[error("invalid `{parameter}`: {rule}")]
    InvalidArgument {
        parameter: &'static str,
        rule: Cow<'static, str>,
    },
    #[error("the message could not be serialized as JSON")]
    Serialize(#[source] serde_json::Error),
    #[error("the message is not one JSON value")]
    InvalidJson(#[source] serde_json::Error),
    #[error("the message is not the JSON that was asked for: {0}")]
    OtherJson(String),
    #[error(
        "unsupported content type: must be application/json, text/plain or application/octet-stream"
    )]
    UnsupportedContentType,
    #[error("not a valid frame: {0}")]
    InvalidFrame(Cow<'static, str>),
    #[error("the service's answer is not what the operation gives: {0}")]
    InvalidResponse(String),
    #[error("invalid `nextLink` in the service's answer: {0}")]
    NextLink(&'static str),
    #[error(transparent)]
    Service(ServiceError),
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value breaks a rule of its parameter; nothing was sent.
    InvalidArgument,
    /// A message could not be turned into JSON.
    Serialize,
    /// A message that is to be JSON is not, or is not of the type that was asked for.
    InvalidJson,
    /// A body has a content type that is none of the three payload types.
    UnsupportedContentType,
    /// A WebSocket frame is not one of the subprotocol's.
    InvalidFrame,
    /// The service answered with a success whose content is not what the operation gives.
    InvalidResponse,
    /// The service answered with an error.
    Service,
}

impl Error {
    pub(crate) fn argument(parameter: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner::InvalidArgument {
            parameter,
            rule: rule.into(),
        }))
    }

    pub(crate) fn serialize(source: serde_json::Error) -> Self {
        Self(Arc::new(Inner::Serialize(source)))
    }

    pub(crate) fn json(source: serde_json::Error) -> Self {
        Self(Arc::new(Inner::InvalidJson(source)))
    }

    pub(crate) fn other_json(source: &serde_json::Error) -> Self {
        Self(Arc::new(Inner::OtherJson(json_problem(source))))
    }

    pub(crate) fn content_type() -> Self {
        Self(Arc::new(Inner::UnsupportedContentType))
    }

    pub(crate) fn frame(what: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner::InvalidFrame(what.into())))
    }

    pub(crate) fn invalid_response(source: &serde_json::Error) -> Self {
        Self(Arc::new(Inner::InvalidResponse(json_problem(source))))
    }

    /// For a success that is not the operation's: whoever gave it did not carry the operation out.
    pub(crate) fn unexpected_status(status: StatusCode, expected: StatusCode) -> Self {
        let what = format!("the status is {status}, not {expected}");
        Self(Arc::new(Inner::InvalidResponse(what)))
    }

    pub(crate) fn next_link(what: &'static str) -> Self {
        Self(Arc::new(Inner::NextLink(what)))
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match *self.0 {
            Inner::InvalidArgument { .. } => ErrorKind::InvalidArgument,
            Inner::Serialize(_) => ErrorKind::Serialize,
            Inner::InvalidJson(_) | Inner::OtherJson(_) => ErrorKind::InvalidJson,
            Inner::UnsupportedContentType => ErrorKind::UnsupportedContentType,
            Inner::InvalidFrame(_) => ErrorKind::InvalidFrame,
            Inner::InvalidResponse(_) | Inner::NextLink(_) => ErrorKind::InvalidResponse,
            Inner::Service(_) => ErrorKind::Service,
        }
    }

    /// The parameter that breaks a rule, by its name on the wire (`group`, `messageTtlSeconds`, ...).
    #[must_use]
    pub fn parameter(&self) -> Option<&'static str> {
        match *self.0 {
            Inner::InvalidArgument { parameter, .. } => Some(parameter),
            _ => None,
        }
    }

    /// The service's own error, when it answered with one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match &*self.0 {
            Inner::Service(error) => Some(error),
            _ => None,
        }
    }
}

/// What is wrong with a JSON text and where; serde's own words can repeat a value, which may be a token.
pub(crate) fn json_problem(error: &serde_json::Error) -> String {
    let problem = match error.classify() {
        serde_json::error::Category::Data => "a field is missing or of the wrong type",
        _ => "malformed JSON",
    };
    format!("{problem} at column {}", error.column())
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        Self(Arc::new(Inner::Service(error)))
    }
}

// Lets a validated value stand where something convertible to one is asked for.
impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidArgument => "invalid argument",
            Self::Serialize => "serialization failed",
            Self::InvalidJson => "invalid JSON",
            Self::UnsupportedContentType => "unsupported content type",
            Self::InvalidFrame => "invalid frame",
            Self::InvalidResponse => "invalid response",
            Self::Service => "service error",
        })
    }
}
