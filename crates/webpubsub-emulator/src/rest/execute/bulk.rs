use webpubsub_protocol::{
    ServiceError,
    operation::{AddConnectionsToGroups, RemoveConnectionsFromGroups},
};

use super::{Context, Execute, read_filter};
use crate::audience::{Audience, Selection};

impl Execute for AddConnectionsToGroups {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let filter = read_filter(self.filter.as_ref())?;
        let selection = Selection::of(Audience::All).filtered(filter.as_ref());
        context.hub.join(&selection, &self.groups);
        Ok(())
    }
}

impl Execute for RemoveConnectionsFromGroups {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let filter = read_filter(self.filter.as_ref())?;
        let selection = Selection::of(Audience::All).filtered(filter.as_ref());
        context.hub.leave_groups(&selection, &self.groups);
        Ok(())
    }
}
