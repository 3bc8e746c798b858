use http::{Method, StatusCode};

use super::{
    Idempotency, Operation, RequestReader, RequestWriter, Template, WithReason,
    option::{read_reason, write_reason},
};
use crate::{ConnectionId, Error};

/// Whether a connection is alive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ConnectionExists {
    /// The connection.
    pub connection: ConnectionId,
}

impl ConnectionExists {
    /// Asks for `connection`.
    #[must_use]
    pub fn new(connection: ConnectionId) -> Self {
        Self { connection }
    }
}

impl Operation for ConnectionExists {
    type Output = bool;

    const NAME: &'static str = "connection_exists";
    const METHOD: Method = Method::HEAD;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/connections/{connectionId}");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.connection)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?))
    }
}

/// Closes a connection; one that is gone already is a success too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CloseConnection {
    /// The connection.
    pub connection: ConnectionId,
    /// What the client is told.
    pub reason: Option<String>,
}

impl CloseConnection {
    /// Closes `connection` without a reason.
    #[must_use]
    pub fn new(connection: ConnectionId) -> Self {
        Self {
            connection,
            reason: None,
        }
    }
}

impl WithReason for CloseConnection {
    fn reason_mut(&mut self) -> &mut Option<String> {
        &mut self.reason
    }
}

impl Operation for CloseConnection {
    type Output = ();

    const NAME: &'static str = "close_connection";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/connections/{connectionId}");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.connection)?;
        write_reason(self.reason.as_deref(), request);
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            connection: request.name()?,
            reason: read_reason(request),
        })
    }
}
