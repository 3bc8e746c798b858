use webpubsub_protocol::{
    ServiceError,
    operation::{AddConnectionsToGroups, RemoveConnectionsFromGroups},
};

use super::{Context, Execute, refuse_filter};
use crate::audience::Audience;

impl Execute for AddConnectionsToGroups {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        refuse_filter(self.filter.as_ref())?;
        for group in &self.groups {
            context.hub.join(Audience::All, group);
        }
        Ok(())
    }
}

impl Execute for RemoveConnectionsFromGroups {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        refuse_filter(self.filter.as_ref())?;
        for group in &self.groups {
            context.hub.leave_group(Audience::All, group);
        }
        Ok(())
    }
}
