use std::fmt;

use webpubsub_protocol::{
    ConnectionId, GroupName, Message, Permission,
    operation::{
        AddConnectionToGroup, CheckPermission, CloseConnection, ConnectionExists, GrantPermission,
        RemoveConnectionFromAllGroups, RemoveConnectionFromGroup, RevokePermission,
        SendToConnection,
    },
};

use crate::{Argument, Call, ServiceClient, call::Checked};

/// A connection of a hub; made by [`ServiceClient::connection`]. Clones are cheap.
#[derive(Clone)]
pub struct ConnectionClient<M> {
    client: ServiceClient<M>,
    connection: Checked<ConnectionId>,
}

impl<M: Clone> ConnectionClient<M> {
    pub(crate) fn new(client: ServiceClient<M>, connection: Checked<ConnectionId>) -> Self {
        Self { client, connection }
    }

    fn call<O>(&self, operation: impl FnOnce(ConnectionId) -> Checked<O>) -> Call<M, O> {
        Call::new(&self.client, self.connection.clone().and_then(operation))
    }

    /// Sends a message to the connection; see [`ServiceClient::send_to_connection`].
    pub fn send(&self, message: Message) -> Call<M, SendToConnection> {
        self.call(|connection| Ok(SendToConnection::new(connection, message)))
    }

    /// Whether the connection is alive.
    pub fn exists(&self) -> Call<M, ConnectionExists> {
        self.call(|connection| Ok(ConnectionExists::new(connection)))
    }

    /// Closes the connection; see [`ServiceClient::close_connection`].
    pub fn close(&self) -> Call<M, CloseConnection> {
        self.call(|connection| Ok(CloseConnection::new(connection)))
    }

    /// Adds the connection to a group; see [`ServiceClient::add_connection_to_group`].
    pub fn add_to_group(&self, group: impl Argument<GroupName>) -> Call<M, AddConnectionToGroup> {
        self.call(|connection| Ok(AddConnectionToGroup::new(group.check()?, connection)))
    }

    /// Removes the connection from a group.
    pub fn remove_from_group(
        &self,
        group: impl Argument<GroupName>,
    ) -> Call<M, RemoveConnectionFromGroup> {
        self.call(|connection| Ok(RemoveConnectionFromGroup::new(group.check()?, connection)))
    }

    /// Removes the connection from all groups.
    pub fn remove_from_all_groups(&self) -> Call<M, RemoveConnectionFromAllGroups> {
        self.call(|connection| Ok(RemoveConnectionFromAllGroups::new(connection)))
    }

    /// Grants the connection a permission; see [`ServiceClient::grant_permission`].
    pub fn grant_permission(&self, permission: impl Into<Permission>) -> Call<M, GrantPermission> {
        self.call(|connection| Ok(GrantPermission::new(permission.into(), connection)))
    }

    /// Takes a permission from the connection; see [`ServiceClient::revoke_permission`].
    pub fn revoke_permission(
        &self,
        permission: impl Into<Permission>,
    ) -> Call<M, RevokePermission> {
        self.call(|connection| Ok(RevokePermission::new(permission.into(), connection)))
    }

    /// Whether the connection has a permission; see [`ServiceClient::has_permission`].
    pub fn has_permission(&self, permission: impl Into<Permission>) -> Call<M, CheckPermission> {
        self.call(|connection| Ok(CheckPermission::new(permission.into(), connection)))
    }
}

impl<M> fmt::Debug for ConnectionClient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionClient")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
