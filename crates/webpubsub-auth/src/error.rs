use std::{borrow::Cow, fmt, sync::Arc};

/// What is wrong with a connection string, a key, a token or its claims.
///
/// The text names the part and the rule, never what was given: it may be, or hold, a secret.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct Error(Arc<Inner>);

#[derive(Debug, thiserror::Error)]
enum Inner {
    #[error("invalid connection string: {0}")]
    ConnectionString(Cow<'static, str>),
    #[error("invalid access key: must not be empty and must hold no white space and no `;`")]
    AccessKey,
    #[error("invalid token: {0}")]
    Token(&'static str),
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("invalid client access token: {0}")]
    Claims(Cow<'static, str>),
    #[error("the claims could not be serialized as JSON")]
    Serialize(#[source] serde_json::Error),
    #[cfg(feature = "entra")]
    #[error("the credential gave no token for the scope {scope}")]
    Credential {
        scope: String,
        source: azure_core::Error,
    },
    #[cfg(feature = "identity")]
    #[error("the {name} credential could not be made")]
    Identity {
        name: &'static str,
        source: azure_core::Error,
    },
    #[error(transparent)]
    Argument(#[from] webpubsub_protocol::Error),
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A connection string lacks a part, or a part breaks a rule.
    ConnectionString,
    /// A text is no access key.
    AccessKey,
    /// A token is malformed, or was signed with another key or algorithm.
    Token,
    /// A token's time is over.
    Expired,
    /// A token's time has not begun.
    NotYetValid,
    /// The claims of a token to be signed break a rule.
    Claims,
    /// A credential gave no token, or could not be made.
    Credential,
    /// A name breaks its rule.
    Argument,
}

impl Error {
    pub(crate) fn connection_string(what: impl Into<Cow<'static, str>>) -> Self {
        Self::from(Inner::ConnectionString(what.into()))
    }

    pub(crate) fn access_key() -> Self {
        Self::from(Inner::AccessKey)
    }

    pub(crate) fn token(what: &'static str) -> Self {
        Self::from(Inner::Token(what))
    }

    pub(crate) fn expired() -> Self {
        Self::from(Inner::Expired)
    }

    pub(crate) fn not_yet_valid() -> Self {
        Self::from(Inner::NotYetValid)
    }

    pub(crate) fn claims(what: impl Into<Cow<'static, str>>) -> Self {
        Self::from(Inner::Claims(what.into()))
    }

    pub(crate) fn serialize(source: serde_json::Error) -> Self {
        Self::from(Inner::Serialize(source))
    }

    #[cfg(feature = "entra")]
    pub(crate) fn credential(scope: &str, source: azure_core::Error) -> Self {
        Self::from(Inner::Credential {
            scope: scope.to_owned(),
            source,
        })
    }

    #[cfg(feature = "identity")]
    pub(crate) fn identity(name: &'static str, source: azure_core::Error) -> Self {
        Self::from(Inner::Identity { name, source })
    }

    /// The error of the name that breaks its rule, if that is what is wrong.
    #[must_use]
    pub fn argument(&self) -> Option<&webpubsub_protocol::Error> {
        match &*self.0 {
            Inner::Argument(error) => Some(error),
            _ => None,
        }
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match *self.0 {
            Inner::ConnectionString(_) => ErrorKind::ConnectionString,
            Inner::AccessKey => ErrorKind::AccessKey,
            Inner::Token(_) => ErrorKind::Token,
            Inner::Expired => ErrorKind::Expired,
            Inner::NotYetValid => ErrorKind::NotYetValid,
            Inner::Claims(_) | Inner::Serialize(_) => ErrorKind::Claims,
            #[cfg(feature = "entra")]
            Inner::Credential { .. } => ErrorKind::Credential,
            #[cfg(feature = "identity")]
            Inner::Identity { .. } => ErrorKind::Credential,
            Inner::Argument(_) => ErrorKind::Argument,
        }
    }
}

impl From<Inner> for Error {
    fn from(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl From<webpubsub_protocol::Error> for Error {
    fn from(error: webpubsub_protocol::Error) -> Self {
        Self::from(Inner::Argument(error))
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConnectionString => "invalid connection string",
            Self::AccessKey => "invalid access key",
            Self::Token => "invalid token",
            Self::Expired => "expired token",
            Self::NotYetValid => "token not valid yet",
            Self::Claims => "invalid claims",
            Self::Credential => "no token",
            Self::Argument => "invalid argument",
        })
    }
}
