use crate::Error;

/// How a [`ServiceClient`](crate::ServiceClient) is called: [`Async`] or [`Blocking`](crate::blocking::Blocking).
pub trait Mode: Clone + Send + Sync + sealed::Sealed + 'static {
    #[doc(hidden)]
    fn start() -> Result<Self, Error>;
}

/// Calls are awaited, on the caller's tokio runtime.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Async;

impl Mode for Async {
    fn start() -> Result<Self, Error> {
        Ok(Self)
    }
}

impl sealed::Sealed for Async {}

pub(crate) mod sealed {
    pub trait Sealed {}
}
