use std::{
    fmt, mem,
    sync::Arc,
    task::{Context, Poll},
};

use http::{HeaderValue, Request, Response, StatusCode, header::AUTHORIZATION, request::Parts};
use tower::{Layer, Service, ServiceExt as _};
use webpubsub_auth::{Authorizer, BoxFuture};

use crate::{Attempts, BoxError, Error, url::may_carry_token};

/// Authorizes each request that passes. Inside of retry, each attempt gets a fresh token.
///
/// A 401 says that the service did nothing: if the authorizer then has another token, the request is sent once more
/// with it, a send too. This counts as an attempt, within the attempt's timeout. Time that runs out before there is a
/// token is an error of kind [`Auth`](crate::ErrorKind::Auth), as nothing was sent.
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

impl<S, B, C> Service<Request<B>> for Auth<S>
where
    S: Service<Request<B>, Response = Response<C>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Clone + Send + 'static,
    C: Send,
{
    type Response = Response<C>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<C>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that is ready must be the one that is called.
        let clone = self.inner.clone();
        let mut ready = mem::replace(&mut self.inner, clone);
        let authorizer = Arc::clone(&self.authorizer);
        // Changed in place: a future through which whole requests move is too large for malloc's fast path.
        let (mut parts, body) = request.into_parts();
        Box::pin(async move {
            let header = authorize(&mut parts, &*authorizer).await?;
            let answer = ready.call(first(&mut parts, &body));
            let answer = answer.await.map_err(Into::into)?;
            if answer.status() != StatusCode::UNAUTHORIZED || !authorizer.rejected(&header) {
                return Ok(answer);
            }
            let other = authorize(&mut parts, &*authorizer).await?;
            if other == header {
                return Ok(answer);
            }
            let ready = ready.ready().await.map_err(Into::into)?;
            Attempts::begin(&parts.extensions);
            let answer = ready.call(Request::from_parts(parts, body));
            let answer = answer.await.map_err(Into::into)?;
            if answer.status() == StatusCode::UNAUTHORIZED {
                // The other is no better: a pair of keys then goes back to the first.
                authorizer.rejected(&other);
            }
            Ok(answer)
        })
    }
}

/// Gives a request its header, and tells which.
async fn authorize(parts: &mut Parts, authorizer: &dyn Authorizer) -> Result<HeaderValue, Error> {
    if !may_carry_token(&parts.uri) {
        return Err(Error::insecure());
    }
    Attempts::set_awaits_token(&parts.extensions, true);
    let mut header = authorizer.authorize(parts).await.map_err(Error::auth)?;
    Attempts::set_awaits_token(&parts.extensions, false);
    header.set_sensitive(true);
    parts.headers.insert(AUTHORIZATION, header.clone());
    Ok(header)
}

/// The request to be sent first. What stays behind for another is the clone, which has no room for more headers.
fn first<B: Clone>(parts: &mut Parts, body: &B) -> Request<B> {
    let clone = parts.clone();
    Request::from_parts(mem::replace(parts, clone), body.clone())
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
