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
        Call::new(self, Ok(SendToAll::new(message)))
    }

    /// Sends a message to every connection in a group.
    ///
    /// Options: [`excluded`](Call::excluded), [`filter`](Call::filter), [`message_ttl`](Call::message_ttl).
    pub fn send_to_group(
        &self,
        group: impl Argument<GroupName>,
        message: Message,
    ) -> Call<M, SendToGroup> {
        Call::new(
            self,
            group.check().map(|group| SendToGroup::new(group, message)),
        )
    }

    /// Sends a message to every connection of a user. A user without connections is no error.
    ///
    /// Options: [`filter`](Call::filter), [`message_ttl`](Call::message_ttl).
    pub fn send_to_user(
        &self,
        user: impl Argument<UserId>,
        message: Message,
    ) -> Call<M, SendToUser> {
        Call::new(
            self,
            user.check().map(|user| SendToUser::new(user, message)),
        )
    }

    /// Sends a message to one connection. A connection that is gone is no error.
    ///
    /// Option: [`message_ttl`](Call::message_ttl).
    pub fn send_to_connection(
        &self,
        connection: impl Argument<ConnectionId>,
        message: Message,
    ) -> Call<M, SendToConnection> {
        Call::new(
            self,
            connection
                .check()
                .map(|connection| SendToConnection::new(connection, message)),
        )
    }

    /// Whether a connection is alive.
    pub fn connection_exists(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, ConnectionExists> {
        Call::new(self, connection.check().map(ConnectionExists::new))
    }

    /// Whether a group has at least one connection.
    pub fn group_exists(&self, group: impl Argument<GroupName>) -> Call<M, GroupExists> {
        Call::new(self, group.check().map(GroupExists::new))
    }

    /// Whether a user has at least one connection.
    pub fn user_exists(&self, user: impl Argument<UserId>) -> Call<M, UserExists> {
        Call::new(self, user.check().map(UserExists::new))
    }

    /// Closes a connection. One that is gone already is no error.
    ///
    /// Option: [`reason`](Call::reason).
    pub fn close_connection(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, CloseConnection> {
        Call::new(self, connection.check().map(CloseConnection::new))
    }

    /// Closes every connection of the hub.
    ///
    /// Options: [`excluded`](Call::excluded), [`reason`](Call::reason). Not repeated when it may have been processed: a
    /// repeat would also close who has reconnected since.
    pub fn close_all_connections(&self) -> Call<M, CloseAllConnections> {
        Call::new(self, Ok(CloseAllConnections::new()))
    }

    /// Closes every connection in a group.
    ///
    /// Options: [`excluded`](Call::excluded), [`reason`](Call::reason). Not repeated when it may have been processed: a
    /// repeat would also close who has reconnected since.
    pub fn close_group_connections(
        &self,
        group: impl Argument<GroupName>,
    ) -> Call<M, CloseGroupConnections> {
        Call::new(self, group.check().map(CloseGroupConnections::new))
    }

    /// Closes every connection of a user.
    ///
    /// Options: [`excluded`](Call::excluded), [`reason`](Call::reason). Not repeated when it may have been processed: a
    /// repeat would also close who has reconnected since.
    pub fn close_user_connections(
        &self,
        user: impl Argument<UserId>,
    ) -> Call<M, CloseUserConnections> {
        Call::new(self, user.check().map(CloseUserConnections::new))
    }

    /// Adds a connection to a group. Fails with status 404 (`Error.Connection.NotExisted`) when it is gone.
    pub fn add_connection_to_group(
        &self,
        group: impl Argument<GroupName>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, AddConnectionToGroup> {
        Call::new(
            self,
            group
                .check()
                .and_then(|group| Ok(AddConnectionToGroup::new(group, connection.check()?))),
        )
    }

    /// Removes a connection from a group. One that is not in it is no error.
    pub fn remove_connection_from_group(
        &self,
        group: impl Argument<GroupName>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RemoveConnectionFromGroup> {
        Call::new(
            self,
            group
                .check()
                .and_then(|group| Ok(RemoveConnectionFromGroup::new(group, connection.check()?))),
        )
    }

    /// Removes a connection from all its groups. One that is gone is no error.
    pub fn remove_connection_from_all_groups(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RemoveConnectionFromAllGroups> {
        Call::new(
            self,
            connection.check().map(RemoveConnectionFromAllGroups::new),
        )
    }

    /// Adds every connection a user has now to a group. Fails with status 404 (`Warning.User.NotExisted`) when there is
    /// none; a connection the user makes later is not in the group.
    pub fn add_user_to_group(
        &self,
        group: impl Argument<GroupName>,
        user: impl Argument<UserId>,
    ) -> Call<M, AddUserToGroup> {
        Call::new(
            self,
            group
                .check()
                .and_then(|group| Ok(AddUserToGroup::new(group, user.check()?))),
        )
    }

    /// Removes every connection of a user from a group. A user without connections is no error.
    pub fn remove_user_from_group(
        &self,
        group: impl Argument<GroupName>,
        user: impl Argument<UserId>,
    ) -> Call<M, RemoveUserFromGroup> {
        Call::new(
            self,
            group
                .check()
                .and_then(|group| Ok(RemoveUserFromGroup::new(group, user.check()?))),
        )
    }

    /// Removes every connection of a user from all groups. A user without connections is no error.
    pub fn remove_user_from_all_groups(
        &self,
        user: impl Argument<UserId>,
    ) -> Call<M, RemoveUserFromAllGroups> {
        Call::new(self, user.check().map(RemoveUserFromAllGroups::new))
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
        Call::new(
            self,
            connection
                .check()
                .map(|connection| GrantPermission::new(permission.into(), connection)),
        )
    }

    /// Takes a permission from a live connection, for the group that is its [`target_name`](Call::target_name). A
    /// connection that is gone is no error.
    pub fn revoke_permission(
        &self,
        permission: impl Into<Permission>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RevokePermission> {
        Call::new(
            self,
            connection
                .check()
                .map(|connection| RevokePermission::new(permission.into(), connection)),
        )
    }

    /// Whether a live connection has a permission, for the group that is its [`target_name`](Call::target_name); one that
    /// is gone has none.
    pub fn has_permission(
        &self,
        permission: impl Into<Permission>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, CheckPermission> {
        Call::new(
            self,
            connection
                .check()
                .map(|connection| CheckPermission::new(permission.into(), connection)),
        )
    }

    /// The connections in a group, fetched page by page, in no certain order.
    ///
    /// Options: [`top`](Pager::top), [`max_page_size`](Pager::max_page_size),
    /// [`continuation_token`](Pager::continuation_token).
    pub fn list_connections(
        &self,
        group: impl Argument<GroupName>,
    ) -> Pager<M, ListConnectionsInGroup> {
        Pager::new(self, group.check().map(ListConnectionsInGroup::new))
    }

    /// Succeeds when the service is there and healthy.
    pub fn service_status(&self) -> Call<M, ServiceStatus> {
        Call::new(self, Ok(ServiceStatus::default()))
    }
}

fn check_all(
    groups: impl IntoIterator<Item = impl Argument<GroupName>>,
) -> Checked<Vec<GroupName>> {
    groups.into_iter().map(Argument::check).collect()
}
