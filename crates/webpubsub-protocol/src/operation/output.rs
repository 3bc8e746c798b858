use bytes::Bytes;
use http::{Response, StatusCode};

/// What a successful operation gives.
pub trait Output: Sized {
    /// The output an answer carries; `None` when the answer is an error.
    fn from_response(response: &Response<Bytes>) -> Option<Self>;
}

impl Output for () {
    fn from_response(response: &Response<Bytes>) -> Option<Self> {
        response.status().is_success().then_some(())
    }
}

/// Whether something exists: 404 is an answer here, not an error.
impl Output for bool {
    fn from_response(response: &Response<Bytes>) -> Option<Self> {
        match response.status() {
            status if status.is_success() => Some(true),
            StatusCode::NOT_FOUND => Some(false),
            _ => None,
        }
    }
}
