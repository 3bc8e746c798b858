use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use http::{Extensions, Request};
use tower::Service;

/// Counts the attempts of one operation. Whoever puts it into a request's extensions keeps a clone, and knows the count
/// whatever the outcome: an answer, an error, or a timeout from outside. The span of an attempt tells from it which repeat
/// it is.
#[derive(Debug, Clone, Default)]
pub struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// How many attempts were begun.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts one more attempt of the request with these extensions.
    pub(crate) fn begin(extensions: &Extensions) {
        if let Some(Self(count)) = extensions.get() {
            count.fetch_add(1, Ordering::Relaxed);
        }
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
