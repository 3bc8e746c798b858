use std::{
    env::consts::{ARCH, OS},
    task::{Context, Poll},
};

use http::{HeaderValue, Request, header::USER_AGENT};
use tower::{Layer, Service};

use crate::Error;

/// The longest application id, in characters (the official SDKs' limit).
const MAX_APPLICATION_ID: usize = 24;

/// Sets the `User-Agent`: `[<application id> ]webpubsub/<version> (rust; <system> <architecture>)`.
#[derive(Debug, Clone)]
pub struct UserAgentLayer(HeaderValue);

impl UserAgentLayer {
    /// Fails when the application id is empty, longer than 24 characters, or not visible ASCII.
    pub fn new(application_id: Option<&str>) -> Result<Self, Error> {
        let allowed = |id: &str| {
            (1..=MAX_APPLICATION_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
        };
        if !application_id.is_none_or(allowed) {
            return Err(Error::config(
                "`application_id` must be 1 to 24 visible ASCII characters",
            ));
        }
        let prefix = application_id
            .map(|id| format!("{id} "))
            .unwrap_or_default();
        let text = format!(
            "{prefix}webpubsub/{} (rust; {OS} {ARCH})",
            env!("CARGO_PKG_VERSION")
        );
        let value = HeaderValue::try_from(text);
        value
            .map(Self)
            .map_err(|_| Error::config("`application_id` does not fit a header"))
    }

    pub(crate) fn value(&self) -> &HeaderValue {
        &self.0
    }
}

impl<S> Layer<S> for UserAgentLayer {
    type Service = UserAgent<S>;

    fn layer(&self, inner: S) -> UserAgent<S> {
        UserAgent {
            inner,
            value: self.0.clone(),
        }
    }
}

/// See [`UserAgentLayer`].
#[derive(Debug, Clone)]
pub struct UserAgent<S> {
    inner: S,
    value: HeaderValue,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for UserAgent<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        request.headers_mut().insert(USER_AGENT, self.value.clone());
        self.inner.call(request)
    }
}
