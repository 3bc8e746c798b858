use http::{Method, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template};
use crate::Error;

/// Asks whether the service is there and healthy: a success, or the error it answers. The only operation that needs no
/// token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct ServiceStatus;

impl Operation for ServiceStatus {
    type Output = ();

    const NAME: &'static str = "service_status";
    const METHOD: Method = Method::HEAD;
    const TEMPLATE: Template = Template::new("/api/health");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, _: &mut RequestWriter) -> Result<(), Error> {
        Ok(())
    }

    fn read(_: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self)
    }
}
