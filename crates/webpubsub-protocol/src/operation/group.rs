use http::{Method, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template};
use crate::{ConnectionId, Error, GroupName};

const MEMBER: Template = Template::new("/api/hubs/{hub}/groups/{group}/connections/{connectionId}");

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

/// Adds a connection to a group; 404 (`Error.Connection.NotExisted`) when the connection is gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AddConnectionToGroup {
    /// The group.
    pub group: GroupName,
    /// The connection.
    pub connection: ConnectionId,
}

impl AddConnectionToGroup {
    /// Adds `connection` to `group`.
    #[must_use]
    pub fn new(group: GroupName, connection: ConnectionId) -> Self {
        Self { group, connection }
    }
}

impl Operation for AddConnectionToGroup {
    type Output = ();

    const NAME: &'static str = "add_connection_to_group";
    const METHOD: Method = Method::PUT;
    const TEMPLATE: Template = MEMBER;
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.group)?;
        request.name(&self.connection)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?, request.name()?))
    }
}

/// Removes a connection from a group; a success too when it was not in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RemoveConnectionFromGroup {
    /// The group.
    pub group: GroupName,
    /// The connection.
    pub connection: ConnectionId,
}

impl RemoveConnectionFromGroup {
    /// Removes `connection` from `group`.
    #[must_use]
    pub fn new(group: GroupName, connection: ConnectionId) -> Self {
        Self { group, connection }
    }
}

impl Operation for RemoveConnectionFromGroup {
    type Output = ();

    const NAME: &'static str = "remove_connection_from_group";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = MEMBER;
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.group)?;
        request.name(&self.connection)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?, request.name()?))
    }
}
