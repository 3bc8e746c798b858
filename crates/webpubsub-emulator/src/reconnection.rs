use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use webpubsub_auth::{AccessKey, jwt};
use webpubsub_protocol::{ConnectionId, Token};

use crate::random::random;

/// How long a reconnection token is good (the official emulator's number; the specification says about a week).
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Signs and checks the tokens with which clients take up a connection again. The key is this emulator's own: nobody
/// else can make one, and none has to be kept.
#[derive(Debug)]
pub(crate) struct ReconnectionTokens {
    /// `None` when the system gives no randomness.
    key: Option<AccessKey>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
}

impl ReconnectionTokens {
    pub(crate) fn new() -> Self {
        let key = random::<32>().and_then(|key| AccessKey::new(key).ok());
        Self { key }
    }

    /// A token for this connection.
    pub(crate) fn issue(&self, id: &ConnectionId, now: SystemTime) -> Option<Token> {
        let claims = Claims {
            sub: id.as_str().to_owned(),
            exp: seconds(now + LIFETIME),
        };
        jwt::sign(&claims, self.key.as_ref()?).ok()
    }

    /// Whether the token is for this connection, and still good.
    pub(crate) fn open(&self, token: &str, id: &ConnectionId, now: SystemTime) -> bool {
        let key = self.key.as_ref();
        let claims = key.and_then(|key| jwt::verify::<Claims>(token, key).ok());
        claims.is_some_and(|claims| claims.sub == id.as_str() && seconds(now) < claims.exp)
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_connection_of_one_emulator_for_a_week() {
        let (tokens, others) = (ReconnectionTokens::new(), ReconnectionTokens::new());
        let id = |id| ConnectionId::new(id).unwrap();
        let now = SystemTime::now();
        let token = tokens.issue(&id("a"), now).unwrap();
        let token = token.expose_secret();
        assert!(tokens.open(token, &id("a"), now + Duration::from_secs(604_799)));
        assert!(!tokens.open(token, &id("a"), now + Duration::from_secs(604_800)));
        assert!(!tokens.open(token, &id("A"), now));
        assert!(!others.open(token, &id("a"), now));
        assert!(!tokens.open("", &id("a"), now));
        assert!(!format!("{tokens:?}").contains(&tokens.key.as_ref().unwrap().expose_secret()));
    }
}
