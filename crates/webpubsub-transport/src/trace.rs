use std::task::{Context, Poll};

use http::{Request, Response};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span, debug, debug_span, field::Empty};
use webpubsub_auth::BoxFuture;
use webpubsub_protocol::operation::OperationInfo;

use crate::{Attempts, BoxError, Error};

/// Spans with OpenTelemetry's names, on target `webpubsub::http` at level `debug`: one around an operation, one around
/// each attempt.
///
/// They hold the URL's template instead of the URL, no header and no body: nothing of a user, and no token.
#[derive(Debug, Clone)]
pub struct TraceLayer(Scope);

#[derive(Debug, Clone, Copy)]
enum Scope {
    Operation,
    Attempt,
}

impl TraceLayer {
    /// Around an operation with all its attempts.
    #[must_use]
    pub fn operation() -> Self {
        Self(Scope::Operation)
    }

    /// Around one attempt.
    #[must_use]
    pub fn attempt() -> Self {
        Self(Scope::Attempt)
    }
}

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace {
            inner,
            scope: self.0,
        }
    }
}

/// See [`TraceLayer`].
#[derive(Debug, Clone)]
pub struct Trace<S> {
    inner: S,
    scope: Scope,
}

impl<S, R, B> Service<Request<R>> for Trace<S>
where
    S: Service<Request<R>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: 'static,
{
    type Response = Response<B>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<B>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let span = self.scope.span(&request);
        let answer = {
            let _entered = span.enter();
            self.inner.call(request)
        };
        let recorded = span.clone();
        let traced = async move {
            let outcome = answer.await.map_err(Into::into);
            record(&recorded, &outcome);
            outcome
        };
        Box::pin(traced.instrument(span))
    }
}

impl Scope {
    fn span<R>(self, request: &Request<R>) -> Span {
        let operation = request.extensions().get::<OperationInfo>();
        let name = operation.map_or("request", |operation| operation.name);
        let template = operation.map_or("", |operation| operation.template);
        let uri = request.uri();
        match self {
            Self::Operation => debug_span!(
                target: "webpubsub::http",
                "operation",
                otel.name = name,
                otel.kind = "client",
                url.template = template,
                server.address = uri.host(),
                server.port = uri.port_u16(),
                http.response.status_code = Empty,
                error.r#type = Empty,
            ),
            Self::Attempt => debug_span!(
                target: "webpubsub::http",
                "attempt",
                otel.kind = "client",
                http.request.method = request.method().as_str(),
                http.request.resend_count = resend_count(request),
                url.template = template,
                http.response.status_code = Empty,
                error.r#type = Empty,
            ),
        }
    }
}

fn resend_count<R>(request: &Request<R>) -> u32 {
    let attempts = request
        .extensions()
        .get::<Attempts>()
        .map_or(0, Attempts::count);
    attempts.saturating_sub(1)
}

fn record<B>(span: &Span, outcome: &Result<Response<B>, BoxError>) {
    match outcome {
        Ok(response) => {
            let status = response.status();
            span.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                span.record("error.type", status.as_str());
            }
            debug!(target: "webpubsub::http", status = status.as_u16(), "answered");
        }
        Err(error) => {
            let kind = error
                .downcast_ref::<Error>()
                .map_or("other", |error| error.kind().as_str());
            span.record("error.type", kind);
            debug!(target: "webpubsub::http", error = kind, "failed");
        }
    }
}
