use std::{
    task::{Context, Poll},
    time::Duration,
};

use http::Request;
use tokio::time::Instant;
use tower::{Layer, Service};
use webpubsub_auth::BoxFuture;

use crate::{Attempts, BoxError, CallOptions, Error};

/// Ends what takes too long with an [`Error`] of kind [`Timeout`](crate::ErrorKind::Timeout) that names the setting and
/// its value. A call's [`CallOptions`] can set another limit.
#[derive(Debug, Clone)]
pub struct TimeoutLayer {
    scope: Scope,
    limit: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scope {
    Attempt,
    Overall,
}

impl TimeoutLayer {
    /// A limit for one attempt.
    #[must_use]
    pub fn attempt(limit: Duration) -> Self {
        let scope = Scope::Attempt;
        Self { scope, limit }
    }

    /// A limit for an operation with all its attempts. Retry, inside of it, begins no wait that would end beyond it.
    #[must_use]
    pub fn overall(limit: Duration) -> Self {
        let scope = Scope::Overall;
        Self { scope, limit }
    }
}

impl Scope {
    fn setting(self) -> &'static str {
        match self {
            Self::Attempt => "attempt_timeout",
            Self::Overall => "overall_timeout",
        }
    }

    fn of_call(self, options: &CallOptions) -> Option<Duration> {
        match self {
            Self::Attempt => options.attempt_timeout,
            Self::Overall => options.overall_timeout,
        }
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

impl<S, B> Service<Request<B>> for Timeout<S>
where
    S: Service<Request<B>>,
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

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let TimeoutLayer { scope, limit } = self.layer;
        let extensions = request.extensions_mut();
        let limit = CallOptions::choose(extensions, |options| scope.of_call(options), limit);
        let attempts = extensions.get_or_insert_default::<Attempts>().clone();
        if scope == Scope::Overall {
            // A deadline beyond the clock's range is none.
            attempts.set_deadline(Instant::now().checked_add(limit));
        }
        // Boxed, as an async block holds what it awaits twice, and so would not fit malloc's fast path.
        let answer = Box::pin(self.inner.call(request));
        Box::pin(async move {
            let Ok(outcome) = tokio::time::timeout(limit, answer).await else {
                let error = Error::timeout(scope.setting(), limit);
                let error = if attempts.awaits_token() {
                    Error::auth(error)
                } else {
                    error
                };
                return Err(error.into());
            };
            outcome.map_err(Into::into)
        })
    }
}
