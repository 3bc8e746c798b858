use webpubsub_protocol::ConnectionId;

use crate::random::random;

/// Makes connection ids of the shape the service's have: 16 random bytes in base64url, and 9 characters that all ids
/// of an instance share.
#[derive(Debug)]
pub(crate) struct ConnectionIds {
    suffix: String,
}

impl ConnectionIds {
    pub(crate) fn new() -> Self {
        let mut suffix = random::<6>().unwrap_or_default();
        suffix.truncate(7);
        Self {
            suffix: format!("{suffix:A<7}02"),
        }
    }

    /// A new id; `None` when the system gives no randomness.
    pub(crate) fn next(&self) -> Option<ConnectionId> {
        ConnectionId::new(random::<16>()? + &self.suffix).ok()
    }
}
