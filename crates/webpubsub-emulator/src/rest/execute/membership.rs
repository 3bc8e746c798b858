use std::slice;

use webpubsub_protocol::{
    ServiceError,
    operation::{
        AddConnectionToGroup, AddUserToGroup, RemoveConnectionFromAllGroups,
        RemoveConnectionFromGroup, RemoveUserFromAllGroups, RemoveUserFromGroup,
    },
};

use super::{Context, Execute, found, no_connection, no_user};
use crate::audience::{Audience, Selection};

impl Execute for AddConnectionToGroup {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let connection = Selection::of(Audience::Connection(&self.connection));
        let joined = context.hub.join(&connection, slice::from_ref(&self.group));
        found(joined, || {
            no_connection("Error.Connection.NotExisted", &self.connection)
        })
    }
}

impl Execute for RemoveConnectionFromGroup {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let connection = Selection::of(Audience::Connection(&self.connection));
        context
            .hub
            .leave_groups(&connection, slice::from_ref(&self.group));
        Ok(())
    }
}

impl Execute for RemoveConnectionFromAllGroups {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let connection = Selection::of(Audience::Connection(&self.connection));
        context.hub.leave_all_groups(&connection);
        Ok(())
    }
}

impl Execute for AddUserToGroup {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let user = Selection::of(Audience::User(&self.user));
        let joined = context.hub.join(&user, slice::from_ref(&self.group));
        found(joined, || no_user(&self.user))
    }
}

impl Execute for RemoveUserFromGroup {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let user = Selection::of(Audience::User(&self.user));
        context
            .hub
            .leave_groups(&user, slice::from_ref(&self.group));
        Ok(())
    }
}

impl Execute for RemoveUserFromAllGroups {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let user = Selection::of(Audience::User(&self.user));
        context.hub.leave_all_groups(&user);
        Ok(())
    }
}
