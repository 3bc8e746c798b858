use http::{Method, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template};
use crate::{ConnectionId, Error, GroupName, UserId};

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

/// Whether a group has at least one connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GroupExists {
    /// The group.
    pub group: GroupName,
}

impl GroupExists {
    /// Asks for `group`.
    #[must_use]
    pub fn new(group: GroupName) -> Self {
        Self { group }
    }
}

impl Operation for GroupExists {
    type Output = bool;

    const NAME: &'static str = "group_exists";
    const METHOD: Method = Method::HEAD;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/groups/{group}");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.group)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?))
    }
}

/// Whether a user has at least one connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UserExists {
    /// The user.
    pub user: UserId,
}

impl UserExists {
    /// Asks for `user`.
    #[must_use]
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

impl Operation for UserExists {
    type Output = bool;

    const NAME: &'static str = "user_exists";
    const METHOD: Method = Method::HEAD;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/users/{userId}");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?))
    }
}
