use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower::{Layer, Service};
use webpubsub_auth::BoxFuture;

use crate::{Body, BoxError, Error};

/// Reads each answer to its end, up to a limit, so that layers above see it whole.
#[derive(Debug, Clone)]
pub struct CollectBodyLayer {
    max_bytes: usize,
}

impl CollectBodyLayer {
    /// Reads at most this many bytes.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes }
    }
}

impl<S> Layer<S> for CollectBodyLayer {
    type Service = CollectBody<S>;

    fn layer(&self, inner: S) -> CollectBody<S> {
        CollectBody {
            inner,
            max_bytes: self.max_bytes,
        }
    }
}

/// See [`CollectBodyLayer`].
#[derive(Debug, Clone)]
pub struct CollectBody<S> {
    inner: S,
    max_bytes: usize,
}

impl<S, R, B> Service<Request<R>> for CollectBody<S>
where
    S: Service<Request<R>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let (answer, max_bytes) = (self.inner.call(request), self.max_bytes);
        Box::pin(async move {
            let (parts, body) = answer.await.map_err(Into::into)?.into_parts();
            // As most answers to sends are.
            if body.is_end_stream() {
                return Ok(Response::from_parts(parts, Body::default()));
            }
            let collected = Limited::new(body, max_bytes)
                .collect()
                .await
                .map_err(classify)?;
            Ok(Response::from_parts(parts, collected.to_bytes().into()))
        })
    }
}

fn classify(error: BoxError) -> Error {
    if error.is::<LengthLimitError>() {
        Error::too_large()
    } else {
        Error::io(error)
    }
}
