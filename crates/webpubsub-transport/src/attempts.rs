use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use http::{Extensions, Request};
use tower::Service;

/// Counts the attempts of one operation. Whoever puts it into a request's extensions keeps a clone, and knows the count
/// whatever the outcome: an answer, an error, or a timeout from outside. The span of an attempt tells from it which repeat
/// it is.
#[derive(Debug, Clone, Default)]
pub struct Attempts(Arc<Progress>);

#[derive(Debug, Default)]
struct Progress {
    count: AtomicU32,
    awaits_token: AtomicBool,
}

impl Attempts {
    /// How many attempts were begun.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.count.load(Ordering::Relaxed)
    }

    /// Counts one more attempt of the request with these extensions.
    pub(crate) fn begin(extensions: &Extensions) {
        if let Some(Self(progress)) = extensions.get() {
            progress.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes whether the request with these extensions waits for its token.
    pub(crate) fn set_awaits_token(extensions: &Extensions, awaits: bool) {
        if let Some(Self(progress)) = extensions.get() {
            progress.awaits_token.store(awaits, Ordering::Relaxed);
        }
    }

    /// Whether time that runs out now is the credential's, and nothing was sent.
    pub(crate) fn awaits_token(&self) -> bool {
        self.0.awaits_token.load(Ordering::Relaxed)
    }
}

/// Counts each request that passes in the [`Attempts`] of its extensions; stands right below retry.
#[derive(Debug, Clone)]
pub struct CountAttempts<S>(S);

impl<S> CountAttempts<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for CountAttempts<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> S::Future {
        Attempts::begin(request.extensions());
        self.0.call(request)
    }
}
