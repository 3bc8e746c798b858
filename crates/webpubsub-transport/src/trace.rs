use std::task::{Context, Poll};

use http::{HeaderMap, Method, Request, Response, StatusCode};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span, debug_span, field::Empty, trace};
use webpubsub_protocol::{ServiceError, operation::OperationInfo};

use crate::{
    Attempts, BoxError, Passing, error::error_type, request_id::CLIENT_REQUEST_ID, url::port,
};

/// Spans with OpenTelemetry's names, on target `webpubsub::http` at level `debug`: one around an operation, one around
/// each attempt.
///
/// They hold the URL's template instead of the URL, no header and no body: nothing of a user, and no token. What is
/// dropped before it has an outcome (by its caller, or by a timeout outside of it) ends as `cancelled`.
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
    type Future = Passing<S::Future, Response<B>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let span = self.scope.span(&request);
        if span.is_none() {
            return Passing::untold(self.inner.call(request));
        }
        let answer = {
            let _entered = span.enter();
            self.inner.call(request)
        };
        let recorder = Recorder::new(span.clone());
        let traced = async move {
            let outcome = answer.await.map_err(Into::into);
            recorder.finish(&outcome);
            outcome
        };
        Passing::told(traced.instrument(span))
    }
}

impl Scope {
    fn span<R>(self, request: &Request<R>) -> Span {
        let (method, uri) = (request.method(), request.uri());
        let operation = request.extensions().get::<OperationInfo>();
        let template = operation.map(|operation| operation.template);
        match self {
            Self::Operation => debug_span!(
                target: "webpubsub::http",
                "operation",
                otel.name = operation.map_or(method.as_str(), |operation| operation.name),
                otel.kind = "client",
                otel.status_code = Empty,
                az.client_request_id = text(request.headers(), CLIENT_REQUEST_ID.as_str()),
                az.service_request_id = Empty,
                url.template = template,
                server.address = uri.host(),
                server.port = port(uri),
                http.response.status_code = Empty,
                error.r#type = Empty,
            ),
            Self::Attempt => debug_span!(
                target: "webpubsub::http",
                "attempt",
                otel.name = http_span_name(method, template),
                otel.kind = "client",
                otel.status_code = Empty,
                http.request.method = method.as_str(),
                http.request.resend_count = resend_count(request),
                az.client_request_id = text(request.headers(), CLIENT_REQUEST_ID.as_str()),
                az.service_request_id = Empty,
                url.template = template,
                server.address = uri.host(),
                server.port = port(uri),
                http.response.status_code = Empty,
                error.r#type = Empty,
            ),
        }
    }
}

fn http_span_name(method: &Method, template: Option<&str>) -> String {
    template.map_or_else(|| method.to_string(), |path| format!("{method} {path}"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Which repeat this attempt is; the first one is none.
fn resend_count<R>(request: &Request<R>) -> Option<u32> {
    let attempts = request.extensions().get::<Attempts>()?;
    attempts.count().checked_sub(1).filter(|count| *count > 0)
}

/// Writes into a span how it ended.
struct Recorder {
    span: Span,
    finished: bool,
}

impl Recorder {
    fn new(span: Span) -> Self {
        let finished = false;
        Self { span, finished }
    }

    fn finish<B>(mut self, outcome: &Result<Response<B>, BoxError>) {
        self.finished = true;
        match outcome {
            Ok(response) => {
                let status = response.status();
                // A span that nobody sees would look the header and the fields up all the same.
                if !self.span.is_disabled() {
                    self.answered(status, response.headers());
                }
                trace!(target: "webpubsub::http", status = status.as_u16(), "answered");
            }
            Err(error) => {
                let kind = error_type(error);
                self.fail(kind);
                trace!(target: "webpubsub::http", error = kind, "failed");
            }
        }
    }

    fn answered(&self, status: StatusCode, headers: &HeaderMap) {
        let id = text(headers, ServiceError::REQUEST_ID_HEADER);
        self.span.record("az.service_request_id", id);
        self.span
            .record("http.response.status_code", status.as_u16());
        if status.is_client_error() || status.is_server_error() {
            self.fail(status.as_str());
        }
    }

    fn fail(&self, error: &str) {
        self.span.record("error.type", error);
        self.span.record("otel.status_code", "ERROR");
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if !self.finished {
            self.fail("cancelled");
            trace!(target: "webpubsub::http", "cancelled");
        }
    }
}
