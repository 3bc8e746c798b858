use std::fmt;

use webpubsub_protocol::{
    GroupName, Message, UserId,
    operation::{
        AddUserToGroup, CloseUserConnections, RemoveUserFromAllGroups, RemoveUserFromGroup,
        SendToUser, UserExists,
    },
};

use crate::{Argument, Call, ServiceClient, call::Checked};

/// A user of a hub; made by [`ServiceClient::user`]. Clones are cheap.
#[derive(Clone)]
pub struct UserClient<M> {
    client: ServiceClient<M>,
    user: Checked<UserId>,
}

impl<M: Clone> UserClient<M> {
    pub(crate) fn new(client: ServiceClient<M>, user: Checked<UserId>) -> Self {
        Self { client, user }
    }

    fn call<O>(&self, operation: impl FnOnce(UserId) -> Checked<O>) -> Call<M, O> {
        Call::new(&self.client, self.user.clone().and_then(operation))
    }

    /// Sends a message to every connection of the user; see [`ServiceClient::send_to_user`].
    pub fn send(&self, message: Message) -> Call<M, SendToUser> {
        self.call(|user| Ok(SendToUser::new(user, message)))
    }

    /// Whether the user has at least one connection.
    pub fn exists(&self) -> Call<M, UserExists> {
        self.call(|user| Ok(UserExists::new(user)))
    }

    /// Adds every connection the user has now to a group; see [`ServiceClient::add_user_to_group`].
    pub fn add_to_group(&self, group: impl Argument<GroupName>) -> Call<M, AddUserToGroup> {
        self.call(|user| Ok(AddUserToGroup::new(group.check()?, user)))
    }

    /// Removes every connection of the user from a group.
    pub fn remove_from_group(
        &self,
        group: impl Argument<GroupName>,
    ) -> Call<M, RemoveUserFromGroup> {
        self.call(|user| Ok(RemoveUserFromGroup::new(group.check()?, user)))
    }

    /// Removes every connection of the user from all groups.
    pub fn remove_from_all_groups(&self) -> Call<M, RemoveUserFromAllGroups> {
        self.call(|user| Ok(RemoveUserFromAllGroups::new(user)))
    }

    /// Closes every connection of the user; see [`ServiceClient::close_user_connections`].
    pub fn close_connections(&self) -> Call<M, CloseUserConnections> {
        self.call(|user| Ok(CloseUserConnections::new(user)))
    }
}

impl<M> fmt::Debug for UserClient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserClient")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
