use std::{
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{HeaderName, Request, Response};
use http_body::Body;
use tower::{Layer, Service};
use tracing::debug;

use crate::{BoxError, CallOptions, Passing, error::error_type, redact::Shown};

/// Tells each request and its answer, as two `tracing` events at level `debug` on target `webpubsub::http`. Off unless
/// switched on here, or by a call's [`CallOptions`].
///
/// A request tells its method, URL, headers and the size of its body; an answer its status, headers, the size of its
/// body and how long it took; a failure its [`ErrorKind`](crate::ErrorKind). What a timeout outside ends tells nothing here, and is
/// `cancelled` in the span of the attempt. The values of headers and of query parameters are `REDACTED` unless the name
/// is known to be harmless, or allowed. **The URL's path is told**: it names groups, users and connections. No body
/// and no token is ever told.
///
/// ```
/// use webpubsub_transport::LogLayer;
///
/// LogLayer::new(true)
///     .allow_headers([http::HeaderName::from_static("x-correlation-id")])
///     .allow_query(["filter"]);
/// ```
#[derive(Debug, Clone)]
pub struct LogLayer {
    enabled: bool,
    shown: Arc<Shown>,
}

impl LogLayer {
    /// Whether calls are logged that do not say so themselves.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        let shown = Arc::default();
        Self { enabled, shown }
    }

    /// Shows the values of these headers too; those that carry secrets stay hidden.
    #[must_use]
    pub fn allow_headers(mut self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        Arc::make_mut(&mut self.shown).headers.extend(names);
        self
    }

    /// Shows the values of these query parameters too.
    #[must_use]
    pub fn allow_query<T: Into<String>>(mut self, keys: impl IntoIterator<Item = T>) -> Self {
        let keys = keys.into_iter().map(Into::into);
        Arc::make_mut(&mut self.shown).query.extend(keys);
        self
    }
}

impl<S> Layer<S> for LogLayer {
    type Service = Log<S>;

    fn layer(&self, inner: S) -> Log<S> {
        Log {
            inner,
            layer: self.clone(),
        }
    }
}

/// See [`LogLayer`].
#[derive(Debug, Clone)]
pub struct Log<S> {
    inner: S,
    layer: LogLayer,
}

impl<S, B, C> Service<Request<B>> for Log<S>
where
    S: Service<Request<B>, Response = Response<C>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body,
    C: Body + 'static,
{
    type Response = Response<C>;
    type Error = BoxError;
    type Future = Passing<S::Future, Response<C>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let enabled = self.layer.enabled;
        let enabled = CallOptions::choose(request.extensions(), |call| call.logging, enabled);
        if !enabled {
            return Passing::untold(self.inner.call(request));
        }
        let shown = Arc::clone(&self.layer.shown);
        tell_request(&shown, &request);
        let begun = Instant::now();
        let answer = self.inner.call(request);
        Passing::told(async move {
            let outcome = answer.await.map_err(Into::into);
            tell_outcome(&shown, &outcome, begun.elapsed());
            outcome
        })
    }
}

// Fields stand in braces, as the macro takes no dotted name in the first place otherwise.
fn tell_request<B: Body>(shown: &Shown, request: &Request<B>) {
    debug!(
        target: "webpubsub::http",
        {
            http.request.method = request.method().as_str(),
            url.full = shown.url(request.uri()),
            http.request.headers = ?shown.headers(request.headers()),
            http.request.body.size = request.body().size_hint().exact(),
        },
        "request"
    );
}

fn tell_outcome<B: Body>(
    shown: &Shown,
    outcome: &Result<Response<B>, BoxError>,
    duration: Duration,
) {
    match outcome {
        Ok(response) => debug!(
            target: "webpubsub::http",
            {
                http.response.status_code = response.status().as_u16(),
                http.response.headers = ?shown.headers(response.headers()),
                http.response.body.size = response.body().size_hint().exact(),
                ?duration,
            },
            "response"
        ),
        Err(error) => debug!(
            target: "webpubsub::http",
            { error.r#type = error_type(error), ?duration },
            "no response"
        ),
    }
}
