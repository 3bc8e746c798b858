use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A signed token. Whoever holds it can use it, so it is a secret.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    pub(crate) fn new(token: String) -> Self {
        Self(token.into())
    }

    /// The token itself: three base64url parts with dots between them.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([REDACTED])")
    }
}
