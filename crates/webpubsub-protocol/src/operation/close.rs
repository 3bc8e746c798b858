use http::{Method, StatusCode};

use super::{
    Idempotency, Operation, RequestReader, RequestWriter, Template, WithExcluded, WithReason,
    option::{read_excluded, read_reason, write_excluded, write_reason},
};
use crate::{ConnectionId, Error, GroupName, UserId};

/// Closes a connection; one that is gone already is a success too. A repeat closes nothing more: who reconnects has
/// another id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CloseConnection {
    /// The connection.
    pub connection: ConnectionId,
    /// What the client is told.
    pub reason: Option<String>,
}

impl CloseConnection {
    /// Closes `connection` without a reason.
    #[must_use]
    pub fn new(connection: ConnectionId) -> Self {
        Self {
            connection,
            reason: None,
        }
    }
}

impl Operation for CloseConnection {
    type Output = ();

    const NAME: &'static str = "close_connection";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/connections/{connectionId}");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.connection)?;
        write_reason(self.reason.as_deref(), request);
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            connection: request.name()?,
            reason: read_reason(request),
        })
    }
}

impl WithReason for CloseConnection {
    fn reason_mut(&mut self) -> &mut Option<String> {
        &mut self.reason
    }
}

/// Closes every connection of the hub. A repeat would also close who has reconnected since.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct CloseAllConnections {
    /// Connections that stay.
    pub excluded: Vec<ConnectionId>,
    /// What the clients are told.
    pub reason: Option<String>,
}

impl CloseAllConnections {
    /// Closes all, without a reason.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Operation for CloseAllConnections {
    type Output = ();

    const NAME: &'static str = "close_all_connections";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/:closeConnections");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write_excluded(&self.excluded, request);
        write_reason(self.reason.as_deref(), request);
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            excluded: read_excluded(request)?,
            reason: read_reason(request),
        })
    }
}

impl WithExcluded for CloseAllConnections {
    fn excluded_mut(&mut self) -> &mut Vec<ConnectionId> {
        &mut self.excluded
    }
}

impl WithReason for CloseAllConnections {
    fn reason_mut(&mut self) -> &mut Option<String> {
        &mut self.reason
    }
}

/// Closes every connection in a group. A repeat would also close who has reconnected since.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CloseGroupConnections {
    /// The group.
    pub group: GroupName,
    /// Connections that stay.
    pub excluded: Vec<ConnectionId>,
    /// What the clients are told.
    pub reason: Option<String>,
}

impl CloseGroupConnections {
    /// Closes all in `group`, without a reason.
    #[must_use]
    pub fn new(group: GroupName) -> Self {
        Self {
            group,
            excluded: Vec::new(),
            reason: None,
        }
    }
}

impl Operation for CloseGroupConnections {
    type Output = ();

    const NAME: &'static str = "close_group_connections";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/groups/{group}/:closeConnections");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.group)?;
        write_excluded(&self.excluded, request);
        write_reason(self.reason.as_deref(), request);
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            group: request.name()?,
            excluded: read_excluded(request)?,
            reason: read_reason(request),
        })
    }
}

impl WithExcluded for CloseGroupConnections {
    fn excluded_mut(&mut self) -> &mut Vec<ConnectionId> {
        &mut self.excluded
    }
}

impl WithReason for CloseGroupConnections {
    fn reason_mut(&mut self) -> &mut Option<String> {
        &mut self.reason
    }
}

/// Closes every connection of a user. A repeat would also close what has reconnected since.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CloseUserConnections {
    /// The user.
    pub user: UserId,
    /// Connections that stay.
    pub excluded: Vec<ConnectionId>,
    /// What the clients are told.
    pub reason: Option<String>,
}

impl CloseUserConnections {
    /// Closes all of `user`, without a reason.
    #[must_use]
    pub fn new(user: UserId) -> Self {
        Self {
            user,
            excluded: Vec::new(),
            reason: None,
        }
    }
}

impl Operation for CloseUserConnections {
    type Output = ();

    const NAME: &'static str = "close_user_connections";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/users/{userId}/:closeConnections");
    const IDEMPOTENCY: Idempotency = Idempotency::NotIdempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)?;
        write_excluded(&self.excluded, request);
        write_reason(self.reason.as_deref(), request);
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            user: request.name()?,
            excluded: read_excluded(request)?,
            reason: read_reason(request),
        })
    }
}

impl WithExcluded for CloseUserConnections {
    fn excluded_mut(&mut self) -> &mut Vec<ConnectionId> {
        &mut self.excluded
    }
}

impl WithReason for CloseUserConnections {
    fn reason_mut(&mut self) -> &mut Option<String> {
        &mut self.reason
    }
}
