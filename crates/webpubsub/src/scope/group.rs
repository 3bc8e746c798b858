use std::fmt;

use webpubsub_protocol::{
    ConnectionId, GroupName, Message, UserId,
    operation::{
        AddConnectionToGroup, AddUserToGroup, CloseGroupConnections, GroupExists,
        ListConnectionsInGroup, RemoveConnectionFromGroup, RemoveUserFromGroup, SendToGroup,
    },
};

use crate::{Argument, Call, Pager, ServiceClient, call::Checked};

/// A group of a hub; made by [`ServiceClient::group`]. Clones are cheap.
#[derive(Clone)]
pub struct GroupClient<M> {
    client: ServiceClient<M>,
    group: Checked<GroupName>,
}

impl<M: Clone> GroupClient<M> {
    pub(crate) fn new(client: ServiceClient<M>, group: Checked<GroupName>) -> Self {
        Self { client, group }
    }

    fn call<O>(&self, operation: impl FnOnce(GroupName) -> Checked<O>) -> Call<M, O> {
        Call::new(&self.client, self.group.clone().and_then(operation))
    }

    /// Sends a message to every connection in the group; see [`ServiceClient::send_to_group`].
    pub fn send(&self, message: Message) -> Call<M, SendToGroup> {
        self.call(|group| Ok(SendToGroup::new(group, message)))
    }

    /// Whether the group has at least one connection.
    pub fn exists(&self) -> Call<M, GroupExists> {
        self.call(|group| Ok(GroupExists::new(group)))
    }

    /// Adds a connection; see [`ServiceClient::add_connection_to_group`].
    pub fn add_connection(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, AddConnectionToGroup> {
        self.call(|group| Ok(AddConnectionToGroup::new(group, connection.check()?)))
    }

    /// Removes a connection; one that is not in the group is no error.
    pub fn remove_connection(
        &self,
        connection: impl Argument<ConnectionId>,
    ) -> Call<M, RemoveConnectionFromGroup> {
        self.call(|group| Ok(RemoveConnectionFromGroup::new(group, connection.check()?)))
    }

    /// Adds every connection a user has now; see [`ServiceClient::add_user_to_group`].
    pub fn add_user(&self, user: impl Argument<UserId>) -> Call<M, AddUserToGroup> {
        self.call(|group| Ok(AddUserToGroup::new(group, user.check()?)))
    }

    /// Removes every connection of a user; a user without connections is no error.
    pub fn remove_user(&self, user: impl Argument<UserId>) -> Call<M, RemoveUserFromGroup> {
        self.call(|group| Ok(RemoveUserFromGroup::new(group, user.check()?)))
    }

    /// The connections in the group; see [`ServiceClient::list_connections`].
    pub fn list_connections(&self) -> Pager<M, ListConnectionsInGroup> {
        Pager::new(
            &self.client,
            self.group.clone().map(ListConnectionsInGroup::new),
        )
    }

    /// Closes every connection in the group; see [`ServiceClient::close_group_connections`].
    pub fn close_connections(&self) -> Call<M, CloseGroupConnections> {
        self.call(|group| Ok(CloseGroupConnections::new(group)))
    }
}

impl<M> fmt::Debug for GroupClient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupClient")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
