use std::{fmt, sync::Arc};

use webpubsub_auth::{AccessKey, Authorizer, KeyAuthorizer};

use crate::core::Signer;

/// What proves to the service who is calling.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// One of the service's access keys; tokens are signed with it, it is never sent.
    AccessKey(AccessKey),
}

impl Credential {
    pub(crate) fn authorizer(&self) -> Arc<dyn Authorizer> {
        match self {
            Self::AccessKey(key) => Arc::new(KeyAuthorizer::new(key.clone())),
        }
    }

    pub(crate) fn signer(&self) -> Signer {
        match self {
            Self::AccessKey(key) => Signer::Key(key.clone()),
        }
    }
}

impl From<AccessKey> for Credential {
    fn from(key: AccessKey) -> Self {
        Self::AccessKey(key)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessKey(key) => key.fmt(f),
        }
    }
}
