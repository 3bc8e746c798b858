use std::{fmt, sync::Arc};

use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Error;

/// One of a service's access keys; cheap to clone.
///
/// ```
/// let key = webpubsub_auth::AccessKey::new("secret")?;
/// assert_eq!(format!("{key:?}"), "AccessKey([REDACTED])");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Clone)]
pub struct AccessKey(Arc<Key>);

struct Key {
    text: SecretString,
    hmac: hmac::Key,
}

impl AccessKey {
    /// A key as the portal shows it. Refuses an empty one, one with white space or control characters, which no key
    /// has and a broken copy often does, and one with `;`, which a connection string could not hold.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        let text = key.into();
        if text.is_empty()
            || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ';')
        {
            return Err(Error::access_key());
        }
        Ok(Self(Arc::new(Key {
            // The service signs with the key's text, not with what it would decode to as base64.
            hmac: hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()),
            text: text.into(),
        })))
    }

    /// The key itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.text.expose_secret()
    }

    pub(crate) fn hmac(&self) -> &hmac::Key {
        &self.0.hmac
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey([REDACTED])")
    }
}
