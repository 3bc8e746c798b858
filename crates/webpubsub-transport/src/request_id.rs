use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tower::{Layer, util::MapRequest};

pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");

/// The id by which a request can be found in the service's logs: a random UUID, sent as `x-ms-client-request-id`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// A new id.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        // Without the system's randomness ids repeat, which costs the log's reader something and a request nothing.
        let _ = getrandom::fill(&mut bytes);
        // Version 4, variant 1 (RFC 9562).
        let bits = u128::from_be_bytes(bytes) & !(0xf << 76 | 0b11 << 62) | 4 << 76 | 0b10 << 62;
        let text = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            bits >> 96,
            bits >> 80 & 0xffff,
            bits >> 64 & 0xffff,
            bits >> 48 & 0xffff,
            bits & 0xffff_ffff_ffff
        );
        Self(HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("unknown")))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Gives a request this id.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(CLIENT_REQUEST_ID, self.0.clone());
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({})", self.as_str())
    }
}

/// Gives each request that has none a random [`RequestId`]. Outside of retry, all attempts share it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RequestIdLayer;

impl RequestIdLayer {
    /// The layer.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for RequestIdLayer {
    type Service = MapRequest<S, fn(Request<crate::Body>) -> Request<crate::Body>>;

    fn layer(&self, inner: S) -> Self::Service {
        MapRequest::new(inner, |mut request| {
            if !request.headers().contains_key(CLIENT_REQUEST_ID) {
                RequestId::random().write(request.headers_mut());
            }
            request
        })
    }
}
