use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::de::IgnoredAny;

use crate::{AccessKey, jwt};

/// The access keys a client may sign with: one, or a service's primary and secondary, of which the other takes over
/// when the service refuses the one in use.
///
/// So either key can be regenerated while clients live. Clones share which key is in use.
///
/// ```
/// use webpubsub_auth::{AccessKey, AccessKeys};
///
/// let keys = AccessKeys::new(AccessKey::new("primary")?, AccessKey::new("secondary")?);
/// assert_eq!(keys.in_use().expose_secret(), "primary");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Clone)]
pub struct AccessKeys(Arc<Keys>);

struct Keys {
    primary: AccessKey,
    secondary: Option<AccessKey>,
    is_secondary_in_use: AtomicBool,
}

impl AccessKeys {
    /// Both keys of a service; the primary is used first.
    #[must_use]
    pub fn new(primary: AccessKey, secondary: AccessKey) -> Self {
        Self::of(primary, Some(secondary))
    }

    fn of(primary: AccessKey, secondary: Option<AccessKey>) -> Self {
        Self(Arc::new(Keys {
            primary,
            secondary,
            is_secondary_in_use: AtomicBool::new(false),
        }))
    }

    /// The key that signs now.
    #[must_use]
    pub fn in_use(&self) -> &AccessKey {
        let is_secondary = self.0.is_secondary_in_use.load(Ordering::Relaxed);
        self.key(is_secondary)
    }

    fn key(&self, is_secondary: bool) -> &AccessKey {
        let secondary = self.0.secondary.as_ref().filter(|_| is_secondary);
        secondary.unwrap_or(&self.0.primary)
    }

    /// Told that the service refused a token these keys signed; whether one that is signed now would differ.
    pub(crate) fn rejected(&self, token: &str) -> bool {
        let is_secondary = self.0.is_secondary_in_use.load(Ordering::Relaxed);
        if jwt::verify::<IgnoredAny>(token, self.key(is_secondary)).is_err() {
            // Since then the key was updated, or the other one took over.
            return true;
        }
        if self.0.secondary.is_none() {
            return false;
        }
        // Of those refused at the same time the first switches over; switching twice would lead back.
        let _ = self.0.is_secondary_in_use.compare_exchange(
            is_secondary,
            !is_secondary,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        true
    }
}

impl From<AccessKey> for AccessKeys {
    fn from(key: AccessKey) -> Self {
        Self::of(key, None)
    }
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKeys([REDACTED])")
    }
}
