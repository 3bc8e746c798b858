use std::time::Duration;

use tower::{
    Layer,
    timeout::{Timeout, error::Elapsed},
    util::MapErr,
};

use crate::{BoxError, Error};

/// Ends what takes too long with an [`Error`] of kind [`Timeout`](crate::ErrorKind::Timeout) that names the setting.
#[derive(Debug, Clone)]
pub struct TimeoutLayer {
    limit: Duration,
    name: fn(BoxError) -> BoxError,
}

impl TimeoutLayer {
    /// A limit for one attempt.
    #[must_use]
    pub fn attempt(limit: Duration) -> Self {
        let name = |error| name(error, "attempt_timeout ran out before the service answered");
        Self { limit, name }
    }

    /// A limit for an operation with all its attempts.
    #[must_use]
    pub fn overall(limit: Duration) -> Self {
        let name = |error| name(error, "overall_timeout ran out before the service answered");
        Self { limit, name }
    }
}

fn name(error: BoxError, what: &'static str) -> BoxError {
    if error.is::<Elapsed>() {
        Error::timeout(what).into()
    } else {
        error
    }
}

impl<S> Layer<S> for TimeoutLayer {
    type Service = MapErr<Timeout<S>, fn(BoxError) -> BoxError>;

    fn layer(&self, inner: S) -> Self::Service {
        MapErr::new(Timeout::new(inner, self.limit), self.name)
    }
}
