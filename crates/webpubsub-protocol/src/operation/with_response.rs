use http::{Method, Response, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template};
use crate::Error;

/// The same operation, giving its output together with the answer it came in: status and headers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WithResponse<O>(pub O);

impl<O: Operation> Operation for WithResponse<O> {
    type Output = Response<O::Output>;

    const NAME: &'static str = O::NAME;
    const METHOD: Method = O::METHOD;
    const TEMPLATE: Template = O::TEMPLATE;
    const IDEMPOTENCY: Idempotency = O::IDEMPOTENCY;
    const SUCCESS: StatusCode = O::SUCCESS;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        self.0.write(request)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        O::read(request).map(Self)
    }
}
