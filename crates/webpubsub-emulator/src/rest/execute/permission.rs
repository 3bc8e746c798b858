use http::StatusCode;
use webpubsub_protocol::{
    ConnectionId, GroupName, Permission, ServiceError,
    operation::{CheckPermission, GrantPermission, RevokePermission},
};

use super::{Context, Execute, invalid, no_connection};
use crate::permissions::{Action, TooMany};

impl Execute for GrantPermission {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let (action, group) = read(&self.permission, self.target_name.as_ref())?;
        let member = context.hub.member(&self.connection);
        let member = member.ok_or_else(|| gone(&self.connection))?;
        member.grant(action, group).map_err(too_many)
    }
}

impl Execute for RevokePermission {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let (action, group) = read(&self.permission, self.target_name.as_ref())?;
        match context.hub.member(&self.connection) {
            Some(member) => member.revoke(action, group).map_err(too_many),
            None => Ok(()),
        }
    }
}

impl Execute for CheckPermission {
    fn execute(self, context: &Context<'_>) -> Result<bool, ServiceError> {
        let (action, group) = read(&self.permission, self.target_name.as_ref())?;
        let member = context.hub.member(&self.connection);
        let member = member.ok_or_else(|| gone(&self.connection))?;
        Ok(member.may(action, group))
    }
}

fn read<'g>(
    permission: &Permission,
    group: Option<&'g GroupName>,
) -> Result<(Action, &'g GroupName), ServiceError> {
    let action = match permission {
        Permission::JoinLeaveGroup => Action::JoinOrLeave,
        Permission::SendToGroup => Action::Send,
        _ => {
            let message = "The permission must be sendToGroup or joinLeaveGroup.";
            return Err(invalid(message, "permission"));
        }
    };
    let group = group.ok_or_else(|| {
        let message = "The targetName must be the group that the permission is for.";
        invalid(message, "targetName")
    })?;
    Ok((action, group))
}

fn gone(id: &ConnectionId) -> ServiceError {
    no_connection("Info.Connection.NotExisted", id)
}

fn too_many(error: TooMany) -> ServiceError {
    let message = error.to_string();
    ServiceError::new(
        StatusCode::CONFLICT,
        "Error.Conflict",
        message,
        "Connection",
    )
}
