use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

use http::StatusCode;
use webpubsub_protocol::frame::AckError;

use crate::{BoxError, Closed};

/// Why a call, or making a connection, failed. Cheap to clone.
///
/// `Display` says what went wrong, never a token, a name or a payload.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    what: Cow<'static, str>,
    cause: Cause,
    may_have_been_processed: bool,
}

enum Cause {
    None,
    Protocol(webpubsub_protocol::Error),
    Auth(webpubsub_auth::Error),
    Foreign(BoxError),
    Status(StatusCode),
    Ack(AckError),
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value breaks a rule; nothing was sent.
    InvalidArgument,
    /// The client's settings break a rule, or its URL does.
    Config,
    /// The callback, or the access key, gave no URL.
    Credential,
    /// The service refused the client's token (401, 403). With a URL that stays the same this is final.
    Unauthorized,
    /// The service, or something before it, refused the connection with another status.
    Refused,
    /// No connection could be made.
    Connect,
    /// A timeout ran out.
    Timeout,
    /// The connection ended for good before the service had answered.
    ConnectionLost,
    /// The service answered that it did not do what it was asked for.
    Rejected,
    /// The client has not been started, or was stopped.
    Stopped,
    /// The client has been started before.
    AlreadyStarted,
}

impl Error {
    fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>, cause: Cause) -> Self {
        Self(Arc::new(Inner {
            kind,
            what: what.into(),
            cause,
            may_have_been_processed: false,
        }))
    }

    /// Why a call has no answer, which went out or did not.
    fn of_call(kind: ErrorKind, what: &'static str, was_sent: bool) -> Self {
        Self(Arc::new(Inner {
            kind,
            what: what.into(),
            cause: Cause::None,
            may_have_been_processed: was_sent,
        }))
    }

    pub(crate) fn config(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, what, Cause::None)
    }

    pub(crate) fn auth(error: webpubsub_auth::Error) -> Self {
        let what = "the token to connect with could not be signed";
        Self::new(ErrorKind::Credential, what, Cause::Auth(error))
    }

    pub(crate) fn credential(error: impl Into<BoxError>) -> Self {
        let what = "the callback gave no URL to connect to";
        Self::new(ErrorKind::Credential, what, Cause::Foreign(error.into()))
    }

    /// The token of a URL that stays the same has expired.
    pub(crate) fn expired(status: StatusCode) -> Self {
        let what = "the access token in the client's URL has expired: give the client a callback that \
             returns a new URL";
        Self::new(ErrorKind::Unauthorized, what, Cause::Status(status))
    }

    pub(crate) fn refused(status: StatusCode) -> Self {
        let (kind, what) = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
                ErrorKind::Unauthorized,
                format!("the service refused the client's access token: {status}"),
            ),
            _ => (
                ErrorKind::Refused,
                format!("the connection was refused: {status}"),
            ),
        };
        Self::new(kind, what, Cause::Status(status))
    }

    /// The server answered with something other than a WebSocket of the service.
    pub(crate) fn not_the_service(what: &'static str) -> Self {
        Self::new(ErrorKind::Refused, what, Cause::None)
    }

    pub(crate) fn connect(error: impl Into<BoxError>) -> Self {
        let what = "could not connect to the service";
        Self::new(ErrorKind::Connect, what, Cause::Foreign(error.into()))
    }

    pub(crate) fn transport(error: webpubsub_transport::Error) -> Self {
        match error.kind() {
            webpubsub_transport::ErrorKind::InvalidConfig => {
                let what = "a setting cannot be used";
                Self::new(ErrorKind::Config, what, Cause::Foreign(error.into()))
            }
            webpubsub_transport::ErrorKind::Timeout => {
                let what = "could not connect to the service in time";
                Self::new(ErrorKind::Timeout, what, Cause::Foreign(error.into()))
            }
            _ => Self::connect(error),
        }
    }

    pub(crate) fn timeout(setting: &str, limit: Duration) -> Self {
        let what = format!("{setting} of {limit:?} ran out");
        Self::new(ErrorKind::Timeout, what, Cause::None)
    }

    /// The socket closed before the service greeted.
    pub(crate) fn closed(reason: &Closed) -> Self {
        let what = format!("the connection was closed before it was established: {reason}");
        Self::new(ErrorKind::Connect, what, Cause::None)
    }

    pub(crate) fn unanswered(was_sent: bool) -> Self {
        let what = "the service did not answer in time";
        Self::of_call(ErrorKind::Timeout, what, was_sent)
    }

    pub(crate) fn lost(was_sent: bool) -> Self {
        let what = "the connection ended before the service had answered";
        Self::of_call(ErrorKind::ConnectionLost, what, was_sent)
    }

    /// The connection ended, and there is to be no other.
    pub(crate) fn ended() -> Self {
        let what = "the connection ended, and the client is not to reconnect";
        Self::new(ErrorKind::ConnectionLost, what, Cause::None)
    }

    pub(crate) fn rejected(error: AckError) -> Self {
        let what = format!("the service rejected it: {}", error.name.as_str());
        Self::new(ErrorKind::Rejected, what, Cause::Ack(error))
    }

    pub(crate) fn stopped(was_sent: bool) -> Self {
        let what = "the client is not started, or was stopped";
        Self::of_call(ErrorKind::Stopped, what, was_sent)
    }

    pub(crate) fn already_started() -> Self {
        let what = "the client was started before";
        Self::new(ErrorKind::AlreadyStarted, what, Cause::None)
    }

    pub(crate) fn ack_id_in_use() -> Self {
        let what = "invalid `ackId`: a call with this id has not been answered yet";
        Self::new(ErrorKind::InvalidArgument, what, Cause::None)
    }

    pub(crate) fn too_large() -> Self {
        let what = "invalid `message`: its frame must not exceed 1 MiB (1,048,576 bytes), which the service takes";
        Self::new(ErrorKind::InvalidArgument, what, Cause::None)
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the service may have done what it was asked for, although no one knows. It was told to once; the client
    /// does not repeat it by itself, but for what does no harm twice (joining and leaving).
    #[must_use]
    pub fn may_have_been_processed(&self) -> bool {
        self.0.may_have_been_processed
    }

    /// The status with which a connection was refused.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.0.cause {
            Cause::Status(status) => Some(status),
            _ => None,
        }
    }

    /// What the service said, when it [rejected](ErrorKind::Rejected) a call. Its text can name a group.
    #[must_use]
    pub fn ack_error(&self) -> Option<&AckError> {
        match &self.0.cause {
            Cause::Ack(error) => Some(error),
            _ => None,
        }
    }
}

impl From<webpubsub_protocol::Error> for Error {
    fn from(error: webpubsub_protocol::Error) -> Self {
        let what = error.to_string();
        Self::new(ErrorKind::InvalidArgument, what, Cause::Protocol(error))
    }
}

// Lets a checked value stand where something convertible to one is asked for.
impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &self.0.kind)
            .field("what", &self.0.what);
        if let Some(source) = self.source() {
            debug.field("source", &source.to_string());
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            // Its text is this error's own.
            Cause::Protocol(error) => error.source(),
            Cause::Auth(error) => Some(error),
            Cause::Foreign(error) => Some(&**error),
            Cause::None | Cause::Status(_) | Cause::Ack(_) => None,
        }
    }
}
