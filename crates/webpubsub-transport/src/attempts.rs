use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::{Extensions, Request};
use tokio::time::Instant;
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
    /// When the overall timeout runs out. Here rather than in the extensions, each of which every clone of a request
    /// clones into a box of its own.
    deadline: Mutex<Option<Instant>>,
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

    /// Sets when all attempts must have ended, if ever.
    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        *self.deadline() = deadline;
    }

    /// Whether a wait that begins now ends before the deadline of the request with these extensions, if there is one.
    pub(crate) fn allow_wait(extensions: &Extensions, wait: Duration) -> bool {
        let deadline = extensions
            .get()
            .and_then(|attempts: &Self| *attempts.deadline());
        deadline.is_none_or(|deadline| wait < deadline.saturating_duration_since(Instant::now()))
    }

    fn deadline(&self) -> MutexGuard<'_, Option<Instant>> {
        let deadline = self.0.deadline.lock();
        deadline.unwrap_or_else(PoisonError::into_inner)
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
