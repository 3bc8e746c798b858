use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, ServiceError};

/// What a successful operation gives, in both directions: a client reads it from an answer, a server writes it.
pub trait Output: Sized {
    /// The output an answer carries, or the service's error; `success` is the operation's status of success.
    fn from_response(response: &Response<Bytes>, success: StatusCode) -> Result<Self, Error>;

    /// The answer that carries it, with the operation's status of success.
    fn to_response(&self, success: StatusCode) -> Response<Bytes>;
}

impl Output for () {
    fn from_response(response: &Response<Bytes>, success: StatusCode) -> Result<Self, Error> {
        check_success(response, success)
    }

    fn to_response(&self, success: StatusCode) -> Response<Bytes> {
        empty(success)
    }
}

/// Whether something exists: 404 is an answer here, not an error.
impl Output for bool {
    fn from_response(response: &Response<Bytes>, success: StatusCode) -> Result<Self, Error> {
        match response.status() {
            StatusCode::NOT_FOUND => Ok(false),
            _ => check_success(response, success).map(|()| true),
        }
    }

    fn to_response(&self, success: StatusCode) -> Response<Bytes> {
        empty(if *self {
            success
        } else {
            StatusCode::NOT_FOUND
        })
    }
}

/// An output together with the answer it came in: status, headers, and what a stack put into the extensions.
///
/// As an answer it has these headers, except those of the body's length, and the status that its output asks for.
impl<T: Output> Output for Response<T> {
    fn from_response(response: &Response<Bytes>, success: StatusCode) -> Result<Self, Error> {
        let output = T::from_response(response, success)?;
        Ok(response.clone().map(|_| output))
    }

    fn to_response(&self, success: StatusCode) -> Response<Bytes> {
        let mut response = self.body().to_response(success);
        let mut headers = self.headers().clone();
        // They told of a body as it was received, which need not be the one that is written.
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::TRANSFER_ENCODING);
        response.headers_mut().extend(headers);
        response
    }
}

fn check_success(response: &Response<Bytes>, success: StatusCode) -> Result<(), Error> {
    match response.status() {
        status if status == success => Ok(()),
        status if status.is_success() => Err(Error::unexpected_status(status, success)),
        _ => Err(ServiceError::from_response(response).into()),
    }
}

/// The JSON of a success; its `Content-Type` is not looked at, since the service declares several.
pub(super) fn from_json<T: DeserializeOwned>(
    response: &Response<Bytes>,
    success: StatusCode,
) -> Result<T, Error> {
    check_success(response, success)?;
    serde_json::from_slice(response.body()).map_err(|error| Error::invalid_response(&error))
}

pub(super) fn to_json(value: &impl Serialize, status: StatusCode) -> Response<Bytes> {
    // Strings and lists of them always serialize.
    let mut response = Response::new(serde_json::to_vec(value).unwrap_or_default().into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
