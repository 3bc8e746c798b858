use std::{fmt, sync::Arc};

#[cfg(feature = "entra")]
use azure_core::credentials::TokenCredential;
#[cfg(feature = "entra")]
use webpubsub_auth::EntraAuthorizer;
use webpubsub_auth::{AccessKey, AccessKeys, Authorizer, KeyAuthorizer};

use crate::core::Signer;

/// What proves to the service who is calling.
///
/// Made from an [`AccessKey`], from [`AccessKeys`] (a primary and a secondary), from an
/// `Arc<dyn TokenCredential>` of azure_core (feature `entra`), or from an [`Authorizer`] of your own.
#[derive(Clone)]
pub struct Credential {
    pub(crate) authorizer: Arc<dyn Authorizer>,
    pub(crate) signer: Signer,
}

impl Credential {
    /// An authorizer of your own. Client access tokens are asked of the service, which signs them for callers with an
    /// Entra ID token only.
    #[must_use]
    pub fn authorizer(authorizer: Arc<dyn Authorizer>) -> Self {
        let signer = Signer::Service;
        Self { authorizer, signer }
    }

    /// A credential of azure_core, for another cloud's scope such as `https://webpubsub.azure.cn/.default`.
    #[cfg(feature = "entra")]
    #[must_use]
    pub fn token_credential(
        credential: Arc<dyn TokenCredential>,
        scope: impl Into<String>,
    ) -> Self {
        Self::authorizer(Arc::new(EntraAuthorizer::with_scope(credential, scope)))
    }
}

impl From<AccessKey> for Credential {
    fn from(key: AccessKey) -> Self {
        AccessKeys::from(key).into()
    }
}

impl From<&AccessKey> for Credential {
    fn from(key: &AccessKey) -> Self {
        key.clone().into()
    }
}

impl From<AccessKeys> for Credential {
    fn from(keys: AccessKeys) -> Self {
        Self {
            authorizer: Arc::new(KeyAuthorizer::new(keys.clone())),
            signer: Signer::Keys(keys),
        }
    }
}

#[cfg(feature = "entra")]
impl From<Arc<dyn TokenCredential>> for Credential {
    fn from(credential: Arc<dyn TokenCredential>) -> Self {
        Self::authorizer(Arc::new(EntraAuthorizer::new(credential)))
    }
}

#[cfg(feature = "entra")]
impl<C: TokenCredential + 'static> From<Arc<C>> for Credential {
    fn from(credential: Arc<C>) -> Self {
        Self::from(credential as Arc<dyn TokenCredential>)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.signer {
            Signer::Keys(_) => "Credential(access keys)",
            Signer::Service => "Credential(tokens)",
        })
    }
}
