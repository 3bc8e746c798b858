use webpubsub_protocol::{
    ServiceError,
    operation::{
        CloseAllConnections, CloseConnection, CloseGroupConnections, CloseUserConnections,
    },
};

use super::{Context, Execute};
use crate::{
    audience::{Audience, Selection},
    socket::Close,
};

impl Execute for CloseConnection {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let selection = Selection::of(Audience::Connection(&self.connection));
        close(context, &selection, self.reason);
        Ok(())
    }
}

impl Execute for CloseAllConnections {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let selection = Selection::of(Audience::All).excluding(&self.excluded);
        close(context, &selection, self.reason);
        Ok(())
    }
}

impl Execute for CloseGroupConnections {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let selection = Selection::of(Audience::Group(&self.group)).excluding(&self.excluded);
        close(context, &selection, self.reason);
        Ok(())
    }
}

impl Execute for CloseUserConnections {
    fn execute(self, context: &Context<'_>) -> Result<(), ServiceError> {
        let selection = Selection::of(Audience::User(&self.user)).excluding(&self.excluded);
        close(context, &selection, self.reason);
        Ok(())
    }
}

fn close(context: &Context<'_>, selection: &Selection<'_>, reason: Option<String>) {
    let told = match reason {
        Some(reason) => format!("Application server closed the connection. Reason: {reason}"),
        None => "Application server closed the connection.".to_owned(),
    };
    context.hub.close(selection, &told, &Close::NORMAL);
}
