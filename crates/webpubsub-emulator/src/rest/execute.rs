use http::StatusCode;
use webpubsub_protocol::{
    ConnectionId, ServiceError,
    operation::{
        AddConnectionToGroup, CloseConnection, ConnectionExists, Filter, GroupExists, Operation,
        RemoveConnectionFromGroup, SendToAll, SendToConnection, SendToGroup, SendToUser,
        UserExists,
    },
};

use crate::{hub::Hub, socket::Close};

/// What an operation does to its hub. Codes and texts are those recorded from the service.
pub(super) trait Execute: Operation {
    fn execute(self, hub: &Hub) -> Result<Self::Output, ServiceError>;
}

impl Execute for SendToAll {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        refuse_filter(self.filter.as_ref())?;
        hub.send_to_all(self.message, &self.excluded);
        Ok(())
    }
}

impl Execute for SendToGroup {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        refuse_filter(self.filter.as_ref())?;
        hub.send_to_group(&self.group, self.message, None, &self.excluded);
        Ok(())
    }
}

impl Execute for SendToUser {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        refuse_filter(self.filter.as_ref())?;
        hub.send_to_user(&self.user, self.message);
        Ok(())
    }
}

impl Execute for SendToConnection {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        hub.send_to_connection(&self.connection, self.message);
        Ok(())
    }
}

impl Execute for ConnectionExists {
    fn execute(self, hub: &Hub) -> Result<bool, ServiceError> {
        let exists = hub.has_connection(&self.connection);
        found(exists, || {
            no_connection("Warning.Connection.NotExisted", &self.connection)
        })
        .map(|()| true)
    }
}

impl Execute for GroupExists {
    fn execute(self, hub: &Hub) -> Result<bool, ServiceError> {
        let exists = hub.has_group(&self.group);
        found(exists, || {
            not_found("Warning.Group.NotExisted", "Group", self.group.as_str())
        })
        .map(|()| true)
    }
}

impl Execute for UserExists {
    fn execute(self, hub: &Hub) -> Result<bool, ServiceError> {
        let exists = hub.has_user(&self.user);
        found(exists, || {
            not_found("Warning.User.NotExisted", "User", self.user.as_str())
        })
        .map(|()| true)
    }
}

impl Execute for CloseConnection {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        let told = match self.reason {
            Some(reason) => format!("Application server closed the connection. Reason: {reason}"),
            None => "Application server closed the connection.".to_owned(),
        };
        hub.close(&self.connection, &told, Close::NORMAL);
        Ok(())
    }
}

impl Execute for AddConnectionToGroup {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        let joined = hub.join(&self.group, &self.connection);
        found(joined, || {
            no_connection("Error.Connection.NotExisted", &self.connection)
        })
    }
}

impl Execute for RemoveConnectionFromGroup {
    fn execute(self, hub: &Hub) -> Result<(), ServiceError> {
        hub.leave_group(&self.group, &self.connection);
        Ok(())
    }
}

/// A filter that is not evaluated would send to too many.
fn refuse_filter(filter: Option<&Filter>) -> Result<(), ServiceError> {
    if filter.is_none() {
        return Ok(());
    }
    let message = "The emulator does not evaluate filters yet.";
    Err(ServiceError::new(
        StatusCode::NOT_IMPLEMENTED,
        "NotImplemented",
        message,
        "filter",
    ))
}

fn found(found: bool, error: impl FnOnce() -> ServiceError) -> Result<(), ServiceError> {
    if found { Ok(()) } else { Err(error()) }
}

fn no_connection(code: &str, id: &ConnectionId) -> ServiceError {
    not_found(code, "Connection", id.as_str())
}

fn not_found(code: &str, what: &str, name: &str) -> ServiceError {
    ServiceError::new(
        StatusCode::NOT_FOUND,
        code,
        format!("{what} `{name}` is not found."),
        what,
    )
}
