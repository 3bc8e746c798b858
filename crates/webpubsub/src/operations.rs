//! The named methods, one line each, for the async and the blocking client alike.

use webpubsub_protocol::{
    ConnectionId, GroupName, Message, Permission, UserId,
    operation::{
        AddConnectionToGroup, AddConnectionsToGroups, AddUserToGroup, CheckPermission,
        CloseAllConnections, CloseConnection, CloseGroupConnections, CloseUserConnections,
        ConnectionExists, GrantPermission, GroupExists, ListConnectionsInGroup,
        RemoveConnectionFromAllGroups, RemoveConnectionFromGroup, RemoveConnectionsFromGroups,
        RemoveUserFromAllGroups, RemoveUserFromGroup, RevokePermission, SendToAll,
        SendToConnection, SendToGroup, SendToUser, ServiceStatus, UserExists,
    },
};

use crate::{Argument, Call, Pager, ServiceClient, call::Checked};

impl<M: Clone> ServiceClient<M> {
    /// Sends a message to every connection of the hub.
    ///
    /// Options: [`excluded`](Call::excluded), [`filter`](Call::filter), [`message_ttl`](Call::message_ttl). The
    /// service accepts a message (202) and delivers it without telling whether anyone got it.
    pub fn send_to_all(&self, message: Message) -> Call<M, SendToAll> {
        self.send(SendToAll::new(message))
    }

    /// Sends a message to every connection in a group.
    ///
    /// Options: [`excluded`](Call::excluded), [`filter`](Call::filter), [`message_ttl`](Call::message_ttl).
    pub fn send_to_group(
        &self,
        group: impl Argument<GroupName>,
        message: Message,
    ) -> Call<M, SendToGroup> {
        self.group(group).send(message)
    }

    /// Sends a message to every connection of a user. A user without connections is no error.
    ///
    /// Options: [`filter`](Call::filter), [`message_ttl`](Call::message_ttl).
    pub fn send_to_user(
        &self,
        user: impl Argument<UserId>,
        message: Message,
    ) -> Call<M, SendToUser> {
        self.user(user).send(message)
    }

    /// Sends a message to one connection. A connection that is gone is no error.
    ///
    /// Option: [`message_ttl`](Call::message_ttl).
    pub fn send_to_connection(
        &self,
        connection: impl Argument<ConnectionId>,
        message: Message,
    ) -> Call<M, SendToConnection> {
        self.connection(connection).send(message)
    }

    /// Whether a connection is alive.
    pub fn connection_exists(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, ConnectionExists> {
        self.connection(connection).exists()
    }

    /// Whether a group has at least one connection.
    pub fn group_exists(&self, group: impl Argument<GroupName>) -> Call<M, GroupExists> {
        self.group(group).exists()
    }

    /// Whether a user has at least one connection.
    pub fn user_exists(&self, user: impl Argument<UserId>) -> Call<M, UserExists> {
        self.user(user).exists()
    }

    /// Closes a connection. One that is gone already is no error.
    ///
    /// Option: [`reason`](Call::reason).
    pub fn close_connection(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, CloseConnection> {
        self.connection(connection).close()
    }

    /// Closes every connection of the hub.
    ///
    /// Options: [`excluded`](Call::excluded), [`reason`](Call::reason). Not repeated when it may have been processed: a
    /// repeat would also close who has reconnected since.
    pub fn close_all_connections(&self) -> Call<M, CloseAllConnections> {
        self.send(CloseAllConnections::new())
    }

    /// Closes every connection in a group.
    ///
    /// Options: [`excluded`](Call::excluded), [`reason`](Call::reason). Not repeated when it may have been processed: a
    /// repeat would also close who has reconnected since.
    pub fn close_group_connections(
        &self,
        group: impl Argument<GroupName>,
    ) -> Call<M, CloseGroupConnections> {
        self.group(group).close_connections()
    }

    /// Closes every connection of a user.
    ///
    /// Options: [`excluded`](Call::excluded), [`reason`](Call::reason). Not repeated when it may have been processed: a
    /// repeat would also close who has reconnected since.
    pub fn close_user_connections(
        &self,
        user: impl Argument<UserId>,
    ) -> Call<M, CloseUserConnections> {
        self.user(user).close_connections()
    }

    /// Adds a connection to a group. Fails with status 404 (`Error.Connection.NotExisted`) when it is gone.
    pub fn add_connection_to_group(
        &self,
        group: impl Argument<GroupName>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, AddConnectionToGroup> {
        self.group(group).add_connection(connection)
    }

    /// Removes a connection from a group. One that is not in it is no error.
    pub fn remove_connection_from_group(
        &self,
        group: impl Argument<GroupName>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RemoveConnectionFromGroup> {
        self.group(group).remove_connection(connection)
    }

    /// Removes a connection from all its groups. One that is gone is no error.
    pub fn remove_connection_from_all_groups(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RemoveConnectionFromAllGroups> {
        self.connection(connection).remove_from_all_groups()
    }

    /// Adds every connection a user has now to a group. Fails with status 404 (`Warning.User.NotExisted`) when there is
    /// none; a connection the user makes later is not in the group.
    pub fn add_user_to_group(
        &self,
        group: impl Argument<GroupName>,
        user: impl Argument<UserId>,
    ) -> Call<M, AddUserToGroup> {
        self.group(group).add_user(user)
    }

    /// Removes every connection of a user from a group. A user without connections is no error.
    pub fn remove_user_from_group(
        &self,
        group: impl Argument<GroupName>,
        user: impl Argument<UserId>,
    ) -> Call<M, RemoveUserFromGroup> {
        self.group(group).remove_user(user)
    }

    /// Removes every connection of a user from all groups. A user without connections is no error.
    pub fn remove_user_from_all_groups(
        &self,
        user: impl Argument<UserId>,
    ) -> Call<M, RemoveUserFromAllGroups> {
        self.user(user).remove_from_all_groups()
    }

    /// Adds the connections a [`filter`](Call::filter) selects to groups, all at once; without a filter every connection
    /// of the hub. There must be at least one group.
    pub fn add_connections_to_groups(
        &self,
        groups: impl IntoIterator<Item = impl Argument<GroupName>>,
    ) -> Call<M, AddConnectionsToGroups> {
        Call::new(self, check_all(groups).map(AddConnectionsToGroups::new))
    }

    /// Removes the connections a [`filter`](Call::filter) selects from groups, all at once; without a filter every
    /// connection of the hub. There must be at least one group.
    pub fn remove_connections_from_groups(
        &self,
        groups: impl IntoIterator<Item = impl Argument<GroupName>>,
    ) -> Call<M, RemoveConnectionsFromGroups> {
        Call::new(
            self,
            check_all(groups).map(RemoveConnectionsFromGroups::new),
        )
    }

    /// Grants a live connection a permission, for the group that is its [`target_name`](Call::target_name); the service
    /// asks for one with all known permissions. Fails with status 404 (`Info.Connection.NotExisted`) when the connection is
    /// gone.
    pub fn grant_permission(
        &self,
        permission: impl Into<Permission>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, GrantPermission> {
        self.connection(connection).grant_permission(permission)
    }

    /// Takes a permission from a live connection, for the group that is its [`target_name`](Call::target_name). A
    /// connection that is gone is no error.
    pub fn revoke_permission(
        &self,
        permission: impl Into<Permission>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RevokePermission> {
        self.connection(connection).revoke_permission(permission)
    }

    /// Whether a live connection has a permission, for the group that is its [`target_name`](Call::target_name); one that
    /// is gone has none.
    pub fn has_permission(
        &self,
        permission: impl Into<Permission>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, CheckPermission> {
        self.connection(connection).has_permission(permission)
    }

    /// The connections in a group, fetched page by page, in no certain order.
    ///
    /// Options: [`top`](Pager::top), [`max_page_size`](Pager::max_page_size),
    /// [`continuation_token`](Pager::continuation_token).
    pub fn list_connections(
        &self,
        group: impl Argument<GroupName>,
    ) -> Pager<M, ListConnectionsInGroup> {
        self.group(group).list_connections()
    }

    /// Succeeds when the service is there and healthy.
    pub fn service_status(&self) -> Call<M, ServiceStatus> {
        self.send(ServiceStatus::default())
    }
}

fn check_all(
    groups: impl IntoIterator<Item = impl Argument<GroupName>>,
) -> Checked<Vec<GroupName>> {
    groups.into_iter().map(Argument::check).collect()
}
