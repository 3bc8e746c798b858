//! The named methods, one line each, for the async and the blocking client alike.

use webpubsub_protocol::{
    ConnectionId, GroupName, Message, UserId,
    operation::{
        AddConnectionToGroup, CloseConnection, ConnectionExists, GroupExists,
        RemoveConnectionFromGroup, SendToAll, SendToConnection, SendToGroup, SendToUser,
        ServiceStatus, UserExists,
    },
};

use crate::{Argument, Call, ServiceClient};

impl<M> ServiceClient<M> {
    /// Sends a message to every connection of the hub.
    ///
    /// Options: [`excluded`](Call::excluded), [`filter`](Call::filter), [`message_ttl`](Call::message_ttl). The
    /// service accepts a message (202) and delivers it without telling whether anyone got it.
    pub fn send_to_all(&self, message: Message) -> Call<'_, M, SendToAll> {
        Call::new(self, Ok(SendToAll::new(message)))
    }

    /// Sends a message to every connection in a group.
    ///
    /// Options: [`excluded`](Call::excluded), [`filter`](Call::filter), [`message_ttl`](Call::message_ttl).
    pub fn send_to_group(
        &self,
        group: impl Argument<GroupName>,
        message: Message,
    ) -> Call<'_, M, SendToGroup> {
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
    ) -> Call<'_, M, SendToUser> {
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
    ) -> Call<'_, M, SendToConnection> {
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
    ) -> Call<'_, M, ConnectionExists> {
        Call::new(self, connection.check().map(ConnectionExists::new))
    }

    /// Whether a group has at least one connection.
    pub fn group_exists(&self, group: impl Argument<GroupName>) -> Call<'_, M, GroupExists> {
        Call::new(self, group.check().map(GroupExists::new))
    }

    /// Whether a user has at least one connection.
    pub fn user_exists(&self, user: impl Argument<UserId>) -> Call<'_, M, UserExists> {
        Call::new(self, user.check().map(UserExists::new))
    }

    /// Closes a connection. One that is gone already is no error.
    ///
    /// Option: [`reason`](Call::reason).
    pub fn close_connection(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<'_, M, CloseConnection> {
        Call::new(self, connection.check().map(CloseConnection::new))
    }

    /// Adds a connection to a group. Fails with status 404 (`Error.Connection.NotExisted`) when it is gone.
    pub fn add_connection_to_group(
        &self,
        group: impl Argument<GroupName>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<'_, M, AddConnectionToGroup> {
        let operation = group
            .check()
            .and_then(|group| Ok(AddConnectionToGroup::new(group, connection.check()?)));
        Call::new(self, operation)
    }

    /// Removes a connection from a group. One that is not in it is no error.
    pub fn remove_connection_from_group(
        &self,
        group: impl Argument<GroupName>,
        connection: impl Argument<ConnectionId>,
    ) -> Call<'_, M, RemoveConnectionFromGroup> {
        let operation = group
            .check()
            .and_then(|group| Ok(RemoveConnectionFromGroup::new(group, connection.check()?)));
        Call::new(self, operation)
    }

    /// Succeeds when the service is there and healthy.
    pub fn service_status(&self) -> Call<'_, M, ServiceStatus> {
        Call::new(self, Ok(ServiceStatus::default()))
    }
}
