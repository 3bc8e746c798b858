use std::{borrow::Cow, fmt, time::Duration};

use crate::BoxError;

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    kind: ErrorKind,
    what: Cow<'static, str>,
    #[source]
    source: Option<BoxError>,
}

/// The kind of an [`Error`]; it decides whether a request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No connection could be made: the request was not sent.
    Connect,
    /// A timeout ran out: the request may have been processed.
    Timeout,
    /// The exchange broke off: the request may have been processed.
    Io,
    /// The answer is larger than the configured limit.
    TooLarge,
    /// The request could not be authorized: it was not sent.
    Auth,
    /// A setting breaks a rule.
    InvalidConfig,
}

impl Error {
    fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            what: what.into(),
            source: None,
        }
    }

    pub(crate) fn because(self, source: impl Into<BoxError>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// For a connector of your own: it could not connect, and certainly sent nothing. Always repeated.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Connect, "could not connect to the service").because(source)
    }

    /// What is known about it is all in `what`.
    pub(crate) fn not_connected(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Connect, what)
    }

    pub(crate) fn timeout(setting: &str, limit: Duration) -> Self {
        Self::new(
            ErrorKind::Timeout,
            format!("{setting} of {limit:?} ran out"),
        )
    }

    /// For a connector of your own: the exchange broke off, and the request may have been processed.
    pub fn io(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Io, "the exchange with the service broke off").because(source)
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            ErrorKind::TooLarge,
            "the service's answer is larger than the limit",
        )
    }

    pub(crate) fn auth(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Auth, "the request could not be authorized").because(source)
    }

    pub(crate) fn insecure() -> Self {
        Self::new(
            ErrorKind::Auth,
            "a token is sent to https or to this machine only",
        )
    }

    pub(crate) fn beside_the_proxy() -> Self {
        Self::new(
            ErrorKind::Auth,
            "the URL is not below the endpoint, so it has no way through the reverse proxy",
        )
    }

    pub(crate) fn config(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidConfig, what)
    }

    #[cfg(feature = "rustls-no-provider")]
    pub(crate) fn tls(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::InvalidConfig, "TLS could not be set up").because(source)
    }

    /// The same error, for where the source cannot be moved to.
    pub(crate) fn without_source(&self) -> Self {
        Self::new(self.kind, self.what.clone())
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind == ErrorKind::Connect
    }

    /// Whether a timeout ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind == ErrorKind::Timeout
    }
}

impl ErrorKind {
    /// A word for logs (`error.type`).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Io => "io",
            Self::TooLarge => "too_large",
            Self::Auth => "auth",
            Self::InvalidConfig => "invalid_config",
        }
    }
}

/// The kind of any error as a word for logs.
pub(crate) fn error_type(error: &BoxError) -> &'static str {
    error
        .downcast_ref::<Error>()
        .map_or("other", |error| error.kind().as_str())
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
