use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Error;

/// One of a service's access keys; cheap to clone. All clones change together when it is [updated](Self::update).
///
/// ```
/// use webpubsub_auth::AccessKey;
///
/// let key = AccessKey::new("secret")?;
/// assert_eq!(format!("{key:?}"), "AccessKey([REDACTED])");
///
/// let same = key.clone();
/// key.update("regenerated")?;
/// assert_eq!(same.expose_secret(), "regenerated");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Clone)]
pub struct AccessKey(Arc<RwLock<Key>>);

struct Key {
    text: SecretString,
    hmac: hmac::Key,
}

impl AccessKey {
    /// A key as the portal shows it. Refuses an empty one, one with white space or control characters, which no key
    /// has and a broken copy often does, and one with `;`, which a connection string could not hold.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        let key = Key::new(key.into())?;
        Ok(Self(Arc::new(RwLock::new(key))))
    }

    /// Replaces the key by another, for whoever holds a clone: clients sign with it from their next request on.
    ///
    /// To regenerate a key without a gap, let clients use the service's other key in the meantime; see
    /// [`AccessKeys`](crate::AccessKeys). Refuses what [`new`](Self::new) does, and then nothing changes.
    pub fn update(&self, key: impl Into<String>) -> Result<(), Error> {
        let key = Key::new(key.into())?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = key;
        Ok(())
    }

    /// The key itself, as it is now.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        self.now().text.expose_secret().to_owned()
    }

    /// The HMAC-SHA256 of these bytes.
    pub(crate) fn sign(&self, bytes: &[u8]) -> hmac::Tag {
        hmac::sign(&self.now().hmac, bytes)
    }

    /// Whether this is the HMAC-SHA256 of these bytes; in constant time.
    pub(crate) fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.now().hmac, bytes, signature).is_ok()
    }

    /// The key as it is now. While it is held nobody updates it, so only briefly.
    fn now(&self) -> RwLockReadGuard<'_, Key> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn new(text: String) -> Result<Self, Error> {
        if text.is_empty()
            || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ';')
        {
            return Err(Error::access_key());
        }
        Ok(Self {
            // The service signs with the key's text, not with what it would decode to as base64.
            hmac: hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()),
            text: text.into(),
        })
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey([REDACTED])")
    }
}
