use http::{Method, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template};
use crate::{ConnectionId, Error, GroupName, UserId};

const CONNECTION_IN_GROUP: Template =
    Template::new("/api/hubs/{hub}/groups/{group}/connections/{connectionId}");
const USER_IN_GROUP: Template = Template::new("/api/hubs/{hub}/users/{userId}/groups/{group}");

/// Adds a connection to a group; 404 (`Error.Connection.NotExisted`) when the connection is gone. A repeat leaves it in.
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
    const TEMPLATE: Template = CONNECTION_IN_GROUP;
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
    const TEMPLATE: Template = CONNECTION_IN_GROUP;
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

/// Removes a connection from all its groups; a success too when it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RemoveConnectionFromAllGroups {
    /// The connection.
    pub connection: ConnectionId,
}

impl RemoveConnectionFromAllGroups {
    /// Removes `connection` from all groups.
    #[must_use]
    pub fn new(connection: ConnectionId) -> Self {
        Self { connection }
    }
}

impl Operation for RemoveConnectionFromAllGroups {
    type Output = ();

    const NAME: &'static str = "remove_connection_from_all_groups";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/connections/{connectionId}/groups");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.connection)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?))
    }
}

/// Adds every connection a user has now to a group; 404 (`Warning.User.NotExisted`) when there is none.
///
/// A connection the user makes later is not in the group. A repeat leaves those in that are in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AddUserToGroup {
    /// The group.
    pub group: GroupName,
    /// The user.
    pub user: UserId,
}

impl AddUserToGroup {
    /// Adds the connections of `user` to `group`.
    #[must_use]
    pub fn new(group: GroupName, user: UserId) -> Self {
        Self { group, user }
    }
}

impl Operation for AddUserToGroup {
    type Output = ();

    const NAME: &'static str = "add_user_to_group";
    const METHOD: Method = Method::PUT;
    const TEMPLATE: Template = USER_IN_GROUP;
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)?;
        request.name(&self.group)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?, request.name()?))
    }
}

/// Removes every connection of a user from a group; a success too when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RemoveUserFromGroup {
    /// The group.
    pub group: GroupName,
    /// The user.
    pub user: UserId,
}

impl RemoveUserFromGroup {
    /// Removes the connections of `user` from `group`.
    #[must_use]
    pub fn new(group: GroupName, user: UserId) -> Self {
        Self { group, user }
    }
}

impl Operation for RemoveUserFromGroup {
    type Output = ();

    const NAME: &'static str = "remove_user_from_group";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = USER_IN_GROUP;
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)?;
        request.name(&self.group)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?, request.name()?))
    }
}

/// Removes every connection of a user from all groups; a success too when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RemoveUserFromAllGroups {
    /// The user.
    pub user: UserId,
}

impl RemoveUserFromAllGroups {
    /// Removes the connections of `user` from all groups.
    #[must_use]
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

impl Operation for RemoveUserFromAllGroups {
    type Output = ();

    const NAME: &'static str = "remove_user_from_all_groups";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/users/{userId}/groups");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?))
    }
}
