use std::{
    task::{Context, Poll},
    time::Duration,
};

use tower::{Layer, Service};
use webpubsub_auth::BoxFuture;

use crate::{BoxError, Error};

/// Ends what takes too long with an [`Error`] of kind [`Timeout`](crate::ErrorKind::Timeout) that names the setting and
/// its value.
#[derive(Debug, Clone)]
pub struct TimeoutLayer {
    setting: &'static str,
    limit: Duration,
}

impl TimeoutLayer {
    /// A limit for one attempt.
    #[must_use]
    pub fn attempt(limit: Duration) -> Self {
        let setting = "attempt_timeout";
        Self { setting, limit }
    }

    /// A limit for an operation with all its attempts.
    #[must_use]
    pub fn overall(limit: Duration) -> Self {
        let setting = "overall_timeout";
        Self { setting, limit }
    }
}

impl<S> Layer<S> for TimeoutLayer {
    type Service = Timeout<S>;

    fn layer(&self, inner: S) -> Timeout<S> {
        Timeout {
            inner,
            layer: self.clone(),
        }
    }
}

/// See [`TimeoutLayer`].
#[derive(Debug, Clone)]
pub struct Timeout<S> {
    inner: S,
    layer: TimeoutLayer,
}

impl<S, R> Service<R> for Timeout<S>
where
    S: Service<R>,
    S::Response: 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let answer = self.inner.call(request);
        let TimeoutLayer { setting, limit } = self.layer;
        Box::pin(async move {
            match tokio::time::timeout(limit, answer).await {
                Ok(outcome) => outcome.map_err(Into::into),
                Err(_) => Err(Error::timeout(setting, limit).into()),
            }
        })
    }
}
