use std::{
    fmt, mem,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, header::AUTHORIZATION, request::Parts, uri::Scheme};
use tower::{Layer, Service};
use webpubsub_auth::{Authorizer, BoxFuture};
use webpubsub_protocol::is_loopback_host;

use crate::{BoxError, Error};

/// Authorizes each request that passes. Inside of retry, each attempt gets a fresh token.
///
/// A token goes to `https` or to this machine only; for any other URL the request fails and is not sent.
#[derive(Clone)]
pub struct AuthLayer(Arc<dyn Authorizer>);

impl AuthLayer {
    /// Authorizes with this authorizer.
    #[must_use]
    pub fn new(authorizer: Arc<dyn Authorizer>) -> Self {
        Self(authorizer)
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<S>;

    fn layer(&self, inner: S) -> Auth<S> {
        Auth {
            inner,
            authorizer: Arc::clone(&self.0),
        }
    }
}

/// See [`AuthLayer`].
#[derive(Clone)]
pub struct Auth<S> {
    inner: S,
    authorizer: Arc<dyn Authorizer>,
}

impl<S, B> Service<Request<B>> for Auth<S>
where
    S: Service<Request<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that is ready must be the one that is called.
        let clone = self.inner.clone();
        let mut ready = mem::replace(&mut self.inner, clone);
        let authorizer = Arc::clone(&self.authorizer);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if !may_carry_token(&parts) {
                return Err(Error::insecure().into());
            }
            let mut header = authorizer.authorize(&parts).await.map_err(Error::auth)?;
            header.set_sensitive(true);
            parts.headers.insert(AUTHORIZATION, header);
            ready
                .call(Request::from_parts(parts, body))
                .await
                .map_err(Into::into)
        })
    }
}

fn may_carry_token(request: &Parts) -> bool {
    let is_https = request.uri.scheme() == Some(&Scheme::HTTPS);
    is_https || request.uri.host().is_some_and(is_loopback_host)
}

impl fmt::Debug for AuthLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthLayer")
    }
}

impl<S: fmt::Debug> fmt::Debug for Auth<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
