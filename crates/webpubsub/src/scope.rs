//! Light handles on a group, a user or a connection: the client's methods without that argument.

mod connection;
mod group;
mod user;

pub use connection::ConnectionClient;
pub use group::GroupClient;
pub use user::UserClient;

use webpubsub_protocol::{ConnectionId, GroupName, UserId};

use crate::{Argument, ServiceClient};

impl<M: Clone> ServiceClient<M> {
    /// A handle on a group. A name that breaks its rule is the error of each of its calls.
    ///
    /// ```no_run
    /// # async fn example(client: webpubsub::WebPubSubServiceClient) -> Result<(), webpubsub::Error> {
    /// use webpubsub::Message;
    ///
    /// let room = client.group("room");
    /// room.add_user("ann").await?;
    /// room.send(Message::text("ann is here")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn group(&self, group: impl Argument<GroupName>) -> GroupClient<M> {
        GroupClient::new(self.clone(), group.check())
    }

    /// A handle on a user. An id that breaks its rule is the error of each of its calls.
    pub fn user(&self, user: impl Argument<UserId>) -> UserClient<M> {
        UserClient::new(self.clone(), user.check())
    }

    /// A handle on a connection. An id that breaks its rule is the error of each of its calls.
    pub fn connection(&self, connection: impl Argument<ConnectionId>) -> ConnectionClient<M> {
        ConnectionClient::new(self.clone(), connection.check())
    }
}
