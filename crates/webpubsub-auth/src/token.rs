use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A signed token. Whoever holds it can use it, so it is a secret.
///
/// ```
/// use webpubsub_auth::{AccessKey, jwt};
///
/// let token = jwt::sign(&[("aud", "https://example.com")], &AccessKey::new("secret")?)?;
/// assert_eq!(token.expose_secret().split('.').count(), 3);
/// assert_eq!(format!("{token:?}"), "Token([REDACTED])");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
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
