use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use tokio::sync::mpsc;

use crate::{Event, Handlers};

/// What happens to a client, as a stream, in order.
///
/// Take events as they come: the queue is bounded (`event_capacity` in [`ClientOptions`](crate::ClientOptions)). When it is
/// full the client reads its socket no further, so the service holds its messages back, and in the end closes the connection
/// of a client that never catches up. Nothing that arrived is dropped. Meanwhile answers are not read either: who sends from
/// where events are taken, and waits, must not fall far behind. Who does not care for events drops this, and the client goes
/// on without.
///
/// After [`Event::Stopped`] the stream ends; it goes on when the client is started again. It ends for good when the last
/// handle of the client was dropped and the connection is closed.
#[must_use = "when nobody takes events the client waits; drop this if you do not care"]
pub struct Events {
    events: mpsc::Receiver<Event>,
    /// The last event was [`Event::Stopped`].
    has_stopped: bool,
}

impl Events {
    pub(crate) fn new(events: mpsc::Receiver<Event>) -> Self {
        Self {
            events,
            has_stopped: false,
        }
    }

    /// The next event; `None` after the client has stopped. Nothing is lost when the wait is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Calls handlers for all events until the client has stopped.
    pub async fn handle(&mut self, handlers: &mut Handlers<'_>) {
        while let Some(event) = self.next().await {
            handlers.call(event);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.has_stopped {
            self.has_stopped = false;
            return Poll::Ready(None);
        }
        let event = ready!(self.events.poll_recv(cx));
        self.has_stopped = matches!(event, Some(Event::Stopped(_)));
        Poll::Ready(event)
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll(cx)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
