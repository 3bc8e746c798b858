use std::{fmt, future::poll_fn};

use async_trait::async_trait;
use azure_core::{
    Error, Result,
    error::ErrorKind,
    http::{AsyncRawResponse, Body, HttpClient, Request, headers::Headers},
};
use bytes::Bytes;
use tower_service::Service;

use super::{BoxError, Identity};

/// A tower service as azure_core's client.
pub(super) struct ServiceClient<S>(S);

impl<S> ServiceClient<S> {
    pub(super) fn new(service: S) -> Self {
        Self(service)
    }
}

#[async_trait]
impl<S> HttpClient for ServiceClient<S>
where
    S: Service<http::Request<Bytes>, Response = http::Response<Bytes>> + Clone + Send + Sync,
    S::Future: Send,
    S::Error: Into<BoxError>,
{
    async fn execute_request(&self, request: &Request) -> Result<AsyncRawResponse> {
        // azure_core repeats what is of kind `Io`, and nothing of kind `Credential`. Where there is no metadata service,
        // a repeat would not change that.
        let kind = match request.url().host_str() {
            Some(Identity::METADATA_SERVICE) => ErrorKind::Credential,
            _ => ErrorKind::Io,
        };
        let failed = |error: BoxError| {
            Error::with_error(kind.clone(), error, "the request for a token failed")
        };
        let request = translate(request)?;
        let mut service = self.0.clone();
        let ready = poll_fn(|cx| service.poll_ready(cx)).await;
        ready.map_err(|error| failed(error.into()))?;
        let response = service.call(request).await;
        let (parts, body) = response.map_err(|error| failed(error.into()))?.into_parts();
        let mut headers = Headers::new();
        for (name, value) in &parts.headers {
            if let Ok(value) = value.to_str() {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(AsyncRawResponse::from_bytes(
            parts.status.as_u16().into(),
            headers,
            body,
        ))
    }
}

fn translate(request: &Request) -> Result<http::Request<Bytes>> {
    let Body::Bytes(body) = request.body().clone() else {
        let what = "a request for a token has no streamed body";
        return Err(Error::with_message(ErrorKind::Other, what));
    };
    let mut builder = http::Request::builder()
        .method(request.method().as_str())
        .uri(request.url().as_str());
    for (name, value) in request.headers().iter() {
        builder = builder.header(name.as_str(), value.as_str());
    }
    builder.body(body).map_err(|error| {
        Error::with_error(ErrorKind::Other, error, "the request is not a valid one")
    })
}

impl<S> fmt::Debug for ServiceClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceClient")
    }
}
