use webpubsub_protocol::{
    ServiceError,
    operation::{SendToAll, SendToConnection, SendToGroup, SendToUser},
};

use super::{Context, Execute, read_filter};
use crate::audience::{Audience, Selection};

impl Execute for SendToAll {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let filter = read_filter(self.filter.as_ref())?;
        let selection = Selection::of(Audience::All)
            .excluding(&self.excluded)
            .filtered(filter.as_ref());
        context.hub.send(&selection, self.message, self.message_ttl);
        Ok(())
    }
}

impl Execute for SendToGroup {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let filter = read_filter(self.filter.as_ref())?;
        let selection = Selection::of(Audience::Group(&self.group))
            .excluding(&self.excluded)
            .filtered(filter.as_ref());
        context.hub.send(&selection, self.message, self.message_ttl);
        Ok(())
    }
}

impl Execute for SendToUser {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let filter = read_filter(self.filter.as_ref())?;
        let selection = Selection::of(Audience::User(&self.user)).filtered(filter.as_ref());
        context.hub.send(&selection, self.message, self.message_ttl);
        Ok(())
    }
}

impl Execute for SendToConnection {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let selection = Selection::of(Audience::Connection(&self.connection));
        context.hub.send(&selection, self.message, self.message_ttl);
        Ok(())
    }
}
