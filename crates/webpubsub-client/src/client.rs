use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc, oneshot, watch},
    time::{Instant, timeout_at},
};
use webpubsub_protocol::{
    ConnectionId, EventName, GroupName, MAX_MESSAGE_BYTES, Message,
    frame::{ClientFrame, Subprotocol},
};

use crate::{
    Builder, ConnectionState, Error, Event, Events, Request, StateWatch, WebPubSubClientCredential,
    WebPubSubResult,
    driver::{Command, Dialing, Driver, Ears},
    options::LONGEST,
    request::kind,
    session::{Ack, Call, Reply},
};

/// How long the session may take to say that a call's time is over.
const GRACE: Duration = Duration::from_millis(500);

/// A WebSocket client of the service. Clones are cheap and share one connection, which is closed when the last of them is
/// dropped.
///
/// ```no_run
/// # async fn example(url: &str) -> Result<(), webpubsub_client::Error> {
/// use webpubsub_client::{Event, Message, WebPubSubClient};
///
/// let (client, mut events) = WebPubSubClient::new(url)?;
/// client.start().await?;
/// client.join_group("room").await?;
/// client.send_to_group("room", Message::text("hello")).no_echo().await?;
/// while let Some(event) = events.next().await {
///     if let Event::GroupMessage(message) = event {
///         println!("{}: {}", message.group, message.message.as_text().unwrap_or("(binary)"));
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WebPubSubClient(Arc<Shared>);

struct Shared {
    dialing: Dialing,
    /// The driver's ears, once there is a driver.
    ears: Mutex<Option<Ears>>,
    events: mpsc::Sender<Event>,
    state: watch::Sender<ConnectionState>,
    /// As many as calls may be pending.
    places: Arc<Semaphore>,
}

impl WebPubSubClient {
    /// A client with the default options, and what will happen to it. It does nothing until [`start`](Self::start).
    pub fn new(credential: impl Into<WebPubSubClientCredential>) -> Result<(Self, Events), Error> {
        Self::builder(credential).build()
    }

    /// Settings of a client that connects where `credential` says: a URL, or what gives one for each connection.
    pub fn builder(credential: impl Into<WebPubSubClientCredential>) -> Builder {
        Builder::new(credential.into())
    }

    pub(crate) fn with(dialing: Dialing) -> (Self, Events) {
        let options = &dialing.options;
        let (events, receiver) = mpsc::channel(options.event_capacity);
        let client = Self(Arc::new(Shared {
            places: Arc::new(Semaphore::new(options.max_pending)),
            dialing,
            ears: Mutex::default(),
            events,
            state: watch::Sender::default(),
        }));
        (client, Events::new(receiver))
    }

    /// Connects; done when the service has greeted. It takes at most the client's `connect_timeout`, makes one attempt,
    /// and stops the client if that fails. When it is dropped before it is done, the client stops
    /// too, at the latest when the service greets.
    ///
    /// The connection lives on the tokio runtime this is called on.
    pub async fn start(&self) -> Result<(), Error> {
        let (starting, outcome) = oneshot::channel();
        let ears = self.driver()?;
        let sent = ears.commands.send(Command::Start(starting)).await;
        sent.map_err(|_| Error::stopped(false))?;
        outcome.await.unwrap_or_else(|_| Err(Error::stopped(false)))
    }

    /// Says goodbye, and waits until the socket is closed, at most for the client's `close_timeout`. Groups are forgotten;
    /// calls without an answer end with an error. The client can be started again.
    pub async fn stop(&self) {
        let ears = self.ears().clone();
        let Some(ears) = ears else {
            return;
        };
        let (stopping, stopped) = oneshot::channel();
        if ears.commands.send(Command::Stop(stopping)).await.is_ok() {
            // The driver is gone if this fails, and its socket with it.
            let _ = stopped.await;
        }
    }

    /// What the client is doing.
    #[must_use]
    pub fn state(&self) -> ConnectionState {
        self.0.state.borrow().clone()
    }

    /// Watches what the client is doing.
    #[must_use]
    pub fn watch_state(&self) -> StateWatch {
        StateWatch(self.0.state.subscribe())
    }

    /// The id of the connection, if there is one.
    #[must_use]
    pub fn connection_id(&self) -> Option<ConnectionId> {
        self.state().connection_id().cloned()
    }

    /// Joins a group, to receive what is published to it. On a new connection it is joined again.
    pub fn join_group<G>(&self, group: G) -> Request<kind::Membership>
    where
        G: TryInto<GroupName>,
        webpubsub_protocol::Error: From<G::Error>,
    {
        let frame = name(group).map(|group| ClientFrame::JoinGroup {
            group,
            ack_id: None,
        });
        Request::new(self, frame)
    }

    /// Leaves a group.
    pub fn leave_group<G>(&self, group: G) -> Request<kind::Membership>
    where
        G: TryInto<GroupName>,
        webpubsub_protocol::Error: From<G::Error>,
    {
        let frame = name(group).map(|group| ClientFrame::LeaveGroup {
            group,
            ack_id: None,
        });
        Request::new(self, frame)
    }

    /// Publishes to a group; the client need not be in it.
    pub fn send_to_group<G>(&self, group: G, message: Message) -> Request<kind::Publish>
    where
        G: TryInto<GroupName>,
        webpubsub_protocol::Error: From<G::Error>,
    {
        let frame = name(group).map(|group| ClientFrame::SendToGroup {
            group,
            message,
            no_echo: false,
            message_ttl: None,
            ack_id: None,
        });
        Request::new(self, frame)
    }

    /// Sends an event to the application's server; done when its handler has answered.
    pub fn send_event<E>(&self, event: E, message: Message) -> Request<kind::Event>
    where
        E: TryInto<EventName>,
        webpubsub_protocol::Error: From<E::Error>,
    {
        let frame = name(event).map(|event| ClientFrame::Event {
            event,
            message,
            ack_id: None,
        });
        Request::new(self, frame)
    }

    pub(crate) async fn request(
        &self,
        frame: ClientFrame,
        ack: Ack,
        limit: Option<Duration>,
    ) -> Result<WebPubSubResult, Error> {
        let ears = self.ears().clone();
        let ears = ears.ok_or_else(|| Error::stopped(false))?;
        runtime()?;
        if is_too_large(&frame, self.0.dialing.options.subprotocol) {
            return Err(Error::too_large());
        }
        let limit = limit.map_or(self.0.dialing.options.ack_timeout, |limit| {
            limit.min(LONGEST)
        });
        let deadline = Instant::now() + limit;
        let places = Arc::clone(&self.0.places);
        // Its own until the answer, or until this is dropped.
        let _place = timeout_at(deadline, places.acquire_owned())
            .await
            .map_err(|_| Error::unanswered(false))?;
        let (sender, outcome) = oneshot::channel();
        let call = Call {
            frame,
            ack,
            deadline: deadline.into_std(),
            reply: Reply::new(sender),
        };
        let sent = timeout_at(deadline, ears.calls.send(call)).await;
        let sent = sent.map_err(|_| Error::unanswered(false))?;
        sent.map_err(|_| Error::stopped(false))?;
        // The session answers in time, but for what waits in a socket that takes nothing in.
        let outcome = timeout_at(deadline + GRACE, outcome).await;
        let outcome = outcome.map_err(|_| Error::unanswered(true))?;
        // A reply that is dropped was on its way to a socket that broke.
        outcome.unwrap_or_else(|_| Err(Error::lost(true)))
    }

    /// The ears of the driver, which is made if there is none, or if its runtime is gone.
    fn driver(&self) -> Result<Ears, Error> {
        let mut ears = self.ears();
        if let Some(ears) = &*ears
            && !ears.commands.is_closed()
        {
            return Ok(ears.clone());
        }
        let runtime = runtime()?;
        let Shared {
            dialing,
            events,
            state,
            ..
        } = &*self.0;
        let (driver, new) = Driver::new(dialing.clone(), events.clone(), state.clone());
        runtime.spawn(driver.run());
        Ok(ears.insert(new).clone())
    }

    fn ears(&self) -> MutexGuard<'_, Option<Ears>> {
        self.0.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtime this is called on.
fn runtime() -> Result<Handle, Error> {
    Handle::try_current().map_err(|_| Error::config("there is no tokio runtime"))
}

/// Whether the service would close the connection for this frame. Small ones are not written to find out.
fn is_too_large(frame: &ClientFrame, subprotocol: Subprotocol) -> bool {
    // A character can take six in JSON.
    const SURELY_FITS: usize = MAX_MESSAGE_BYTES / 8;
    let (ClientFrame::SendToGroup { message, .. } | ClientFrame::Event { message, .. }) = frame
    else {
        return false;
    };
    message.bytes().len() > SURELY_FITS
        && subprotocol.format().encode_client(frame).as_data().len() > MAX_MESSAGE_BYTES
}

fn name<N, T>(name: N) -> Result<T, webpubsub_protocol::Error>
where
    N: TryInto<T>,
    webpubsub_protocol::Error: From<N::Error>,
{
    Ok(name.try_into()?)
}

impl fmt::Debug for WebPubSubClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPubSubClient")
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
