use http::{Method, StatusCode};

use super::{
    Filter, Idempotency, MessageTtl, Operation, RequestReader, RequestWriter, Template,
    WithExcluded, WithFilter, WithMessageTtl,
    option::{read_excluded, write_excluded},
};
use crate::{ConnectionId, Error, GroupName, Message, UserId};

/// Sends a message to every connection of the hub. A repeat delivers it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SendToAll {
    /// The message.
    pub message: Message,
    /// Connections that do not get it.
    pub excluded: Vec<ConnectionId>,
    /// Only connections this selects get it.
    pub filter: Option<Filter>,
    /// When it expires.
    pub message_ttl: Option<MessageTtl>,
}

impl SendToAll {
    /// Sends `message` to all.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self {
            message,
            excluded: Vec::new(),
            filter: None,
            message_ttl: None,
        }
    }
}

impl Operation for SendToAll {
    type Output = ();

    const NAME: &'static str = "send_to_all";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/:send");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::ACCEPTED;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write_excluded(&self.excluded, request);
        Filter::write(self.filter.as_ref(), request)?;
        MessageTtl::write(self.message_ttl, request)?;
        request.message(&self.message)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            message: request.message()?,
            excluded: read_excluded(request)?,
            filter: Filter::read(request),
            message_ttl: MessageTtl::read(request)?,
        })
    }
}

/// Sends a message to every connection in a group. A repeat delivers it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SendToGroup {
    /// The group.
    pub group: GroupName,
    /// The message.
    pub message: Message,
    /// Connections that do not get it.
    pub excluded: Vec<ConnectionId>,
    /// Only connections this selects get it.
    pub filter: Option<Filter>,
    /// When it expires.
    pub message_ttl: Option<MessageTtl>,
}

impl SendToGroup {
    /// Sends `message` to `group`.
    #[must_use]
    pub fn new(group: GroupName, message: Message) -> Self {
        Self {
            group,
            message,
            excluded: Vec::new(),
            filter: None,
            message_ttl: None,
        }
    }
}

impl Operation for SendToGroup {
    type Output = ();

    const NAME: &'static str = "send_to_group";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/groups/{group}/:send");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::ACCEPTED;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.group)?;
        write_excluded(&self.excluded, request);
        Filter::write(self.filter.as_ref(), request)?;
        MessageTtl::write(self.message_ttl, request)?;
        request.message(&self.message)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            group: request.name()?,
            message: request.message()?,
            excluded: read_excluded(request)?,
            filter: Filter::read(request),
            message_ttl: MessageTtl::read(request)?,
        })
    }
}

/// Sends a message to every connection of a user; a user without connections is a success too. A repeat delivers it
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SendToUser {
    /// The user.
    pub user: UserId,
    /// The message.
    pub message: Message,
    /// Only connections this selects get it.
    pub filter: Option<Filter>,
    /// When it expires.
    pub message_ttl: Option<MessageTtl>,
}

impl SendToUser {
    /// Sends `message` to `user`.
    #[must_use]
    pub fn new(user: UserId, message: Message) -> Self {
        Self {
            user,
            message,
            filter: None,
            message_ttl: None,
        }
    }
}

impl Operation for SendToUser {
    type Output = ();

    const NAME: &'static str = "send_to_user";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/users/{userId}/:send");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::ACCEPTED;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)?;
        Filter::write(self.filter.as_ref(), request)?;
        MessageTtl::write(self.message_ttl, request)?;
        request.message(&self.message)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            user: request.name()?,
            message: request.message()?,
            filter: Filter::read(request),
            message_ttl: MessageTtl::read(request)?,
        })
    }
}

/// Sends a message to one connection; a connection that is gone is a success too. A repeat delivers it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SendToConnection {
    /// The connection.
    pub connection: ConnectionId,
    /// The message.
    pub message: Message,
    /// When it expires.
    pub message_ttl: Option<MessageTtl>,
}

impl SendToConnection {
    /// Sends `message` to `connection`.
    #[must_use]
    pub fn new(connection: ConnectionId, message: Message) -> Self {
        Self {
            connection,
            message,
            message_ttl: None,
        }
    }
}

impl Operation for SendToConnection {
    type Output = ();

    const NAME: &'static str = "send_to_connection";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/connections/{connectionId}/:send");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::ACCEPTED;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.connection)?;
        MessageTtl::write(self.message_ttl, request)?;
        request.message(&self.message)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            connection: request.name()?,
            message: request.message()?,
            message_ttl: MessageTtl::read(request)?,
        })
    }
}

impl WithExcluded for SendToAll {
    fn excluded_mut(&mut self) -> &mut Vec<ConnectionId> {
        &mut self.excluded
    }
}

impl WithExcluded for SendToGroup {
    fn excluded_mut(&mut self) -> &mut Vec<ConnectionId> {
        &mut self.excluded
    }
}

impl WithFilter for SendToAll {
    fn filter_mut(&mut self) -> &mut Option<Filter> {
        &mut self.filter
    }
}

impl WithFilter for SendToGroup {
    fn filter_mut(&mut self) -> &mut Option<Filter> {
        &mut self.filter
    }
}

impl WithFilter for SendToUser {
    fn filter_mut(&mut self) -> &mut Option<Filter> {
        &mut self.filter
    }
}

impl WithMessageTtl for SendToAll {
    fn message_ttl_mut(&mut self) -> &mut Option<MessageTtl> {
        &mut self.message_ttl
    }
}

impl WithMessageTtl for SendToGroup {
    fn message_ttl_mut(&mut self) -> &mut Option<MessageTtl> {
        &mut self.message_ttl
    }
}

impl WithMessageTtl for SendToUser {
    fn message_ttl_mut(&mut self) -> &mut Option<MessageTtl> {
        &mut self.message_ttl
    }
}

impl WithMessageTtl for SendToConnection {
    fn message_ttl_mut(&mut self) -> &mut Option<MessageTtl> {
        &mut self.message_ttl
    }
}
