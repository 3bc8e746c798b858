use std::{
    borrow::Cow,
    error::Error as StdError,
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use webpubsub_protocol::ServiceError;
use webpubsub_transport::{Attempts, BoxError, RequestId, retry_after};

/// Why a call, or making a client, failed.
///
/// `Display` names the operation and what went wrong, never a key, a token, a name or a payload.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    cause: Cause,
    operation: Option<&'static str>,
    attempts: u32,
    client_request_id: Option<RequestId>,
    retry_after: Option<Duration>,
}

enum Cause {
    Text(Cow<'static, str>),
    Protocol(webpubsub_protocol::Error),
    Auth(webpubsub_auth::Error),
    Transport(webpubsub_transport::Error),
    /// What a layer or service of the user's own, or the system, answered.
    Foreign(BoxError),
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value breaks a rule; nothing was sent.
    InvalidArgument,
    /// The client's settings are incomplete or contradict each other.
    Config,
    /// The credential, connection string or token could not be used; nothing was sent.
    Auth,
    /// No connection could be made; nothing was sent.
    Connect,
    /// A timeout ran out; the service may have processed the request.
    Timeout,
    /// The exchange broke off; the service may have processed the request.
    Transport,
    /// The service answered with an error.
    Service,
    /// The service answered with a success whose content is not what the operation gives.
    InvalidResponse,
    /// A layer or service of a custom stack failed.
    Custom,
}

impl Error {
    fn new(kind: ErrorKind, cause: Cause) -> Self {
        Self(Box::new(Inner {
            kind,
            cause,
            operation: None,
            attempts: 0,
            client_request_id: None,
            retry_after: None,
        }))
    }

    pub(crate) fn protocol(error: webpubsub_protocol::Error) -> Self {
        let kind = match error.kind() {
            webpubsub_protocol::ErrorKind::Service => ErrorKind::Service,
            webpubsub_protocol::ErrorKind::InvalidResponse => ErrorKind::InvalidResponse,
            _ => ErrorKind::InvalidArgument,
        };
        Self::new(kind, Cause::Protocol(error))
    }

    pub(crate) fn repeated_link() -> Self {
        let what = "the `nextLink` of a page leads to one that was read before";
        Self::new(ErrorKind::InvalidResponse, Cause::Text(what.into()))
    }

    pub(crate) fn variable(name: &str, error: &std::env::VarError) -> Self {
        let what = match error {
            std::env::VarError::NotPresent => "is not set",
            std::env::VarError::NotUnicode(_) => "is not UTF-8",
        };
        Self::config(format!("the environment variable {name} {what}"))
    }

    pub(crate) fn config(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, Cause::Text(what.into()))
    }

    pub(crate) fn auth(error: webpubsub_auth::Error) -> Self {
        match error.argument() {
            Some(argument) => Self::protocol(argument.clone()),
            None => Self::new(ErrorKind::Auth, Cause::Auth(error)),
        }
    }

    pub(crate) fn transport(error: BoxError) -> Self {
        match error.downcast::<webpubsub_transport::Error>() {
            Ok(error) => Self::from(*error),
            Err(foreign) => Self::new(ErrorKind::Custom, Cause::Foreign(foreign)),
        }
    }

    pub(crate) fn response(error: webpubsub_protocol::Error, response: &Response<Bytes>) -> Self {
        let mut error = Self::protocol(error);
        error.0.retry_after = retry_after(response.headers(), SystemTime::now());
        error
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn runtime(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Config, Cause::Foreign(error.into()))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn within_a_call() -> Self {
        let what = "a layer of the blocking client made a call with it, from within a call: use the async client there";
        Self::new(ErrorKind::Custom, Cause::Text(what.into()))
    }

    pub(crate) fn in_operation(mut self, name: &'static str) -> Self {
        self.0.operation = Some(name);
        self
    }

    pub(crate) fn after(mut self, attempts: &Attempts, request_id: RequestId) -> Self {
        self.0.attempts = attempts.count();
        self.0.client_request_id = Some(request_id);
        self
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed, by its method's name.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The parameter that breaks a rule, by its name on the wire.
    #[must_use]
    pub fn parameter(&self) -> Option<&'static str> {
        match &self.0.cause {
            Cause::Protocol(error) => error.parameter(),
            _ => None,
        }
    }

    /// The service's own error, when it answered with one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match &self.0.cause {
            Cause::Protocol(error) => error.service_error(),
            _ => None,
        }
    }

    /// The HTTP status, when the service answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.service_error().map(ServiceError::status)
    }

    /// The service's error code, such as `Error.Connection.NotExisted`.
    #[must_use]
    pub fn service_code(&self) -> Option<&str> {
        self.service_error().and_then(ServiceError::code)
    }

    /// The service's id of the request, when it sent one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.service_error().and_then(ServiceError::request_id)
    }

    /// The id the client gave the request (`x-ms-client-request-id`), the same for all its attempts.
    #[must_use]
    pub fn client_request_id(&self) -> Option<&str> {
        self.0.client_request_id.as_ref().map(RequestId::as_str)
    }

    /// How often the request was tried; 0 when nothing was sent, or when a custom stack does not count.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the service asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether a timeout ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the service refused the call for its rate.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the call was not authorized: the credential failed, or the service answered 401 or 403.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        self.kind() == ErrorKind::Auth
            || self
                .status()
                .is_some_and(|status| refused.contains(&status))
    }
}

fn kind_of(error: &webpubsub_transport::Error) -> ErrorKind {
    use webpubsub_transport::ErrorKind as Kind;
    match error.kind() {
        Kind::Connect => ErrorKind::Connect,
        Kind::Timeout => ErrorKind::Timeout,
        Kind::Auth => ErrorKind::Auth,
        Kind::InvalidConfig => ErrorKind::Config,
        _ => ErrorKind::Transport,
    }
}

impl Cause {
    /// A text of our own, or the error that has one.
    fn text(&self) -> Result<&str, &(dyn StdError + 'static)> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Protocol(error) => Err(error),
            Self::Auth(error) => Err(error),
            Self::Transport(error) => Err(error),
            Self::Foreign(error) => Err(&**error),
        }
    }
}

impl From<webpubsub_protocol::Error> for Error {
    fn from(error: webpubsub_protocol::Error) -> Self {
        Self::protocol(error)
    }
}

impl From<webpubsub_auth::Error> for Error {
    fn from(error: webpubsub_auth::Error) -> Self {
        Self::auth(error)
    }
}

impl From<webpubsub_transport::Error> for Error {
    fn from(error: webpubsub_transport::Error) -> Self {
        Self::new(kind_of(&error), Cause::Transport(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        match self.0.cause.text() {
            Ok(text) => f.write_str(text)?,
            Err(error) => write!(f, "{error}")?,
        }
        match self.0.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " after {attempts} attempts"),
        }
    }
}

// `Display` shows the cause itself, so the chain goes on behind it.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.text().err()?.source()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &format_args!("{self}"))
            .field("service_error", &self.service_error())
            .field("attempts", &self.0.attempts)
            .field("client_request_id", &self.client_request_id())
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.source())
            .finish()
    }
}
