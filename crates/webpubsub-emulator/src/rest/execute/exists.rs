use webpubsub_protocol::{
    ServiceError,
    operation::{ConnectionExists, GroupExists, UserExists},
};

use super::{Context, Execute, found, no_connection, no_user, not_found};
use crate::audience::Audience;

impl Execute for ConnectionExists {
    fn execute(self, context: &Context<'_>) -> Result<bool, ServiceError> {
        let exists = context.hub.has(Audience::Connection(&self.connection));
        let error = || no_connection("Warning.Connection.NotExisted", &self.connection);
        found(exists, error).map(|()| true)
    }
}

impl Execute for GroupExists {
    fn execute(self, context: &Context<'_>) -> Result<bool, ServiceError> {
        let exists = context.hub.has(Audience::Group(&self.group));
        let error = || not_found("Warning.Group.NotExisted", "Group", self.group.as_str());
        found(exists, error).map(|()| true)
    }
}

impl Execute for UserExists {
    fn execute(self, context: &Context<'_>) -> Result<bool, ServiceError> {
        let exists = context.hub.has(Audience::User(&self.user));
        found(exists, || no_user(&self.user)).map(|()| true)
    }
}
