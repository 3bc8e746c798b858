//! Authorization with tokens of Microsoft Entra ID.

use std::{fmt, sync::Arc, time::SystemTime};

use azure_core::{credentials::TokenCredential, sleep::sleep};
use http::{HeaderValue, request::Parts};

use crate::{
    Authorizer, BoxFuture, Error,
    authorizer::bearer,
    token_cache::{Bearer, REFRESH_PATIENCE, TokenCache},
};

/// Authorizes with the tokens of any credential of azure_core.
///
/// One token serves all requests. It is replaced from five minutes before its end on, by one caller while the others go
/// on with it; should that take more than two seconds, the old token serves on. Callers who need one at the same time share a
/// request, and its error too, which stands for a second. A caller without a token waits without a limit of its own: the
/// timeouts of the stack it stands in end the wait.
///
/// ```
/// # use std::sync::Arc;
/// use webpubsub_auth::EntraAuthorizer;
///
/// # fn example(credential: Arc<dyn azure_core::credentials::TokenCredential>) {
/// let authorizer = EntraAuthorizer::new(credential.clone());
/// // In the cloud that 21Vianet operates in China:
/// let authorizer = EntraAuthorizer::with_scope(credential, "https://webpubsub.azure.cn/.default");
/// # }
/// ```
pub struct EntraAuthorizer(TokenCache);

impl EntraAuthorizer {
    /// What a token is asked for in the public cloud.
    pub const DEFAULT_SCOPE: &str = "https://webpubsub.azure.com/.default";

    /// Asks this credential for tokens of the [default scope](Self::DEFAULT_SCOPE).
    #[must_use]
    pub fn new(credential: Arc<dyn TokenCredential>) -> Self {
        Self::with_scope(credential, Self::DEFAULT_SCOPE)
    }

    /// Asks this credential for tokens of another cloud's scope.
    #[must_use]
    pub fn with_scope(credential: Arc<dyn TokenCredential>, scope: impl Into<String>) -> Self {
        let scope: Arc<str> = scope.into().into();
        let request = move || -> BoxFuture<'static, Result<Bearer, Error>> {
            Box::pin(ask(Arc::clone(&credential), Arc::clone(&scope)))
        };
        let patience = || -> BoxFuture<'static, ()> {
            Box::pin(sleep(REFRESH_PATIENCE.try_into().unwrap_or_default()))
        };
        Self(TokenCache::new(request, SystemTime::now, patience))
    }
}

async fn ask(credential: Arc<dyn TokenCredential>, scope: Arc<str>) -> Result<Bearer, Error> {
    let token = credential.get_token(&[&scope], None).await;
    let token = token.map_err(|error| Error::credential(&scope, error))?;
    Ok(Bearer {
        header: bearer(token.token.secret())?,
        expires_on: token.expires_on.into(),
    })
}

impl Authorizer for EntraAuthorizer {
    fn authorize<'a>(&'a self, _: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>> {
        Box::pin(self.0.get())
    }

    fn rejected(&self, header: &HeaderValue) -> bool {
        self.0.forget(header);
        true
    }
}

impl fmt::Debug for EntraAuthorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntraAuthorizer")
    }
}
