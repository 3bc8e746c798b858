use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode, header, request::Parts};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;
use webpubsub_protocol::{MAX_MESSAGE_BYTES, ServiceError};

/// How much of a body that is too large is still read.
const MAX_DISCARDED_BYTES: usize = 16 * MAX_MESSAGE_BYTES;

/// Reads a body, which must state its length on a POST and must not exceed the largest message.
pub(super) async fn read(
    parts: &Parts,
    body: Incoming,
    patience: Duration,
) -> Result<Bytes, ServiceError> {
    let length = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let fits = match length {
        Some(length) => length <= MAX_MESSAGE_BYTES,
        None => parts.method != Method::POST,
    };
    let limit = if fits {
        MAX_MESSAGE_BYTES
    } else {
        MAX_DISCARDED_BYTES
    };
    let collected = timeout(patience, Limited::new(body, limit).collect()).await;
    match collected {
        _ if !fits => Err(invalid("Invalid Content-Length header.")),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err(invalid("The request body could not be read.")),
        Err(_) => Err(ServiceError::new(
            StatusCode::REQUEST_TIMEOUT,
            "Error.Timeout",
            "The request body did not arrive in time.",
            "Request",
        )),
    }
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "Error.BadRequest",
        message,
        "Request",
    )
}
