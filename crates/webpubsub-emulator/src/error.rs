use std::io;

/// Why the emulator did not start.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    kind: ErrorKind,
    what: String,
    #[source]
    source: Option<io::Error>,
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another program listens on the port.
    AddressInUse,
    /// The address cannot be listened on.
    Address,
    /// The access key breaks a rule.
    AccessKey,
    /// The certificate for TLS could not be made.
    Certificate,
}

impl Error {
    pub(crate) fn bind(address: &str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::AddrInUse {
            // The text says it all: the source would only repeat it.
            return Self {
                kind: ErrorKind::AddressInUse,
                what: format!(
                    "{address} is already in use: stop the program that listens there, or choose another port"
                ),
                source: None,
            };
        }
        Self {
            kind: ErrorKind::Address,
            what: format!("cannot listen on {address}"),
            source: Some(source),
        }
    }

    pub(crate) fn access_key(source: &webpubsub_auth::Error) -> Self {
        Self {
            kind: ErrorKind::AccessKey,
            what: source.to_string(),
            source: None,
        }
    }

    #[cfg(feature = "tls")]
    pub(crate) fn certificate(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Certificate,
            what: "cannot make a certificate for TLS".to_owned(),
            source: Some(io::Error::other(source)),
        }
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}
