use serde::de::DeserializeOwned;
use webpubsub_auth::{AccessKey, Error, jwt};

/// The access keys of the service: a token signed with either of them is good, so that one can be replaced at a time.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) primary: AccessKey,
    pub(crate) secondary: Option<AccessKey>,
}

impl Keys {
    /// Reads the claims of a token that one of the keys has signed.
    pub(crate) fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<C, Error> {
        let by_primary = jwt::verify(token, &self.primary);
        match &self.secondary {
            Some(secondary) => {
                by_primary.or_else(|error| jwt::verify(token, secondary).map_err(|_| error))
            }
            None => by_primary,
        }
    }
}
