use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::{Deserialize, Serialize};

/// The header that carries the service's error code, also where there is no body (HEAD).
const ERROR_CODE_HEADER: &str = "x-ms-error-code";

/// How much of a body that is not the service's JSON is kept, in bytes: enough for a proxy's message.
const MAX_KEPT_BODY_BYTES: usize = 4096;

/// An answer that is not a success, as the service (or a proxy before it) gave it.
///
/// Printed, it shows no message: that can name users, groups and connections, and a proxy's can repeat the request, its
/// token included.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceError {
    status: StatusCode,
    code: Option<String>,
    message: Option<String>,
    target: Option<String>,
    request_id: Option<String>,
}

/// The body recorded from the service for api-version 2024-12-01: all five keys, at the top level.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Body {
    code: Option<String>,
    message: Option<String>,
    target: Option<String>,
    details: Option<serde_json::Value>,
    inner: Option<serde_json::Value>,
}

impl ServiceError {
    /// The header that carries the service's id of a request, in a success too; no contract declares it.
    pub const REQUEST_ID_HEADER: &str = "x-ms-request-id";

    /// An error as the service words it: a dotted code, a message and what it is about.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>, target: &str) -> Self {
        Self {
            status,
            code: Some(code.to_owned()),
            message: Some(message.into()),
            target: Some(target.to_owned()),
            request_id: None,
        }
    }

    /// Reads an answer that is not a success. Never fails: what is not understood is kept as the message.
    #[must_use]
    pub fn from_response(response: &Response<Bytes>) -> Self {
        let text = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let body = parse_body(response.body());
        Self {
            status: response.status(),
            code: text(ERROR_CODE_HEADER).or(body.code),
            message: body.message,
            target: body.target,
            request_id: text(Self::REQUEST_ID_HEADER),
        }
    }

    /// The answer a server gives for this error.
    #[must_use]
    pub fn to_response(&self) -> Response<Bytes> {
        let body = Body {
            code: self.code.clone(),
            message: self.message.clone(),
            target: self.target.clone(),
            ..Body::default()
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Some(code) = self
            .code
            .as_deref()
            .and_then(|code| HeaderValue::from_str(code).ok())
        {
            headers.insert(ERROR_CODE_HEADER, code);
        }
        response
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The service's code, such as `Warning.Connection.NotExisted`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The service's message, or the first 4 KiB of a body that is not its JSON.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What the error is about, such as `Connection`.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// The service's id of the request, when it sent one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

fn parse_body(bytes: &Bytes) -> Body {
    let parsed = serde_json::from_slice::<Body>(bytes).unwrap_or_default();
    if parsed.code.is_some() || parsed.message.is_some() || bytes.is_empty() {
        return parsed;
    }
    let kept = &bytes[..bytes.len().min(MAX_KEPT_BODY_BYTES)];
    Body {
        message: Some(String::from_utf8_lossy(kept).into_owned()),
        ..parsed
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}", self.status)?;
        match &self.code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("target", &self.target)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ServiceError {}
