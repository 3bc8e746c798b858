use std::fmt;

use webpubsub_protocol::ConnectionId;

use crate::{
    Connected, Disconnected, Event, GroupMessage, RejoinGroupFailed, ServerMessage, Stopped,
};

type Handler<'h, T> = Option<Box<dyn FnMut(T) + Send + 'h>>;

/// Closures for the events of a client, called one after the other by [`Events::handle`](crate::Events::handle); while one runs, events wait. An
/// event without a closure is passed over.
///
/// ```no_run
/// # async fn example(url: &str) -> Result<(), webpubsub_client::Error> {
/// use webpubsub_client::{Handlers, WebPubSubClient};
///
/// let (client, mut events) = WebPubSubClient::new(url)?;
/// client.start().await?;
/// let mut handlers = Handlers::new()
///     .on_group_message(|message| println!("{}: {:?}", message.group, message.message))
///     .on_disconnected(|disconnected| println!("{}", disconnected.closed));
/// events.handle(&mut handlers).await;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "handlers are called by `Events::handle`"]
pub struct Handlers<'h> {
    connected: Handler<'h, Connected>,
    disconnected: Handler<'h, Disconnected>,
    server_message: Handler<'h, ServerMessage>,
    group_message: Handler<'h, GroupMessage>,
    recovering: Handler<'h, ConnectionId>,
    recovered: Handler<'h, ConnectionId>,
    rejoin_group_failed: Handler<'h, RejoinGroupFailed>,
    stopped: Handler<'h, Stopped>,
}

impl<'h> Handlers<'h> {
    /// No handler yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Called for [`Event::Connected`].
    pub fn on_connected(mut self, handler: impl FnMut(Connected) + Send + 'h) -> Self {
        self.connected = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::Disconnected`].
    pub fn on_disconnected(mut self, handler: impl FnMut(Disconnected) + Send + 'h) -> Self {
        self.disconnected = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::ServerMessage`].
    pub fn on_server_message(mut self, handler: impl FnMut(ServerMessage) + Send + 'h) -> Self {
        self.server_message = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::GroupMessage`].
    pub fn on_group_message(mut self, handler: impl FnMut(GroupMessage) + Send + 'h) -> Self {
        self.group_message = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::Recovering`].
    pub fn on_recovering(mut self, handler: impl FnMut(ConnectionId) + Send + 'h) -> Self {
        self.recovering = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::Recovered`].
    pub fn on_recovered(mut self, handler: impl FnMut(ConnectionId) + Send + 'h) -> Self {
        self.recovered = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::RejoinGroupFailed`].
    pub fn on_rejoin_group_failed(
        mut self,
        handler: impl FnMut(RejoinGroupFailed) + Send + 'h,
    ) -> Self {
        self.rejoin_group_failed = Some(Box::new(handler));
        self
    }

    /// Called for [`Event::Stopped`].
    pub fn on_stopped(mut self, handler: impl FnMut(Stopped) + Send + 'h) -> Self {
        self.stopped = Some(Box::new(handler));
        self
    }

    pub(crate) fn call(&mut self, event: Event) {
        match event {
            Event::Connected(connected) => call(&mut self.connected, connected),
            Event::Disconnected(disconnected) => call(&mut self.disconnected, disconnected),
            Event::ServerMessage(message) => call(&mut self.server_message, message),
            Event::GroupMessage(message) => call(&mut self.group_message, message),
            Event::Recovering(connection) => call(&mut self.recovering, connection),
            Event::Recovered(connection) => call(&mut self.recovered, connection),
            Event::RejoinGroupFailed(failed) => call(&mut self.rejoin_group_failed, failed),
            Event::Stopped(stopped) => call(&mut self.stopped, stopped),
        }
    }
}

fn call<T>(handler: &mut Handler<'_, T>, event: T) {
    if let Some(handler) = handler {
        handler(event);
    }
}

impl fmt::Debug for Handlers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers").finish_non_exhaustive()
    }
}
