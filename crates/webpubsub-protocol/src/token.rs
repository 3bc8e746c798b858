use std::{fmt, hint::black_box};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};

/// A token: whoever holds it can use it, so it is a secret.
///
/// ```
/// use webpubsub_protocol::Token;
///
/// let token = Token::new("header.claims.signature");
/// assert_eq!(token.expose_secret(), "header.claims.signature");
/// assert_eq!(format!("{token:?}"), "Token([REDACTED])");
/// ```
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// A token as it was signed or received.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into().into())
    }

    /// The token itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

// In constant time: how long it takes tells nothing but the length.
impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.expose_secret(), other.expose_secret());
        let pairs = one.bytes().zip(other.bytes());
        let difference = pairs.fold(0, |difference, (a, b)| black_box(difference | (a ^ b)));
        one.len() == other.len() && difference == 0
    }
}

impl Eq for Token {}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([REDACTED])")
    }
}
